import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId, AccountUid, Instant, Tenant, WebhookToken } from '../../../shared/domain/ids.ts';
import { credentialsReader } from '../../../shared/secrets/account-secrets.ts';
import { accountFunction, secretPrefix } from './account-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

const clock = { now: Date.parse('2026-11-21T10:00:00Z') };
/** How many calls to AWS still succeed before everything fails, as after a crash; null: all do. */
let callsLeft: number | null = null;
let openWork = false;
let server: TableServer;

const crash = (): void => {
  if (callsLeft === null) return;
  if (callsLeft === 0) throw new Error('crashed');
  callsLeft -= 1;
};

beforeAll(async () => {
  server = await startTableServer(crash);
});
afterAll(() => server.close());
beforeEach(() => {
  callsLeft = null;
  openWork = false;
});

const start = (tenant: string) => {
  const { accounts, credentialsOf, call } = accountFunction(server, tenant, {
    hasOpenWork: async () => openWork,
    now: () => clock.now as Instant,
  });
  return {
    accounts,
    credentials: (owner: { tenant: Tenant; uid: AccountUid }) => credentialsOf(owner),
    put: (accountId: string, key: string, provider = 'dropbox-sign') =>
      call('PUT /v1/accounts/{account_id}', accountId, { provider, credentials: { api_key: key } }),
    get: (accountId: string) => call('GET /v1/accounts/{account_id}', accountId),
    list: () => call('GET /v1/accounts'),
    delete: (accountId: string) => call('DELETE /v1/accounts/{account_id}', accountId),
  };
};

const tokenOf = (url: string): WebhookToken => url.split('/').at(-1) as WebhookToken;
const ofTenant = async (tenant: string) => ({
  items: (await server.items()).filter(
    ({ pk, tenant: owner }) => pk === `account#${tenant}` || owner === tenant,
  ),
  secrets: (await server.secretNames()).filter((name) => name?.startsWith(`${secretPrefix}${tenant}/`)),
});

describe('an account', () => {
  test('is created, shown without its credentials, replaced, listed and deleted', async () => {
    const { put, get, list, delete: remove } = start('life');
    const created = await put('main', 'key-1');
    expect(created).toMatchObject({
      status: 201,
      body: { account_id: 'main', provider: 'dropbox-sign', options: {} },
    });
    expect(JSON.stringify(created.body)).not.toContain('key-1');
    const replaced = await put('main', 'key-2');
    expect(replaced).toMatchObject({ status: 200, body: { webhook_url: created.body.webhook_url } });
    expect((await get('main')).body).toEqual(replaced.body);
    expect((await list()).body).toEqual({ items: [replaced.body], next_cursor: null });
    expect((await remove('main')).status).toBe(204);
    expect((await get('main')).status).toBe(404);
    expect((await remove('main')).status).toBe(404);
    expect((await list()).body).toEqual({ items: [], next_cursor: null });
    expect(await ofTenant('life')).toEqual({ items: [], secrets: [] });
  });

  test('keeps its credentials out of the table', async () => {
    await start('quiet').put('main', 'very-secret-key');
    expect(JSON.stringify(await server.items())).not.toContain('very-secret-key');
  });

  test('of another tenant is not found, by any method', async () => {
    await start('owner').put('mine', 'key-1');
    const stranger = start('stranger');
    expect((await stranger.get('mine')).status).toBe(404);
    expect((await stranger.delete('mine')).status).toBe(404);
    expect((await stranger.list()).body.items).toEqual([]);
    expect((await start('owner').get('mine')).status).toBe(200);
  });

  test('keeps its provider', async () => {
    const { put } = start('faithful');
    await put('main', 'key-1');
    expect(await put('main', 'key-1', 'okdokument')).toMatchObject({
      status: 409,
      body: { type: '/problems/provider-cannot-change' },
    });
  });

  test('with open work stays', async () => {
    const { put, get, delete: remove } = start('busy');
    await put('main', 'key-1');
    openWork = true;
    expect(await remove('main')).toMatchObject({
      status: 409,
      body: { type: '/problems/account-has-open-work' },
    });
    expect((await get('main')).status).toBe(200);
  });

  test.each(['Main', '-a', 'a_b', 'a'.repeat(64), '..'])('cannot be named %s', async (name) => {
    const { put, get } = start('names');
    expect(await put(name, 'key-1')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'account_id' }] },
    });
    expect((await get(name)).status).toBe(404);
  });

  test('that is refused stores nothing', async () => {
    const { put } = start('refused');
    expect((await put('main', '')).status).toBe(400);
    expect(await ofTenant('refused')).toEqual({ items: [], secrets: [] });
  });

  test('is found by its webhook token, until it is deleted', async () => {
    const { put, delete: remove, accounts } = start('hooked');
    const token = tokenOf((await put('main', 'key-1')).body.webhook_url);
    expect(await accounts.findAccountByToken(token)).toMatchObject({ tenant: 'hooked', accountId: 'main' });
    await remove('main');
    const other = tokenOf((await put('main', 'key-1')).body.webhook_url);
    expect(await accounts.findAccountByToken(token)).toBeNull();
    expect(await accounts.findAccountByToken(other)).toMatchObject({ accountId: 'main' });
  });
});

