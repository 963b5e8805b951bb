import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { apiOperations } from '../../../functions/api/operations.ts';
import type {
  AccountId,
  AccountUid,
  Instant,
  RequestId,
  Tenant,
  WebhookToken,
} from '../../../shared/domain/ids.ts';
import type { Cancellation, SignatureRequest } from '../../../shared/domain/signature-request.ts';
import * as responses from '../../../shared/http/contract/responses.ts';
import { serve } from '../../../shared/http/serve.ts';
import { policyOf } from '../../../shared/policy.ts';
import { accountStore } from '../../../shared/store/accounts.ts';
import { requestStore } from '../../../shared/store/requests.ts';
import { wishDetailsStore } from '../../../shared/store/wish-details.ts';
import { context, gatewayEvent } from '../../unit/http/examples.ts';
import { startTableServer, type TableServer } from './table-server.ts';

const clock = { now: Date.parse('2026-11-21T10:00:00Z') };
const hints: string[] = [];
let sleeping: (milliseconds: number) => Promise<void> = async () => undefined;
let server: TableServer;

beforeAll(async () => {
  server = await startTableServer();
});
afterAll(() => server.close());
beforeEach(() => {
  hints.length = 0;
  sleeping = async () => undefined;
});

const start = (name: string) => {
  const tenant = name as Tenant;
  const requests = requestStore(server.dynamoDB, server.tableName, 400);
  const operations = apiOperations({
    requests,
    wishDetails: wishDetailsStore(server.dynamoDB, server.tableName, 400),
    accounts: accountStore(server.dynamoDB, server.tableName),
    sendHint: async (_provider, { cause }) => {
      hints.push(cause);
    },
    policy: policyOf({}),
    now: () => clock.now as Instant,
    dice: () => 0.5,
    sleep: async (milliseconds) => {
      clock.now += milliseconds;
      await sleeping(milliseconds);
    },
  });
  const handler = serve('api', operations, {
    log: () => undefined,
    authenticate: async () => ({ tenant, keyName: 'first' }),
  });
  const call = async (
    routeKey: string,
    parts: Parameters<typeof gatewayEvent>[2] = {},
    remainingMs?: number,
  ) => {
    const result = await handler(gatewayEvent(routeKey, '/', parts), context(remainingMs));
    return {
      status: result.statusCode,
      headers: result.headers ?? {},
      body: JSON.parse(result.body ?? 'null'),
    };
  };
  const cancel = (body: object, headers: Record<string, string> = {}) =>
    call('POST /v1/cancellations', { body: JSON.stringify(body), headers });
  const settle = async (id: string, change: (request: SignatureRequest) => Partial<SignatureRequest>) => {
    const request = await requests.get(tenant, id as RequestId, clock.now);
    if (request === null) throw new Error('not stored');
    await requests.put({
      ...request,
      ...change(request),
      dueAt: null,
      wakeAt: null,
      version: request.version + 1,
    });
  };
  return { tenant, requests, call, cancel, settle };
};

const makeAccount = async (tenant: Tenant, accountId = 'main', provider = 'dropbox-sign'): Promise<void> => {
  await accountStore(server.dynamoDB, server.tableName).createAccount({
    tenant,
    accountId: accountId as AccountId,
    uid: `uid-${accountId}` as AccountUid,
    provider,
    options: {},
    webhookToken: 'token' as WebhookToken,
    pausedUntil: null,
    pauseReason: null,
    trips: 0,
    nextFree: {},
    deleting: false,
    createdAt: clock.now as Instant,
    updatedAt: clock.now as Instant,
  });
};

const wishOf = ({ cancellation }: SignatureRequest) => {
  if (cancellation?.state !== 'queued') throw new Error('not queued');
  const { state: _state, error: _error, ...wish } = cancellation;
  return wish;
};
const as =
  (state: 'confirmed' | 'rejected' | 'failed') =>
  (request: SignatureRequest): Partial<SignatureRequest> => {
    const error = { type: 'deadline-exceeded', detail: 'No proof.' } as const;
    const evidence = { kind: 'webhook', status: 'cancelled', at: clock.now as Instant } as const;
    const cancellation: Cancellation =
      state === 'confirmed' ? { ...wishOf(request), state, evidence } : { ...wishOf(request), state, error };
    return { cancellation, ...(state === 'confirmed' && { status: 'cancelled' as const }) };
  };

const byId = (id: string) => ({ path: { id } });
const target = (provider_request_id: string, account_id = 'main') => ({ account_id, provider_request_id });

