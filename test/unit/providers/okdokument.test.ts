import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { okdokument } from '../../../shared/providers/okdokument/provider.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';

const baseUrl = 'https://api.okdokument.com/JSON';
const { cancel, read, request } = callsOf(okdokument, { baseUrl, options: {} });
const notExist = (value: unknown = id) => ({ message: 'err.signature.request.not.exist', value });
const document = 'b9f1d2c3-document';
const claimed = (status: 'signed' | 'declined') =>
  memory({ existed: true, claim: { status, ref: document } });
const seen = memory({ existed: true });

describe('what is sent', () => {
  test('a delete, a probe of the link, or a read of the document that a callback named', () => {
    const headers = { accept: 'application/json', 'x-api-key': 'key-1' };
    expect(request('cancel', memory())).toEqual({
      method: 'DELETE',
      url: `${baseUrl}/signatureRequest/${id}`,
      headers,
    });
    expect(request('read', memory())).toEqual({
      method: 'GET',
      url: `${baseUrl}/openDocument/${id}`,
      headers,
    });
    expect(request('read', claimed('signed')).url).toBe(`${baseUrl}/document/metadata/${document}`);
  });
  test.each([
    [{}, 'https://api.okdokument.com/JSON'],
    [{ region: 'dev' }, 'https://apidev.okdokument.com/JSON'],
  ])('the region %j has its own address', (options, url) => {
    expect(okdokument.baseUrl(options)).toBe(url);
  });
});

describe('the answer to a delete', () => {
  test('200 msg.deleted is the proof', () => {
    expect(cancel(answer(200, { message: 'msg.deleted', result: id }))).toEqual({
      kind: 'confirmed',
      status: 'deleted',
    });
  });
  test.each([
    '',
    '{}',
    '<html></html>',
    null,
    '{"message":"msg.updated"}',
    '{"message":"msg.deleted","result":"other"}',
  ])('200 with the body %j may have acted', (body) => {
    expect(cancel(answer(200, body))).toMatchObject({ kind: 'unclear', mayHaveActed: true });
  });
  test('not.exist confirms if it was seen before, and proves nothing if not', () => {
    expect(cancel(answer(400, notExist()), seen)).toEqual({ kind: 'confirmed', status: 'deleted' });
    expect(cancel(answer(400, notExist()))).toMatchObject({
      kind: 'undecidable',
      error: { type: 'outcome-unknown', providerStatus: 400 },
    });
    expect(cancel(answer(400, notExist('other')), seen)).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
    });
  });
  test.each([400, 404, 500])('%i with a message of success is none', (status) => {
    const said = { message: 'msg.deleted', result: id };
    expect(['unclear', 'try_again']).toContain(cancel(answer(status, said), seen).kind);
  });
  test('not.exist means something with 400 alone', () => {
    for (const status of [200, 404, 409]) {
      expect(cancel(answer(status, notExist()), seen)).toMatchObject({ kind: 'unclear' });
    }
  });
  test('what is not understood keeps the provider’s own word, and whether it was a refusal', () => {
    const word = 'err.document.locked';
    expect(cancel(answer(409, { message: word }))).toEqual({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type: 'refused', detail: `The provider answered 409 ${word}.`, providerStatus: 409 },
    });
    expect(cancel(answer(202, { message: word }))).toEqual({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'unexpected-answer', detail: `The provider answered 202 ${word}.`, providerStatus: 202 },
    });
    expect(cancel(answer(403, { message: word }))).toMatchObject({
      error: { type: 'forbidden', detail: `The provider answered 403 ${word}.` },
    });
  });
  test.each(['', '<html></html>', { message: 'err.signature.request.signed' }])(
    'another 400 (%j) did nothing',
    (body) => {
      expect(cancel(answer(400, body), seen)).toMatchObject({ kind: 'unclear', mayHaveActed: false });
    },
  );
  test.each([
    [401, 'unauthorized', true],
    [403, 'forbidden', false],
  ])('%i is refused with an empty body and with HTML', (status, type, pausesAccount) => {
    for (const body of ['', '<html></html>', null]) {
      expect(cancel(answer(status, body))).toMatchObject({ kind: 'refused', error: { type }, pausesAccount });
    }
  });
  test('500 is tried again, 429 at the time it names', () => {
    expect(cancel(answer(500, ''))).toMatchObject({
      kind: 'try_again',
      error: { type: 'provider-unavailable' },
    });
    expect(cancel(answer(429, '', { 'retry-after': '3' }))).toMatchObject({
      kind: 'try_again',
      retryAt: now + 3_000,
    });
  });
  test.each([202, 204, 302])('%i may have acted', (status) => {
    expect(cancel(answer(status))).toMatchObject({ kind: 'unclear', mayHaveActed: true });
  });
});

