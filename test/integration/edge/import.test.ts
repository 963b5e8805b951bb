import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import * as responses from '../../../shared/http/contract/responses.ts';
import { apiFunction, becomes, byId, putSealingKey } from './api-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;

beforeAll(async () => {
  server = await startTableServer();
  await putSealingKey(server);
});
afterAll(() => server.close());

const start = async (name: string, provider = 'dropbox-sign') => {
  const api = apiFunction(server, name);
  await api.makeAccount('main', provider);
  const take = (provider_request_id: string, headers: Record<string, string> = {}, account_id = 'main') =>
    api.post('signature_requests/import', { account_id, provider_request_id }, headers);
  const refresh = (id: string, headers: Record<string, string> = {}) =>
    api.call('POST /v1/signature_requests/{id}/refresh', { ...byId(id), headers });
  /** What dispatch writes when it has read it. */
  const read = (id: string) =>
    api.change(id, () => ({ status: 'sent', readAt: api.clock.now, lookAt: null, readError: null }));
  return { ...api, take, refresh, read };
};

describe('POST /v1/signature_requests/import', () => {
  test('hints at a look and answers 202 with where it is', async () => {
    const { take, stored, hints } = await start('importing');
    const taken = await take('r1');
    expect(taken).toMatchObject({
      status: 202,
      headers: { location: `/v1/signature_requests/${taken.body.id}` },
      body: {
        status: 'unknown',
        provider_request_id: 'r1',
        creation: null,
        cancellation: null,
        read_at: null,
      },
    });
    expect(responses.signatureRequest.parse(taken.body)).toEqual(taken.body);
    expect(hints).toEqual(['refresh']);
    expect((await stored(taken.body.id)).followed).toBe(true);
  });

  test('is the same request as the one that a cancellation knows by its id', async () => {
    const { take, post } = await start('knowing');
    const cancelled = await post('cancellations', { account_id: 'main', provider_request_id: 'r1' });
    expect((await take('r1')).body.id).toBe(cancelled.body.id);
  });

  test('with Prefer: wait it answers 200 once it has been read since', async () => {
    const { take, read, learn, clock, meanwhile } = await start('patient');
    const { id } = (await take('r1')).body;
    await read(id);
    clock.now = (clock.now + 1_000) as Instant;
    // What was read before does not count.
    expect((await take('r1', { prefer: 'wait=1' })).status).toBe(202);
    meanwhile.do = async () => {
      await learn(id, { name: 'Offer', signers: [{ email: 'kim@customer.example', status: 'viewed' }] });
      await read(id);
      meanwhile.do = async () => undefined;
    };
    expect(await take('r1', { prefer: 'wait=20' })).toMatchObject({
      status: 200,
      body: {
        id,
        status: 'sent',
        name: 'Offer',
        signers: [{ id: 'sg_1', status: 'viewed', sign_url: null }],
      },
    });
  });

  test('what the provider does not know is said in read_error', async () => {
    const { take, change, stored, clock, meanwhile } = await start('missing');
    const { id } = (await take('r1')).body;
    meanwhile.do = async () => {
      const error = {
        type: 'not-found',
        detail: 'The provider knows no such request.',
        providerStatus: 404,
      } as const;
      if ((await stored(id)).readAt === null)
        await change(id, () => ({ readAt: clock.now, readError: error }));
    };
    const taken = await take('r1', { prefer: 'wait=20' });
    expect(taken).toMatchObject({
      status: 200,
      body: { status: 'unknown', read_error: { type: 'not-found', provider_status: 404 } },
    });
    expect(responses.signatureRequest.parse(taken.body)).toEqual(taken.body);
  });

  test('answers with the request that an alias leads to', async () => {
    const { take, tenant, requests, refresh, read, stored, meanwhile } = await start('aliased');
    const alias = (await take('r1')).body.id;
    const target = (await take('r2')).body.id;
    await read(target);
    const other = await stored(alias);
    await requests.erase(other);
    await requests.putAlias(tenant, other.id, (await stored(target)).id);
    meanwhile.do = () => read(target);
    const again = await refresh(alias, { prefer: 'wait=5' });
    expect(again).toMatchObject({
      status: 200,
      headers: { location: `/v1/signature_requests/${target}` },
      body: { id: target, provider_request_id: 'r2' },
    });
  });

  test.each([
    ['ironclad', 'IC-27', 202],
    ['ironclad', '5f0375c4cdc1927c3c5edef1', 202],
    ['truto', 'IC-27', 400],
    ['truto', '5f0375c4cdc1927c3c5edef1', 202],
  ])('%s: %s is answered %i', async (provider, providerRequestId, status) => {
    const { take } = await start(`ids-${provider}`, provider);
    const taken = await take(providerRequestId);
    expect(taken.status).toBe(status);
    if (status === 400) expect(taken.body.errors[0].field).toBe('provider_request_id');
  });

  test('needs an account of this tenant, and both fields', async () => {
    await start('owner');
    const { take, post } = await start('lodger');
    expect(await take('r1', {}, 'other')).toMatchObject({
      status: 404,
      body: { type: '/problems/account-not-found' },
    });
    expect(await post('signature_requests/import', { reason: 'x' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'account_id' }, { field: 'provider_request_id' }, { field: 'reason' }] },
    });
  });
});

describe('POST /v1/signature_requests/{id}/refresh', () => {
  test('hints at a look, and answers 200 once it has been read', async () => {
    const { post, refresh, read, hints, meanwhile } = await start('refreshing');
    const { id } = (await post('cancellations', { account_id: 'main', provider_request_id: 'r1' })).body;
    expect((await refresh(id)).status).toBe(202);
    expect(hints).toEqual(['new', 'refresh']);
    meanwhile.do = () => read(id);
    expect(await refresh(id, { prefer: 'wait=5' })).toMatchObject({
      status: 200,
      body: { status: 'sent', read_at: '2026-11-21T10:00:00.250Z' },
    });
  });

  test('of what is not at the provider yet is 409', async () => {
    const { post, refresh, change } = await start('hasty');
    const body = {
      account_id: 'main',
      signers: [{ email: 'kim@customer.example', name: 'Kim' }],
      source_files: [{ url: 'https://files.example.com/offer.pdf' }],
    };
    const { id } = (await post('signature_requests', body)).body;
    expect(await refresh(id)).toMatchObject({ status: 409, body: { type: '/problems/not-at-provider' } });
    await change(id, becomes.sent('r1'));
    expect((await refresh(id)).status).toBe(202);
  });
});
