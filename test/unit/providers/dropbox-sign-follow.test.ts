import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant, RequestId } from '../../../shared/domain/ids.ts';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import type { ProviderRequest } from '../../../shared/providers/provider.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';
import { wanted } from './wanted-fields.ts';

const ourId = `sr_${'0123456789abcdef'.repeat(2)}` as RequestId;
const connection = {
  baseUrl: 'https://api.hellosign.com/v3',
  credentials: { api_key: 'key-1' },
  options: {},
  accessToken: null,
};
const error = (name: string) => ({ error: { error_msg: 'May quote anything', error_name: name } });
const anyBody = fc.oneof(fc.constant(null), fc.string(), fc.json());

describe('a look for a request whose creation was not answered', () => {
  const { find } = dropboxSign;
  if (find === undefined) throw new Error('Dropbox Sign can be searched');
  const target = { id: ourId, wanted: wanted(), webhookUrl: '', idempotencyKey: 'x', now };
  const first = find.request(target, now, connection);
  if (first === null) throw new Error('it can always be looked for');
  const classify = (status: number, body: string | object | null, request: ProviderRequest = first) =>
    find.classify(answer(status, body), target, now, request);
  const entry = (over: object = {}) => ({
    signature_request_id: id,
    metadata: { rescind_id: ourId },
    is_complete: false,
    signatures: [{ signature_id: 's1', status_code: 'awaiting_signature', last_viewed_at: 1_760_000_000 }],
    ...over,
  });
  const list = (entries: readonly unknown[], pages = 1) => ({
    list_info: { page: 1, num_pages: pages, num_results: entries.length, page_size: 20 },
    signature_requests: entries,
  });
  const pageOf = (request: ProviderRequest) => Object.fromEntries(new URL(request.url).searchParams);
  const followed = (status: number, body: object | null, request?: ProviderRequest): ProviderRequest => {
    const next = classify(status, body, request);
    if (next.kind !== 'follow') throw new Error(`it was ${next.kind}`);
    return next.request;
  };

  test('it searches the metadata for our id', () => {
    expect(first).toMatchObject({ method: 'GET', headers: { authorization: 'Basic a2V5LTE6' } });
    expect(first.url).toBe(
      `https://api.hellosign.com/v3/signature_request/list?page=1&page_size=20&query=metadata:${ourId}`,
    );
  });
  test('the one with our id is it, among others', () => {
    const others = [entry({ signature_request_id: 'other', metadata: {} }), 7, null, { metadata: [] }];
    expect(classify(200, list([...others, entry()]))).toMatchObject({
      kind: 'found',
      providerRequestId: id,
      status: 'viewed',
      details: { signers: [{ ref: 's1', status: 'viewed' }] },
    });
  });
  test('one that tells nothing of its status is found all the same', () => {
    const bare = { signature_request_id: id, metadata: { rescind_id: ourId } };
    expect(classify(200, list([bare, bare]))).toMatchObject({ kind: 'found', status: 'unknown' });
  });
  test('a search that merely contains our id, or matches nothing, finds nothing', () => {
    const near = [
      entry({ metadata: { rescind_id: `${ourId}0` } }),
      entry({ metadata: { note: ourId } }),
      entry({ metadata: ourId, title: ourId }),
    ];
    const plain = followed(200, list(near));
    expect(pageOf(plain)).toEqual({ page: '1', page_size: '20' });
    expect(plain.headers).toEqual(first.headers);
    expect(classify(200, list(near), plain)).toEqual({ kind: 'absent' });
  });
  test('all pages of the search are looked at, then the latest requests; one of those counts too', () => {
    const second = followed(200, list([], 3));
    expect(pageOf(second)).toMatchObject({ page: '2', query: `metadata:${ourId}` });
    const third = followed(200, list([], 3), second);
    const plain = followed(200, list([], 3), third);
    expect(pageOf(plain)).toEqual({ page: '1', page_size: '20' });
    expect(classify(200, list([entry()], 3), plain)).toMatchObject({ kind: 'found' });
  });
  const plainPage = (page: number, size = 20): ProviderRequest => ({
    ...first,
    url: `https://api.hellosign.com/v3/signature_request/list?page=${page}&page_size=${size}`,
  });
  const madeAt = (ms: number) => entry({ metadata: {}, created_at: Math.floor((now + ms) / 1_000) });
  test('the list without a search is followed to what was made before the call, less a minute', () => {
    const recent = [madeAt(5_000), madeAt(-60_000), entry({ metadata: {} }), { created_at: 'then' }, 7];
    expect(pageOf(followed(200, list(recent, 3), plainPage(1)))).toEqual({ page: '2', page_size: '20' });
    expect(pageOf(followed(200, list(recent, 3), plainPage(2)))).toMatchObject({ page: '3' });
    expect(classify(200, list([...recent, entry()], 3), plainPage(3))).toMatchObject({ kind: 'found' });
    expect(classify(200, list(recent, 3), plainPage(3))).toEqual({ kind: 'absent' });
    expect(classify(200, list([...recent, madeAt(-61_000)], 3), plainPage(1))).toEqual({ kind: 'absent' });
  });
  test('where the number of pages is not told, a full page is not the last', () => {
    const untold = (count: number) => ({
      signature_requests: Array.from({ length: count }, () => madeAt(0)),
    });
    expect(pageOf(followed(200, untold(20), plainPage(1)))).toMatchObject({ page: '2' });
    expect(classify(200, untold(19), plainPage(1))).toEqual({ kind: 'absent' });
  });
  test.each([
    ['flags of another kind', { is_complete: 'no' }],
    ['signatures of another kind', { signatures: 'none' }],
    ['no id', { signature_request_id: undefined }],
    ['an id that would leave its path', { signature_request_id: '../x' }],
  ])('an entry of ours with %s is there, though it cannot be told', (_, over) => {
    for (const request of [first, plainPage(1)]) {
      expect(classify(200, list([madeAt(-61_000), entry(over)]), request)).toMatchObject({
        kind: 'unclear',
        error: { type: 'unexpected-answer' },
      });
    }
    expect(classify(200, list([entry({ ...over, metadata: {} })]), plainPage(1))).toEqual({ kind: 'absent' });
  });
  test('what is too long is asked for in smaller pages, from the first, down to one request', () => {
    expect(pageOf(followed(200, null, first))).toEqual({ page_size: '4', query: `metadata:${ourId}` });
    const smaller = followed(200, null, plainPage(3));
    expect(pageOf(smaller)).toEqual({ page_size: '4' });
    expect(pageOf(followed(200, list([madeAt(0)], 2), smaller))).toEqual({ page_size: '4', page: '2' });
    expect(pageOf(followed(200, null, smaller))).toEqual({ page_size: '1' });
    expect(classify(200, null, plainPage(1, 1))).toMatchObject({ kind: 'unclear' });
  });
  test('two with our id are for a person to tell apart', () => {
    const two = list([entry(), entry({ signature_request_id: 'twin' })]);
    expect(classify(200, two)).toEqual({
      kind: 'ambiguous',
      detail: 'Dropbox Sign has 2 requests with this id.',
    });
  });
  test('the index lags behind: absent is believed after 10 minutes only', () => {
    expect(find.settledAfterMs).toBe(600_000);
  });
  test.each(['', '<html></html>', '{}', '{"signature_requests":{}}'])('200 with %j is unclear', (body) => {
    expect(classify(200, body)).toMatchObject({ kind: 'unclear', error: { type: 'unexpected-answer' } });
  });
  test('limits, refusals and outages are as for a read; 404 and 410 say nothing', () => {
    expect(classify(401, error('unauthorized'))).toMatchObject({ kind: 'refused', pausesAccount: true });
    expect(classify(429, error('exceeded_rate'))).toMatchObject({ kind: 'try_again' });
    expect(classify(503, error('maintenance'))).toMatchObject({ kind: 'try_again' });
    for (const status of [302, 400, 404, 410])
      expect(classify(status, '')).toMatchObject({ kind: 'unclear' });
  });
  test('any answer is classified without a throw, and only a list can tell', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), anyBody, (status, text) => {
        const { kind } = classify(status, text);
        if (['found', 'absent', 'ambiguous'].includes(kind)) expect(status).toBe(200);
      }),
    );
  });
});