describe('a pause', () => {
  test('only grows, is shown, and ends with new credentials', async () => {
    const { put, get, accounts } = start('paused');
    await put('main', 'key-1');
    const account = await accounts.findAccount('paused' as Tenant, 'main' as AccountId);
    if (account === null) throw new Error('the account was not stored');
    await accounts.pauseAccount(account, (clock.now + 60_000) as Instant, 'unauthorized');
    await accounts.pauseAccount(account, (clock.now + 30_000) as Instant, 'rate-limited');
    expect((await get('main')).body.health).toEqual({
      state: 'paused',
      paused_until: new Date(clock.now + 60_000).toISOString(),
      reason: 'unauthorized',
    });
    expect((await put('main', 'key-2')).body.health).toEqual({
      state: 'healthy',
      paused_until: null,
      reason: null,
    });
  });

  test('does not reach a later account of the same name', async () => {
    const { put, get, delete: remove, accounts } = start('renewed');
    await put('main', 'key-1');
    const before = await accounts.findAccount('renewed' as Tenant, 'main' as AccountId);
    if (before === null) throw new Error('the account was not stored');
    await remove('main');
    await accounts.pauseAccount(before, (clock.now + 60_000) as Instant, 'unauthorized');
    expect((await get('main')).status).toBe(404);
    await put('main', 'key-1');
    await accounts.pauseAccount(before, (clock.now + 60_000) as Instant, 'unauthorized');
    expect((await get('main')).body.health.state).toBe('healthy');
  });
});

describe('replaced credentials', () => {
  const read = async (tenant: string) => {
    const { accounts, credentials } = start(tenant);
    const account = await accounts.findAccount(tenant as Tenant, 'main' as AccountId);
    if (account === null) throw new Error('the account was not stored');
    return credentials(account);
  };
  const key = (api_key: string) => ({ api_key });

  test('verify webhooks for 72 hours more, and no longer', async () => {
    const { put } = start('rotating');
    await put('main', 'key-1');
    await put('main', 'key-2');
    await put('main', 'key-3');
    await put('main', 'key-3');
    expect(await read('rotating')).toEqual({
      current: key('key-3'),
      forVerification: [key('key-3'), key('key-2'), key('key-1')],
    });
    const now = clock.now;
    clock.now += 72 * 3_600_000;
    expect(await read('rotating')).toEqual({ current: key('key-3'), forVerification: [key('key-3')] });
    clock.now = now;
  });

  test('are remembered for five minutes, unless asked for fresh', async () => {
    const { put, accounts } = start('cached');
    await put('main', 'key-1');
    const account = await accounts.findAccount('cached' as Tenant, 'main' as AccountId);
    if (account === null) throw new Error('the account was not stored');
    const readCredentials = credentialsReader(server.secretsManager, secretPrefix, () => clock.now);
    await readCredentials(account);
    await put('main', 'key-2');
    expect((await readCredentials(account))?.current).toEqual(key('key-1'));
    expect((await readCredentials(account, { fresh: true }))?.current).toEqual(key('key-2'));
    await put('main', 'key-3');
    clock.now += 300_000;
    expect((await readCredentials(account))?.current).toEqual(key('key-3'));
  });
});

