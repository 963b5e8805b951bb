import { describe, expect, test } from 'vitest';
import type { ProviderRequestId } from '../../../shared/domain/ids.ts';
import type { ProviderResponse } from '../../../shared/providers/provider.ts';
import { truto } from '../../../shared/providers/truto/provider.ts';
import { answer, callsOf, id, memory } from './answers.ts';

const baseUrl = 'https://api.truto.one';
const credentials = { api_token: 'token-1', integrated_account_id: '62f44730-dd91-461e-bd6a-aedd9e0ad79d' };
const query = `integrated_account_id=${credentials.integrated_account_id}`;
const connection = { baseUrl, options: {}, credentials };
const { read, request } = callsOf(truto, connection);

const error = (status: number, over: object = {}) => ({
  statusCode: status,
  error: 'x',
  message: 'm',
  ...over,
});
const remote = (status: number, code: unknown) =>
  error(status, { truto_is_remote_error: true, raw_response: { code, message: 'm' } });

describe('the answer to a read', () => {
  const proof = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };
  const unified = (remote_data?: unknown, over: object = {}) => ({
    id,
    status: 'active',
    remote_data,
    ...over,
  });
  const proxied = request('read', memory());
  const proxyRequest = { ...proxied, url: `${baseUrl}/proxy/workflows/${id}?${query}` };
  const readProxy = (response: ProviderResponse) => truto.read.classify(response, memory(), proxyRequest);
  const follow = { kind: 'follow', request: proxyRequest };

  const ironclad = [
    [{ status: 'cancelled' }, proof],
    [{ status: 'completed' }, { kind: 'status', status: 'signed' }],
    [{ status: 'active' }, { kind: 'status', status: 'sent' }],
    [{ status: 'paused' }, { kind: 'status', status: 'sent' }],
    [{ status: 'Cancelled' }, { kind: 'status', status: 'unknown' }],
    [{ status: 'archived' }, { kind: 'status', status: 'unknown' }],
    [{ status: 'constructor' }, { kind: 'status', status: 'unknown' }],
    [{ isCancelled: true }, proof],
    [{ status: null, isCancelled: true }, proof],
    [
      { status: 'active', isCancelled: true, step: 'Complete' },
      { kind: 'status', status: 'sent' },
    ],
    [
      { status: 'completed', isCancelled: true },
      { kind: 'status', status: 'signed' },
    ],
  ] as const;
  test.each(ironclad)(
    'Ironclad says %j, in remote_data or through the proxy, bare or wrapped',
    (said, meaning) => {
      for (const wrap of [(body: object) => body, (body: object) => ({ result: body })]) {
        expect(read(answer(200, wrap(unified({ id, ...said }))))).toEqual(meaning);
        expect(readProxy(answer(200, wrap({ id, ...said })))).toEqual(meaning);
      }
    },
  );

  test.each([
    ['no remote_data', unified()],
    ['remote_data null', unified(null)],
    ['remote_data empty', unified({})],
    ['isCancelled false alone', unified({ isCancelled: false, isComplete: true })],
    ['the step alone', unified({ step: 'Complete' })],
    ['a unified status that says cancelled', { id, status: 'cancelled' }],
    ['the unified active', { id, status: 'active' }],
    ['an empty result', { result: {} }],
    ['an empty object', {}],
  ])('%s: the proxy is asked', (_, body) => {
    expect(read(answer(200, body))).toEqual(follow);
  });

  test.each([{ id }, { id, isCancelled: false }, {}, { step: 'Complete' }, '', '<html></html>', null])(
    'the proxy answers %j: unclear, and nothing further is asked',
    (body) => {
      expect(readProxy(answer(200, body))).toMatchObject({
        kind: 'unclear',
        error: { type: 'unexpected-answer', providerStatus: 200 },
      });
    },
  );

  test.each(['', '<html></html>', null, '[]', '"x"', { id: 7 }, unified('x'), unified({ status: 7 })])(
    '200 with %j is unclear',
    (body) => {
      expect(read(answer(200, body)).kind).toBe('unclear');
    },
  );

  test('another workflow’s answer proves nothing', () => {
    const other = { id: '68f0000000000000000000b2', status: 'cancelled' };
    expect(read(answer(200, { id: other.id, remote_data: other }))).toMatchObject({ kind: 'unclear' });
    expect(readProxy(answer(200, other))).toMatchObject({ kind: 'unclear' });
    // The unified id is the one that was asked for, whatever Ironclad’s own looks like.
    expect(read(answer(200, { id, remote_data: other }))).toEqual(proof);
  });

  test('404 is not found; of the proxy alone it is unclear', () => {
    expect(read(answer(404, remote(404, 'NOT_FOUND')))).toEqual({
      kind: 'not_found',
      error: { type: 'not-found', detail: 'The provider answered 404 NOT_FOUND.', providerStatus: 404 },
    });
    expect(readProxy(answer(404, error(404)))).toMatchObject({ kind: 'unclear' });
  });

  test.each([
    [401, { kind: 'refused', error: { type: 'unauthorized' }, pausesAccount: true }],
    [403, { kind: 'refused', error: { type: 'forbidden' } }],
    [429, { kind: 'try_again', error: { type: 'rate-limited' } }],
    [500, { kind: 'try_again', error: { type: 'provider-unavailable' }, pausesAccount: false }],
    [502, { kind: 'try_again' }],
    [503, { kind: 'refused', error: { type: 'account-blocked' }, pausesAccount: true }],
    [504, { kind: 'try_again' }],
    [204, { kind: 'unclear' }],
    [302, { kind: 'unclear' }],
    [400, { kind: 'unclear' }],
  ])('%i means the same by either way', (status, meaning) => {
    expect(read(answer(status, error(status)))).toMatchObject(meaning);
    expect(readProxy(answer(status, error(status)))).toMatchObject(meaning);
  });

  test('a base URL with a path of its own is kept when the proxy is asked', () => {
    const local = callsOf(truto, { ...connection, baseUrl: 'http://127.0.0.1:8788/truto' });
    expect(local.read(answer(200, {}))).toMatchObject({
      request: { url: `http://127.0.0.1:8788/truto/proxy/workflows/${id}?${query}` },
    });
  });
  test('an id that looks like a path of ours is not taken for it', () => {
    const strange = { providerRequestId: 'workflows' as ProviderRequestId, scope: 'workflow' } as const;
    const target = { ...strange, reason: null, remoteData: null, idempotencyKey: 'x' };
    const sent = truto.read.request(target, { ...connection, accessToken: null }, memory());
    expect(truto.read.classify(answer(200, {}), memory(), sent)).toMatchObject({
      request: { url: `${baseUrl}/proxy/workflows/workflows?${query}` },
    });
  });
});