describe('the probe of the link', () => {
  test('302 is alive', () => {
    expect(read(answer(302, '', { location: '/viewDocument?id=1' }))).toEqual({
      kind: 'status',
      status: 'sent',
    });
  });
  test.each(['no', 'maybe', 'yes'] as const)('400 of a request that was seen is proof (sent: %s)', (sent) => {
    const proof = { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' };
    for (const body of ['', '<html></html>', notExist()]) {
      expect(read(answer(400, body), memory({ existed: true, sent }))).toEqual(proof);
    }
  });
  test('400 of one never seen: not found before a delete, undecidable after one', () => {
    expect(read(answer(400, notExist()))).toEqual({
      kind: 'ended',
      as: 'not_found',
      detail: 'The provider answered 400 err.signature.request.not.exist.',
    });
    for (const sent of ['maybe', 'yes'] as const) {
      expect(read(answer(400), memory({ sent }))).toMatchObject({
        kind: 'undecidable',
        error: { type: 'outcome-unknown' },
      });
    }
  });
  test('a 400 about something else is unclear', () => {
    expect(read(answer(400, { message: 'err.apikey.invalid' }), seen)).toMatchObject({ kind: 'unclear' });
    expect(read(answer(400, notExist('other')), seen)).toMatchObject({ kind: 'unclear' });
  });
  test.each([200, 204, 301, 404])('%i is unclear', (status) => {
    expect(read(answer(status), seen)).toMatchObject({ kind: 'unclear' });
  });
  test('what is not understood keeps the provider’s own word', () => {
    const word = 'err.apikey.invalid';
    expect(read(answer(400, { message: word }), seen)).toEqual({
      kind: 'unclear',
      error: { type: 'unexpected-answer', detail: `The provider answered 400 ${word}.`, providerStatus: 400 },
    });
    expect(read(answer(403, { message: word }), seen)).toMatchObject({
      kind: 'refused',
      error: { detail: `The provider answered 403 ${word}.` },
    });
  });
  test('401, 429 and 500 are as for a delete', () => {
    expect(read(answer(401))).toMatchObject({ kind: 'refused', pausesAccount: true });
    expect(read(answer(429))).toMatchObject({ kind: 'try_again' });
    expect(read(answer(500))).toMatchObject({ kind: 'try_again' });
  });
});

describe('the document that a callback named', () => {
  const state = (value: string) => ({
    filename: 'a.pdf',
    state: value,
    modification: 1,
    id: document,
    date: 1,
    number: 1,
  });
  test.each([
    ['signed', 'signed', 'signed'],
    ['signed', 'canceled', 'declined'],
    ['declined', 'canceled', 'declined'],
    ['declined', 'signed', 'signed'],
    ['signed', 'errorsendinfo', 'signed'],
    ['declined', 'errorsendinfo', 'declined'],
  ] as const)('claimed %s, found %s: it is %s', (claim, found, status) => {
    expect(read(answer(200, state(found)), claimed(claim))).toEqual({ kind: 'status', status });
  });
  test.each(['tosign', 'tags', 'tostamp', 'invented'])('found %s: the claim is not so', (found) => {
    expect(read(answer(200, state(found)), claimed('signed'))).toEqual({ kind: 'claim_refuted' });
  });
  test('404: the claim is not so', () => {
    expect(read(answer(404), claimed('signed'))).toEqual({ kind: 'claim_refuted' });
  });
  test.each([null, '', '<html></html>', '{"state":7}', '{"state":"signed","id":"other"}'])(
    '200 with the body %j is unclear',
    (body) => {
      expect(read(answer(200, body), claimed('signed'))).toMatchObject({ kind: 'unclear' });
    },
  );
  test('outages and refusals are no verdict', () => {
    expect(read(answer(500), claimed('signed'))).toMatchObject({ kind: 'try_again' });
    expect(read(answer(401), claimed('signed'))).toMatchObject({ kind: 'refused' });
    expect(read(answer(302), claimed('signed'))).toMatchObject({ kind: 'unclear' });
    expect(read(answer(500, state('signed')), claimed('signed'))).toMatchObject({ kind: 'try_again' });
    expect(read(answer(201, state('signed')), claimed('signed'))).toMatchObject({ kind: 'unclear' });
  });
});

describe('the callback', () => {
  const receive = (body: string | Uint8Array) =>
    okdokument.webhook.receive({ body: Buffer.from(body), headers: {}, receivedAt: now }, [], null);
  const said = (over: object = {}) =>
    JSON.stringify({ state: 'signed', id: document, signatureRequestId: id, ...over });
  const nothing = { kind: 'notices', notices: [] };

  test.each([
    ['signed', 'signed'],
    ['canceled', 'declined'],
  ])('%s is a hint that it is %s', (state, status) => {
    expect(receive(said({ state }))).toEqual({
      kind: 'notices',
      notices: [{ providerRequestId: id, claim: { status, ref: document }, trust: 'hint' }],
    });
  });
  test.each(['..', '../x', 'a/b', 'a?b', 'a%2fb', '', '.', 'a#b', 'x'.repeat(129)])(
    'the id %j would leave its path segment: dropped',
    (unsafe) => {
      expect(receive(said({ id: unsafe }))).toEqual(nothing);
      expect(receive(said({ signatureRequestId: unsafe }))).toEqual(nothing);
    },
  );
  test('any bytes are answered, and say nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(receive(bytes)).toEqual(nothing);
      }),
    );
    fc.assert(
      fc.property(fc.json(), (anything) => {
        expect(receive(anything)).toEqual(nothing);
      }),
    );
  });
});
