import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestId } from '../../../shared/domain/ids.ts';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import type { ProviderRequest } from '../../../shared/providers/provider.ts';
import { answer, id, now } from './answers.ts';
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