describe('POST /v1/cancellations', () => {
  test('writes the wish down, hints, and answers 202 with where it is', async () => {
    const { tenant, call, cancel } = start('asking');
    await makeAccount(tenant);
    const asked = await cancel({ ...target('r1'), reason: 'withdrawn' });
    expect(asked).toMatchObject({
      status: 202,
      headers: { location: `/v1/signature_requests/${asked.body.id}` },
      body: {
        status: 'unknown',
        cancellation: {
          state: 'queued',
          effect: 'voided',
          reason: 'withdrawn',
          requested_by: 'first',
          attempts: 0,
        },
      },
    });
    expect(hints).toEqual(['new']);
    expect(responses.signatureRequest.parse(asked.body)).toEqual(asked.body);
    expect((await call('GET /v1/signature_requests/{id}', byId(asked.body.id))).body).toEqual(asked.body);
  });

  test('ten times at once is one cancellation with one first hint', async () => {
    const { tenant, cancel } = start('crowd');
    await makeAccount(tenant);
    const asked = await Promise.all(Array.from({ length: 10 }, () => cancel(target('r1'))));
    expect(new Set(asked.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(hints).toEqual(['new']);
  });

  test('needs an account of this tenant', async () => {
    await makeAccount(start('landlord').tenant);
    const { cancel } = start('lodger');
    expect(await cancel(target('r1'))).toMatchObject({
      status: 404,
      body: { type: '/problems/account-not-found' },
    });
    expect(hints).toEqual([]);
  });

  test.each([
    [{ scope: 'signature_packet' }, 'scope'],
    [{ remote_data: { status: 'x' } }, 'remote_data'],
  ])('%j is of no use at this provider', async (extra, field) => {
    const { tenant, cancel, call } = start(`useless-${field.replace('_', '-')}`);
    await makeAccount(tenant);
    const asked = await cancel({ ...target('r1'), ...extra });
    expect(asked).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect((await call('GET /v1/signature_requests')).body.items).toEqual([]);
  });

  test('a long reason is shown whole', async () => {
    const { tenant, call, cancel } = start('wordy');
    await makeAccount(tenant);
    const reason = 'ä'.repeat(1000);
    const asked = await cancel({ ...target('r1'), reason });
    expect(asked.body.cancellation.reason).toBe(reason);
    expect((await call('GET /v1/signature_requests')).body.items[0].cancellation.reason).toBe(reason);
  });

  test('is 200 once confirmed, a retry when failed, 409 when rejected', async () => {
    const { tenant, cancel, settle } = start('again');
    await makeAccount(tenant);
    const first = await cancel(target('r1'));
    await settle(first.body.id, as('failed'));
    expect(await cancel(target('r1'))).toMatchObject({
      status: 202,
      body: { cancellation: { state: 'queued' } },
    });
    expect(hints).toEqual(['new', 'retry']);
    await settle(first.body.id, as('confirmed'));
    expect(await cancel(target('r1'))).toMatchObject({
      status: 200,
      body: { cancellation: { state: 'confirmed' } },
    });
    const second = await cancel(target('r2'));
    await settle(second.body.id, as('rejected'));
    expect(await cancel(target('r2'))).toMatchObject({
      status: 409,
      body: { type: '/problems/not-cancellable', signature_request: { id: second.body.id } },
    });
  });
});

describe('Prefer: wait', () => {
  test('answers 200 as soon as it is settled', async () => {
    const { tenant, cancel, settle, requests } = start('patient');
    await makeAccount(tenant);
    let naps = 0;
    sleeping = async () => {
      naps += 1;
      const [entry] = (await requests.list(tenant, { limit: 1, before: null })).ids;
      if (naps === 3 && entry) await settle(entry.id, as('confirmed'));
    };
    const asked = await cancel(target('r1'), { prefer: 'wait=20' });
    expect(asked).toMatchObject({
      status: 200,
      headers: { 'preference-applied': 'wait=20' },
      body: { cancellation: { state: 'confirmed' } },
    });
    expect(naps).toBe(3);
  });

  test('answers 202 after N seconds, and no later', async () => {
    const { tenant, cancel } = start('waiting');
    await makeAccount(tenant);
    const before = clock.now;
    expect((await cancel(target('r1'), { prefer: 'wait=3' })).status).toBe(202);
    expect(clock.now - before).toBe(3_000);
  });

  test('gives up before the function would be stopped', async () => {
    const { tenant, call } = start('hurried');
    await makeAccount(tenant);
    const before = clock.now;
    const parts = { body: JSON.stringify(target('r1')), headers: { prefer: 'wait=25' } };
    expect((await call('POST /v1/cancellations', parts, 5_000)).status).toBe(202);
    expect(clock.now - before).toBeLessThan(5_000);
  });

  test('a malformed preference is ignored', async () => {
    const { tenant, cancel } = start('malformed');
    await makeAccount(tenant);
    const asked = await cancel(target('r1'), { prefer: 'wait=soon' });
    expect(asked.status).toBe(202);
    expect(asked.headers).not.toHaveProperty('preference-applied');
  });
});

describe('a known signature request', () => {
  const cancelKey = 'POST /v1/signature_requests/{id}/cancel';

  test('is cancelled with an empty body', async () => {
    const { tenant, call, cancel } = start('known');
    await makeAccount(tenant);
    const { id } = (await cancel(target('r1'))).body;
    expect(await call(cancelKey, byId(id))).toMatchObject({ status: 202, body: { id } });
    expect(await call(cancelKey, { ...byId(id), body: '{"scop":1}' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'scop' }] },
    });
  });

  test.each([
    'GET /v1/signature_requests/{id}',
    'GET /v1/signature_requests/{id}/history',
    cancelKey,
    `${cancelKey}/retry`,
  ])("%s of another tenant's, an unknown or a malformed id is 404", async (routeKey) => {
    const owner = start('holder');
    await makeAccount(owner.tenant);
    const { id } = (await owner.cancel(target('r1'))).body;
    const stranger = start('visitor');
    for (const wrong of [id, `sr_${'0'.repeat(32)}`, '..', 'sr_x']) {
      expect(await stranger.call(routeKey, byId(wrong))).toMatchObject({
        status: 404,
        body: { type: '/problems/signature-request-not-found' },
      });
    }
  });

  test('is retried only when failed', async () => {
    const { tenant, call, cancel, settle } = start('retrying');
    await makeAccount(tenant);
    const { id } = (await cancel(target('r1'))).body;
    expect(await call(`${cancelKey}/retry`, byId(id))).toMatchObject({
      status: 409,
      body: { type: '/problems/not-retryable' },
    });
    await settle(id, as('failed'));
    expect(await call(`${cancelKey}/retry`, byId(id))).toMatchObject({
      status: 202,
      body: { cancellation: { state: 'queued', error: null } },
    });
    expect(hints).toEqual(['new', 'retry']);
  });

  test('has a history', async () => {
    const { tenant, call, cancel } = start('historic');
    await makeAccount(tenant);
    const { id } = (await cancel(target('r1'))).body;
    const { body } = await call('GET /v1/signature_requests/{id}/history', byId(id));
    expect(responses.historyPage.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      items: [{ type: 'requested', from: null, to: 'queued' }],
      next_cursor: null,
    });
  });
});