describe('a crash', () => {
  /** Lets one more call through each time, until what is tried comes to its end. */
  const crashEverywhere = async (run: (crashedAfter: number) => Promise<boolean>): Promise<void> => {
    for (let calls = 0; calls < 20; calls += 1) if (await run(calls)) return;
    throw new Error('never came to its end');
  };
  const crashing = async <T>(calls: number, run: () => Promise<T>): Promise<T> => {
    callsLeft = calls;
    const result = await run();
    callsLeft = null;
    return result;
  };

  test('anywhere in a creation leaves nothing to be seen, and a repeat heals it', async () => {
    await crashEverywhere(async (calls) => {
      const tenant = `creating-${calls}`;
      const { put, get, list } = start(tenant);
      const { status } = await crashing(calls, () => put('main', 'key-1'));
      if (status === 201) return true;
      expect((await get('main')).status).toBe(404);
      expect((await list()).body.items).toEqual([]);
      expect((await put('main', 'key-1')).status).toBe(201);
      expect((await list()).body.items).toHaveLength(1);
      return false;
    });
  });

  test('anywhere in a replacement leaves a whole account, and a repeat heals it', async () => {
    await crashEverywhere(async (calls) => {
      const tenant = `replacing-${calls}`;
      const { put, get, accounts, credentials } = start(tenant);
      const first = await put('main', 'key-1');
      const { status } = await crashing(calls, () => put('main', 'key-2'));
      expect((await get('main')).status).toBe(200);
      expect((await put('main', 'key-2')).body.webhook_url).toBe(first.body.webhook_url);
      const account = await accounts.findAccount(tenant as Tenant, 'main' as AccountId);
      const read = account && (await credentials(account));
      expect(read?.forVerification).toEqual([{ api_key: 'key-2' }, { api_key: 'key-1' }]);
      return status === 200;
    });
  });

  test.each(['DELETE', 'PUT'] as const)('anywhere in a deletion is finished by the next %s', async (next) => {
    await crashEverywhere(async (calls) => {
      const tenant = `deleting-${next.toLowerCase()}-${calls}`;
      const { put, get, list, delete: remove, accounts } = start(tenant);
      const token = tokenOf((await put('main', 'key-1')).body.webhook_url);
      const { status } = await crashing(calls, () => remove('main'));
      const seen = (await get('main')).status;
      expect((await list()).body.items).toHaveLength(seen === 200 ? 1 : 0);
      expect((await accounts.findAccountByToken(token)) === null).toBe(seen === 404);
      if (next === 'DELETE') {
        expect((await remove('main')).status).toBe(status === 204 ? 404 : 204);
        expect(await ofTenant(tenant)).toEqual({ items: [], secrets: [] });
      } else {
        expect((await put('main', 'key-2')).status).toBe(seen === 200 ? 200 : 201);
        const { items, secrets } = await ofTenant(tenant);
        expect([items.length, secrets.length]).toEqual([2, 1]);
      }
      return status === 204;
    });
  });
});

describe('a race', () => {
  test('of ten creations is one account with one secret and one token', async () => {
    const { put } = start('racing');
    const results = await Promise.all(Array.from({ length: 10 }, (_, index) => put('main', `key-${index}`)));
    expect(results.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(results.every(({ status }) => status === 201 || status === 200)).toBe(true);
    expect(new Set(results.map(({ body }) => body.webhook_url)).size).toBe(1);
    const { items, secrets } = await ofTenant('racing');
    expect([items.length, secrets.length]).toEqual([2, 1]);
  });

  test('of replacements with deletions leaves a whole account or nothing', async () => {
    for (let round = 0; round < 10; round += 1) {
      const tenant = `fighting-${round}`;
      const { put, get, delete: remove } = start(tenant);
      await put('main', 'key-0');
      await Promise.all([put('main', 'key-1'), remove('main'), put('main', 'key-2'), remove('main')]);
      const { items, secrets } = await ofTenant(tenant);
      const alive = (await get('main')).status === 200;
      expect([items.length, secrets.length]).toEqual(alive ? [2, 1] : [0, 0]);
    }
  });
});
