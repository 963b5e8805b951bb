import { describe, expect, test } from 'vitest';
import type { Target } from '../../../shared/domain/answers.ts';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';

const baseUrl = 'https://api.box.com/2.0';
const { cancel, read, request } = callsOf(boxSign, {
  baseUrl,
  options: {},
  credentials: { access_token: 'token-1' },
});
const error = (status: number, code: string) => ({
  type: 'error',
  status,
  code,
  message: 'A text that may quote anything',
  context_info: { errors: [] },
});
const signRequest = (status: unknown, over: object = {}) => ({ id, type: 'sign-request', status, ...over });

describe('what is sent', () => {
  test('a cancel is a POST with the reason', () => {
    expect(request('cancel', memory())).toEqual({
      method: 'POST',
      url: `${baseUrl}/sign_requests/${id}/cancel`,
      headers: {
        accept: 'application/json',
        authorization: 'Bearer token-1',
        'content-type': 'application/json',
      },
      body: '{"reason":"Superseded"}',
    });
  });
  test('without a reason the body is an empty object, never nothing', () => {
    const target: Target = {
      providerRequestId: id,
      scope: 'workflow',
      reason: null,
      remoteData: null,
      idempotencyKey: 'once',
    };
    const connection = { baseUrl, credentials: { access_token: 't' }, options: {}, accessToken: null };
    expect(boxSign.cancel.request(target, connection, memory()).body).toBe('{}');
  });
  test('a read is a GET of the request, without a body', () => {
    expect(request('read', memory())).toEqual({
      method: 'GET',
      url: `${baseUrl}/sign_requests/${id}`,
      headers: { accept: 'application/json', authorization: 'Bearer token-1' },
    });
  });
  test('an exchanged token is used where there is one', () => {
    const credentials = {
      client_id: 'c',
      client_secret: 's',
      subject_type: 'user',
      subject_id: '1',
    };
    const exchanged = callsOf(boxSign, { baseUrl, options: {}, credentials, accessToken: 'token-2' });
    expect(exchanged.request('read', memory()).headers).toMatchObject({ authorization: 'Bearer token-2' });
  });
});

describe('the answer to a cancel', () => {
  test('200 with the request cancelled is the proof', () => {
    const confirmed = { kind: 'confirmed', status: 'cancelled' };
    expect(cancel(answer(200, signRequest('cancelled')))).toEqual(confirmed);
    expect(cancel(answer(200, signRequest('cancelled', { id: id.toUpperCase() })))).toEqual(confirmed);
  });
  test.each([
    ['empty', ''],
    ['too large', null],
    ['HTML', '<html></html>'],
    ['no status', '{}'],
    ['another status', signRequest('sent')],
    ['the other provider’s spelling', signRequest('canceled')],
    ['another request', signRequest('cancelled', { id: 'other' })],
  ])('200 with a body that is %s may have acted', (_, body) => {
    expect(cancel(answer(200, body))).toMatchObject({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'unexpected-answer', providerStatus: 200 },
    });
  });
  test.each([
    [400, 'bad_request', 'refused'],
    [402, 'payment_required', 'payment-required'],
    [403, 'access_denied_insufficient_permissions', 'forbidden'],
    [403, 'insufficient_scope', 'forbidden'],
    [404, 'not_found', 'not-found'],
    [405, 'method_not_allowed', 'refused'],
    [409, 'operation_blocked_temporary', 'refused'],
    [410, 'gone', 'refused'],
    [422, 'unprocessable_entity', 'refused'],
  ])('%i %s did nothing, and leaves the decision to a read', (status, code, type) => {
    expect(cancel(answer(status, error(status, code)))).toEqual({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type, detail: `The provider answered ${status} ${code}.`, providerStatus: status },
    });
  });
  test.each(['', '<html></html>', null])('401 with the body %j is about the token', (body) => {
    expect(cancel(answer(401, body))).toMatchObject({
      kind: 'refused',
      error: { type: 'unauthorized' },
      pausesAccount: true,
    });
  });
  test.each([
    ['100', now + 100_000],
    ['Sat, 21 Nov 2026 12:00:30 GMT', now + 30_000],
  ])('429 comes back as its header says: %s', (retryAfter, retryAt) => {
    const response = answer(429, error(429, 'rate_limit_exceeded'), { 'retry-after': retryAfter });
    expect(cancel(response)).toEqual({
      kind: 'try_again',
      error: {
        type: 'rate-limited',
        detail: 'The provider answered 429 rate_limit_exceeded.',
        providerStatus: 429,
      },
      pausesAccount: true,
      retryAt,
    });
  });
  test('202 is "not yet" with Retry-After, and may have acted without', () => {
    expect(cancel(answer(202, '', { 'retry-after': '5' }))).toMatchObject({
      kind: 'try_again',
      pausesAccount: false,
      retryAt: now + 5_000,
    });
    expect(cancel(answer(202, '', { 'retry-after': '0' }))).not.toHaveProperty('retryAt');
    expect(cancel(answer(202))).toMatchObject({ kind: 'unclear', mayHaveActed: true });
  });
  test.each([201, 204, 301, 302, 307])('%i may have acted', (status) => {
    expect(cancel(answer(status, signRequest('cancelled')))).toMatchObject({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'unexpected-answer', providerStatus: status },
    });
  });
  test('a text of the provider is never kept, nor a code that is none', () => {
    expect(JSON.stringify(cancel(answer(400, error(400, 'Not A Code: secret'))))).not.toMatch(/secret|quote/);
  });
});