describe('a reminder', () => {
  const { remind, reminders } = dropboxSign;
  if (remind === undefined) throw new Error('Dropbox Sign reminds');
  const classify = (status: number, body: string | object | null = '', headers = {}) =>
    remind.classify(answer(status, body, headers));

  test('is for one signer, by address and name, once an hour', () => {
    const signer = { ref: 's1', email: 'ann@signer.example', name: 'Ann' };
    expect(remind.request({ providerRequestId: id, signer }, connection)).toMatchObject({
      method: 'POST',
      url: `https://api.hellosign.com/v3/signature_request/remind/${id}`,
      headers: { 'content-type': 'application/json' },
      body: '{"email_address":"ann@signer.example","name":"Ann"}',
    });
    const nameless = { ...signer, name: null };
    expect(remind.request({ providerRequestId: id, signer: nameless }, connection)?.body).toBe(
      '{"email_address":"ann@signer.example"}',
    );
    expect(reminders).toEqual({ coolDownMs: 3_600_000, countsFromSending: false, perSigner: true });
  });
  test.each(['', '{}', null, '<html></html>'])('200 with the body %j was sent', (body) => {
    expect(classify(200, body)).toEqual({ kind: 'reminded' });
  });
  test.each([
    [400, 'invalid_reminder', 'refused'],
    [404, 'not_found', 'not-found'],
    [409, 'conflict', 'refused'],
    [410, 'deleted', 'not-found'],
    [401, 'unauthorized', 'unauthorized'],
    [402, 'payment_required', 'payment-required'],
    [403, 'forbidden', 'forbidden'],
  ])('%i %s was refused', (status, name, type) => {
    expect(classify(status, error(name))).toMatchObject({
      kind: 'refused',
      error: { type, providerStatus: status },
    });
  });
  test('429 says when', () => {
    const headers = { 'x-ratelimit-reset': String(now / 1_000 + 42) };
    expect(classify(429, error('exceeded_rate'), headers)).toMatchObject({
      kind: 'refused',
      error: { type: 'rate-limited' },
      retryAt: now + 42_000,
    });
  });
  test.each([202, 204, 302, 500, 503])('%i is unclear, and so is a 400 of somebody else', (status) => {
    expect(classify(status)).toMatchObject({ kind: 'unclear' });
    expect(classify(400, '<html></html>')).toMatchObject({ kind: 'unclear' });
  });
  test('any answer is classified without a throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), anyBody, (status, text) => {
        if (classify(status, text).kind === 'reminded') expect(status).toBe(200);
      }),
    );
  });
});

