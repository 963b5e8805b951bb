import { describe, expect, test } from 'vitest';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';

const { cancel, read, request } = callsOf(dropboxSign, {
  baseUrl: 'https://api.hellosign.com/v3',
  options: {},
});
const error = (name: string) => ({
  error: { error_msg: 'A text that may quote anything', error_name: name },
});
const claim = (status: 'signed' | 'declined' | 'expired' | 'cancelled' | 'destroyed') =>
  memory({ claim: { status, ref: null } });

describe('what is sent', () => {
  test('a cancel is a POST without a body, with the key as user name', () => {
    expect(request('cancel', memory())).toEqual({
      method: 'POST',
      url: `https://api.hellosign.com/v3/signature_request/cancel/${id}`,
      headers: { accept: 'application/json', authorization: 'Basic a2V5LTE6' },
    });
  });
  test('a read is a GET of the request', () => {
    expect(request('read', memory())).toMatchObject({
      method: 'GET',
      url: `https://api.hellosign.com/v3/signature_request/${id}`,
    });
  });
});

describe('the answer to a cancel', () => {
  test.each(['', '{}', 'not json', null])('200 with the body %j is accepted, never more', (body) => {
    expect(cancel(answer(200, body))).toEqual({ kind: 'accepted' });
  });

  test.each([
    [400, 'signature_request_cancel_failed'],
    [400, 'signature_request_expired'],
    [400, 'bad_request'],
    [409, 'conflict'],
    [422, 'unprocessable_entity'],
  ])('%i %s leaves the decision to a read, and did nothing', (status, name) => {
    expect(cancel(answer(status, error(name)))).toEqual({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type: 'refused', detail: `The provider answered ${status} ${name}.`, providerStatus: status },
    });
  });

  test('404 alone decides nothing', () => {
    expect(cancel(answer(404, error('not_found')))).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type: 'not-found', providerStatus: 404 },
    });
  });

  test.each([memory(), claim('cancelled')])('410 at first contact confirms with %j', (known) => {
    expect(cancel(answer(410, error('deleted')), known)).toEqual({ kind: 'confirmed', status: 'deleted' });
  });

  test.each([memory({ sent: 'maybe' }), memory({ sent: 'yes' })])(
    '410 after a call of ours leaves the proof to a read: %j',
    (known) => {
      expect(cancel(answer(410, error('deleted')), known)).toMatchObject({
        kind: 'unclear',
        mayHaveActed: true,
      });
    },
  );

  test.each(['signed', 'declined', 'expired', 'destroyed'] as const)(
    '410 after the event %s does not',
    (status) => {
      expect(cancel(answer(410, error('deleted')), claim(status))).toMatchObject({
        kind: 'ended',
        as: status,
        detail: `The request is gone; an event had said before: ${status}.`,
      });
    },
  );

  test.each([
    [401, 'unauthorized', 'unauthorized', true],
    [402, 'payment_required', 'payment-required', true],
    [403, 'forbidden', 'forbidden', false],
    [405, 'method_not_supported', 'refused', false],
  ])('%i is refused as %s', (status, name, type, pausesAccount) => {
    expect(cancel(answer(status, error(name)))).toMatchObject({
      kind: 'refused',
      error: { type },
      pausesAccount,
    });
  });

  test('429 waits for the reset that the header names, in Unix seconds', () => {
    const reset = now / 1_000 + 42;
    expect(cancel(answer(429, error('exceeded_rate'), { 'x-ratelimit-reset': String(reset) }))).toEqual({
      kind: 'try_again',
      error: {
        type: 'rate-limited',
        detail: 'The provider answered 429 exceeded_rate.',
        providerStatus: 429,
      },
      pausesAccount: true,
      retryAt: reset * 1_000,
    });
  });

  test('429 without a header leaves the time to the back-off, and 403 exceeded_rate is a 429', () => {
    expect(cancel(answer(429))).toMatchObject({ kind: 'try_again', pausesAccount: true });
    expect(cancel(answer(429))).not.toHaveProperty('retryAt');
    expect(cancel(answer(403, error('exceeded_rate')))).toMatchObject({ kind: 'try_again' });
  });

  test.each([500, 502, 503, 504])(
    '%i did nothing and pauses the account only with a time to come back',
    (status) => {
      const html = '<html>Sorry</html>';
      expect(cancel(answer(status, html))).toMatchObject({
        kind: 'try_again',
        error: { type: 'provider-unavailable', providerStatus: status },
        pausesAccount: false,
      });
      expect(cancel(answer(status, html, { 'retry-after': '7' }))).toMatchObject({
        pausesAccount: true,
        retryAt: now + 7_000,
      });
    },
  );

  test.each([201, 202, 204, 301, 302, 307, 418])(
    '%i is no answer that is known: it may have acted',
    (status) => {
      expect(cancel(answer(status))).toMatchObject({
        kind: 'unclear',
        mayHaveActed: true,
        error: { type: 'unexpected-answer' },
      });
    },
  );

  test('a text of the provider is never kept', () => {
    expect(JSON.stringify(cancel(answer(400, error('Not A Name: secret'))))).not.toMatch(/secret|quote/);
  });
});