describe('the answer to a read', () => {
  test.each([
    'converting',
    'created',
    'sent',
    'viewed',
    'signed',
    'declined',
    'expired',
    'finalizing',
    'error',
    'error_converting',
    'error_sending',
    'error_finalizing',
  ])('%s is what it says', (status) => {
    expect(read(answer(200, signRequest(status)))).toEqual({ kind: 'status', status });
  });
  test('cancelled is the proof, whoever did it', () => {
    for (const sent of ['no', 'maybe', 'yes'] as const) {
      expect(read(answer(200, signRequest('cancelled')), memory({ sent }))).toEqual({
        kind: 'proof',
        status: 'cancelled',
        requestStatus: 'cancelled',
      });
    }
  });
  test.each([
    ['downloaded', 'signed'],
    ['signed and downloaded', 'signed'],
    ['canceled', 'unknown'],
    ['creating', 'unknown'],
    ['invented_tomorrow', 'unknown'],
    ['', 'unknown'],
  ])('%s is read as %s', (found, status) => {
    expect(read(answer(200, signRequest(found)))).toEqual({ kind: 'status', status });
  });
  test.each([201, 302, 404, 500])('%i is no proof, whatever its body says', (status) => {
    expect(['not_found', 'unclear', 'try_again']).toContain(
      read(answer(status, signRequest('cancelled'))).kind,
    );
  });
  test('404 is never proof, even after a cancel that was sent', () => {
    expect(read(answer(404, error(404, 'not_found')), memory({ sent: 'yes' }))).toMatchObject({
      kind: 'not_found',
      error: { type: 'not-found', providerStatus: 404 },
    });
  });
  test.each([
    ['too large', null],
    ['empty', ''],
    ['HTML', '<html></html>'],
    ['of another type', signRequest(7)],
    ['without a status', { id }],
    ['another request', signRequest('cancelled', { id: 'other' })],
  ])('200 with a body that is %s is unclear', (_, body) => {
    expect(read(answer(200, body))).toMatchObject({ kind: 'unclear', error: { type: 'unexpected-answer' } });
  });
  test('refusals, limits and outages are no verdict', () => {
    expect(read(answer(401))).toMatchObject({ kind: 'refused', pausesAccount: true });
    expect(read(answer(403))).toMatchObject({ kind: 'refused', error: { type: 'forbidden' } });
    expect(read(answer(429, '', { 'retry-after': '1' }))).toMatchObject({ retryAt: now + 1_000 });
    expect(read(answer(202, '', { 'retry-after': '1' }))).toMatchObject({ kind: 'try_again' });
    expect(read(answer(503))).toMatchObject({ kind: 'try_again', pausesAccount: false });
    expect(read(answer(400))).toMatchObject({ kind: 'unclear' });
    expect(read(answer(302))).toMatchObject({ kind: 'unclear' });
  });
});