describe('GET /v1/signature_requests', () => {
  const pages = async (call: ReturnType<typeof start>['call'], query: string) => {
    const found: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { status, body } = await call('GET /v1/signature_requests', { query: `${query}${from}` });
      expect(status).toBe(200);
      found.push(body.items.map((item: { provider_request_id: string }) => item.provider_request_id));
      cursor = body.next_cursor;
    }
    return found;
  };

  test('goes through all, newest first, each once', async () => {
    const { tenant, call, cancel } = start('listing');
    await makeAccount(tenant);
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      clock.now += 1_000;
      made.unshift(`r${index}`);
      await cancel(target(`r${index}`));
    }
    expect((await pages(call, 'limit=3')).flat()).toEqual(made);
    expect((await pages(call, 'limit=100')).flat()).toEqual(made);
    expect((await pages(call, 'limit=1')).flat()).toEqual(made);
  });

  test('filters by account, status and state', async () => {
    const { tenant, call, cancel, settle } = start('filtering');
    await makeAccount(tenant, 'one');
    await makeAccount(tenant, 'two', 'okdokument');
    for (const account of ['one', 'two']) {
      for (const index of [1, 2, 3]) {
        clock.now += 1_000;
        const { body } = await cancel(target(`${account}-${index}`, account));
        if (index === 2) await settle(body.id, as('confirmed'));
      }
    }
    expect((await pages(call, 'limit=2&account_id=one')).flat()).toEqual(['one-3', 'one-2', 'one-1']);
    expect((await pages(call, 'limit=2&status=cancelled')).flat()).toEqual(['two-2', 'one-2']);
    expect((await pages(call, 'limit=2&cancellation_state=queued&account_id=two')).flat()).toEqual([
      'two-3',
      'two-1',
    ]);
    expect((await pages(call, 'account_id=three')).flat()).toEqual([]);
  });

  test("shows no other tenant's", async () => {
    const { tenant, cancel } = start('private');
    await makeAccount(tenant);
    await cancel(target('r1'));
    expect((await start('curious').call('GET /v1/signature_requests')).body).toEqual({
      items: [],
      next_cursor: null,
    });
  });

  test('looks at a bounded number in one call, and goes on from there', async () => {
    const { tenant, call, cancel } = start('endless');
    await makeAccount(tenant);
    for (let index = 0; index < 205; index += 1) {
      clock.now += 1_000;
      await cancel(target(`r${index}`));
    }
    const { body } = await call('GET /v1/signature_requests', { query: 'status=signed' });
    expect(body.items).toEqual([]);
    expect(body.next_cursor).not.toBeNull();
    expect((await pages(call, 'status=signed')).length).toBe(2);
  });
});