describe('the answer to a read', () => {
  const found = (fields: object) =>
    read(answer(200, { signature_request: { signature_request_id: id, is_complete: false, ...fields } }));
  const signed = { status_code: 'signed', last_viewed_at: 1 };
  const waiting = { status_code: 'awaiting_signature', last_viewed_at: null };

  test.each([
    ['nobody looked', { signatures: [waiting, waiting] }, 'sent'],
    ['one looked', { signatures: [waiting, { ...waiting, last_viewed_at: 1_760_000_000 }] }, 'viewed'],
    ['one of two signed', { signatures: [signed, waiting] }, 'viewed'],
    ['complete', { is_complete: true, signatures: [signed, signed] }, 'signed'],
    ['declined before complete', { is_declined: true, is_complete: true }, 'declined'],
    ['declined by a signature', { signatures: [{ status_code: 'declined' }, waiting] }, 'declined'],
    ['error before complete', { has_error: true, is_complete: true }, 'error'],
    ['error of a signature', { signatures: [{ status_code: 'error_file' }, waiting] }, 'error'],
    [
      'a wrong address can be corrected',
      { signatures: [{ status_code: 'error_invalid_email' }, waiting] },
      'sent',
    ],
    ['expired', { signatures: [signed, { status_code: 'expired' }] }, 'expired'],
    ['codes yet unknown', { signatures: [{ status_code: 'on_hold' }, { status_code: null }] }, 'sent'],
  ])('%s', (_, fields, status) => {
    expect(found(fields)).toEqual({ kind: 'status', status });
  });

  test('410 proves it, unless an event said how it ended', () => {
    expect(read(answer(410, error('deleted')), memory({ sent: 'yes' }))).toEqual({
      kind: 'proof',
      status: 'deleted',
      requestStatus: 'cancelled',
    });
    expect(read(answer(410), claim('signed'))).toEqual({
      kind: 'ended',
      as: 'signed',
      detail: 'The request is gone; an event had said before: signed.',
    });
    expect(read(answer(410), claim('destroyed'))).toMatchObject({ kind: 'ended', as: 'destroyed' });
  });

  test('404 is never proof, even after an accepted cancel', () => {
    expect(read(answer(404, error('not_found')), memory({ sent: 'yes' }))).toMatchObject({
      kind: 'not_found',
      error: { type: 'not-found', providerStatus: 404 },
    });
  });

  test.each([
    ['too large', null],
    ['empty', ''],
    ['HTML', '<html></html>'],
    ['another thing', '{"template":{}}'],
    ['nothing that tells', '{"signature_request":{}}'],
    ['wrong types', '{"signature_request":{"is_complete":"no"}}'],
    ['another request', `{"signature_request":{"signature_request_id":"other","is_complete":true}}`],
  ])('200 with a body that is %s is unclear', (_, body) => {
    expect(read(answer(200, body))).toMatchObject({ kind: 'unclear', error: { type: 'unexpected-answer' } });
  });

  test('limits, refusals and outages are as for a cancel; a redirect is unclear', () => {
    expect(read(answer(401))).toMatchObject({ kind: 'refused', pausesAccount: true });
    expect(read(answer(429))).toMatchObject({ kind: 'try_again', pausesAccount: true });
    expect(read(answer(503))).toMatchObject({ kind: 'try_again', pausesAccount: false });
    expect(read(answer(302))).toMatchObject({ kind: 'unclear' });
  });
});
