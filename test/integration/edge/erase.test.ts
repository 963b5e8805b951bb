import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiFunction, becomes, byId, putSealingKey } from './api-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;

beforeAll(async () => {
  server = await startTableServer();
  await putSealingKey(server);
});
afterAll(() => server.close());

const wanted = {
  account_id: 'main',
  name: 'Offer 4711',
  signers: [{ email: 'kim@customer.example', name: 'Kim Ortega' }],
  source_files: [{ url: 'https://files.example.com/a.pdf' }],
};
const reason = 'long '.repeat(100);

const start = async (name: string) => {
  const api = apiFunction(server, name);
  await api.makeAccount();
  const created = async () => (await api.post('signature_requests', wanted)).body;
  const erase = (id: string) => api.call('DELETE /v1/signature_requests/{id}', byId(id));
  return { ...api, created, erase };
};

describe('DELETE /v1/signature_requests/{id}', () => {
  test('leaves nothing of a finished one: no signer, no reason, no history, no sign link', async () => {
    const { tenant, created, call, change, erase } = await start('erasing');
    const { id, signers } = await created();
    await change(id, becomes.sent('r1'));
    const body = JSON.stringify({ reason });
    await call('POST /v1/signature_requests/{id}/cancel', { ...byId(id), body });
    for (let more = 0; more < 8; more += 1) await change(id, () => ({}));
    await change(id, becomes.cancellation('confirmed'));
    const about = async () => (await server.items()).filter((item) => JSON.stringify(item).includes(id));
    expect((await about()).length).toBeGreaterThan(3);

    expect(await erase(id)).toMatchObject({ status: 204, body: null });
    expect(await about()).toEqual([]);
    expect(JSON.stringify(await server.items())).not.toMatch(/kim@customer|Kim Ortega|long long/);
    expect(await call('GET /v1/signature_requests/{id}', byId(id))).toMatchObject({ status: 404 });
    expect((await call('GET /v1/signature_requests')).body.items).toEqual([]);
    expect(await erase(id)).toMatchObject({ status: 404 });
    const token = signers[0].sign_url.split('/').at(-1);
    const { ask } = apiFunction(server, tenant);
    expect((await ask('GET /sign/{token}', { path: { token } })).statusCode).toBe(404);
  });

  test('and what is not erased ends as one when its retention does', async () => {
    const { created, change } = await start('retained');
    const { id } = await created();
    const endsOf = async () => {
      const parts = (await server.items()).filter((item) => JSON.stringify(item).includes(id));
      return new Map(parts.map(({ sk, ttl }) => [String(sk).split('#')[0], ttl]));
    };
    expect((await endsOf()).get('hot')).toBeUndefined();
    expect((await endsOf()).get('details')).toBeUndefined();
    await change(id, becomes.sent('r1'));
    await change(id, () => ({ status: 'signed' as const }));
    const ends = await endsOf();
    expect([...ends.keys()].sort()).toEqual(['creation', 'details', 'hot', 'sign']);
    expect(new Set(ends.values()).size).toBe(1);
    expect(ends.get('hot')).toBeGreaterThan(1_700_000_000);
  });

  test('but stays as a whole if it turns out to be there after all', async () => {
    const { created, change, requests, stored } = await start('back');
    const { id } = await created();
    await change(id, becomes.sent('r1'));
    const readError = { type: 'already-ended', detail: 'destroyed' } as const;
    await change(id, () => ({ readError }));
    const partsOf = async () =>
      (await server.items()).filter((item) => JSON.stringify(item).includes(id) && item.sk !== 'hot');
    expect((await partsOf()).every(({ ttl }) => ttl !== undefined)).toBe(true);
    await change(id, () => ({ readError: null }));
    await requests.keepParts(await stored(id));
    expect((await partsOf()).length).toBeGreaterThan(2);
    expect((await partsOf()).every(({ ttl }) => ttl === undefined)).toBe(true);
  });

  test('one that is still being told of goes as soon as it has been', async () => {
    const { created, change, erase, meanwhile, requests, stored } = await start('telling');
    const { id } = await created();
    await change(id, becomes.sent('r1'));
    await change(id, ({ version }) => ({ status: 'signed' as const, untold: version + 1 }));
    const late = await erase(id);
    expect(late).toMatchObject({ status: 409, headers: { 'retry-after': '10' } });
    let looks = 0;
    meanwhile.do = async () => {
      looks += 1;
      if (looks === 3) await requests.markTold(await stored(id));
    };
    expect((await erase(id)).status).toBe(204);
    expect(looks).toBe(3);
  });

  test.each([
    ['open', () => ({ status: 'sent' as const })],
    ['still to be created', () => ({})],
    ['undecided', becomes.creation('undecided')],
  ])('one that is %s stays: 409', async (name, change) => {
    const api = await start(`staying-${name.replaceAll(' ', '-')}`);
    const { id } = await api.created();
    await api.change(id, change);
    expect(await api.erase(id)).toMatchObject({ status: 409, body: { type: '/problems/not-finished' } });
    expect((await api.stored(id)).id).toBe(id);
  });

  test('one whose cancellation is open or failed stays: 409', async () => {
    const { created, call, change, erase } = await start('withdrawn');
    const { id } = await created();
    await change(id, becomes.sent('r1'));
    await call('POST /v1/signature_requests/{id}/cancel', byId(id));
    expect((await erase(id)).status).toBe(409);
    await change(id, becomes.cancellation('failed'));
    expect((await erase(id)).status).toBe(409);
  });

  test("another tenant's is 404, and stays", async () => {
    const owner = await start('owner');
    const { id } = await owner.created();
    await owner.change(id, () => ({ status: 'signed' }));
    expect((await (await start('stranger')).erase(id)).status).toBe(404);
    expect((await owner.erase(id)).status).toBe(204);
  });
});