describe('what a read tells of the signers', () => {
  const { read } = callsOf(dropboxSign, { baseUrl: connection.baseUrl, options: {} });
  const found = (over: object = {}) =>
    answer(200, { signature_request: { signature_request_id: id, is_complete: false, ...over } });
  const details = (over: object) => {
    const told = read(found(over), memory({ followed: true }));
    return told.kind === 'status' ? told.details : told;
  };
  const signature = (over: object = {}) => ({
    signature_id: 's1',
    signer_email_address: 'ann@signer.example',
    signer_name: 'Ann',
    order: 0,
    status_code: 'awaiting_signature',
    signed_at: null,
    last_viewed_at: null,
    decline_reason: null,
    ...over,
  });
  const at = (seconds: number) => (seconds * 1_000) as Instant;

  test('nothing, unless the request is followed', () => {
    expect(read(found({ title: 'NDA', signatures: [signature()] }))).toEqual({
      kind: 'status',
      status: 'sent',
    });
  });
  test.each([
    ['waiting', {}, { status: 'awaiting' }],
    ['viewed', { last_viewed_at: 5 }, { status: 'viewed', viewedAt: at(5) }],
    [
      'signed',
      { status_code: 'signed', last_viewed_at: 5, signed_at: 6 },
      { status: 'signed', viewedAt: at(5), decidedAt: at(6) },
    ],
    [
      'declined, with the reason',
      { status_code: 'declined', decline_reason: 'Not agreed' },
      { status: 'declined', declineReason: 'Not agreed' },
    ],
    ['expired', { status_code: 'expired', decline_reason: 'x', signed_at: 6 }, { status: 'awaiting' }],
  ])('one who has %s', (_, over, told) => {
    expect(details({ signatures: [signature(over)] })).toEqual({
      signers: [{ ref: 's1', role: 'signer', email: 'ann@signer.example', name: 'Ann', order: 0, ...told }],
    });
  });
  test('its name, its page, its end, and the client’s id but never our own', () => {
    const told = {
      title: 'NDA',
      signing_url: 'https://app.hellosign.com/sign/1',
      expires_at: 1_770_000_000,
      metadata: { external_id: 'case-1' },
    };
    expect(details(told)).toEqual({
      name: 'NDA',
      page: told.signing_url,
      expiresAt: at(1_770_000_000),
      externalId: 'case-1',
    });
    expect(details({ metadata: { external_id: ourId } })).toEqual({});
  });
  test.each([
    ['null everywhere', { title: null, signing_url: null, expires_at: null, metadata: null, signatures: [] }],
    ['other forms', { title: 7, signing_url: 'javascript:x', expires_at: '5', metadata: [] }],
    ['a date beyond all', { expires_at: 1e300 }],
    ['one signature without an id', { signatures: [signature(), signature({ signature_id: undefined })] }],
    ['one signature without a state', { signatures: [signature(), signature({ status_code: null })] }],
  ])('%s: what does not fit is left out, and the status stays', (_, over) => {
    expect(read(found(over), memory({ followed: true }))).toEqual({
      kind: 'status',
      status: 'sent',
      details: {},
    });
  });
  test('odd parts of a signature are left out alone', () => {
    const odd = signature({ signer_name: 7, order: -1, last_viewed_at: 'then', signer_email_address: null });
    expect(details({ signatures: [odd] })).toEqual({
      signers: [{ ref: 's1', role: 'signer', status: 'awaiting' }],
    });
  });
});
