import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import * as responses from '../../../shared/http/contract/responses.ts';
import { apiFunction, becomes, byId } from './api-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;

beforeAll(async () => {
  server = await startTableServer();
});
afterAll(() => server.close());

const start = (name: string) => {
  const api = apiFunction(server, name);
  const cancel = (body: object, headers: Record<string, string> = {}) =>
    api.post('cancellations', body, headers);
  const tick = (): void => {
    api.clock.now = (api.clock.now + 1_000) as Instant;
  };
  return { ...api, cancel, tick };
};

const target = (provider_request_id: string, account_id = 'main') => ({ account_id, provider_request_id });

describe('POST /v1/cancellations', () => {
  test('writes the wish down, hints, and answers 202 with where it is', async () => {
    const { call, cancel, hints, makeAccount } = start('asking');
    await makeAccount();
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
    const { cancel, hints, makeAccount } = start('crowd');
    await makeAccount();
    const asked = await Promise.all(Array.from({ length: 10 }, () => cancel(target('r1'))));
    expect(new Set(asked.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(hints).toEqual(['new']);
  });

  test('needs an account of this tenant', async () => {
    await start('landlord').makeAccount();
    const { cancel, hints } = start('lodger');
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
    const { call, cancel, makeAccount } = start(`useless-${field.replace('_', '-')}`);
    await makeAccount();
    const asked = await cancel({ ...target('r1'), ...extra });
    expect(asked).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect((await call('GET /v1/signature_requests')).body.items).toEqual([]);
  });

  test('a long reason is shown whole', async () => {
    const { call, cancel, makeAccount } = start('wordy');
    await makeAccount();
    const reason = 'ä'.repeat(1000);
    const asked = await cancel({ ...target('r1'), reason });
    expect(asked.body.cancellation.reason).toBe(reason);
    expect((await call('GET /v1/signature_requests')).body.items[0].cancellation.reason).toBe(reason);
  });

  test('is 200 once confirmed, a retry when failed, 409 when rejected', async () => {
    const { cancel, change, hints, makeAccount } = start('again');
    await makeAccount();
    const first = await cancel(target('r1'));
    await change(first.body.id, becomes.cancellation('failed'));
    expect(await cancel(target('r1'))).toMatchObject({
      status: 202,
      body: { cancellation: { state: 'queued' } },
    });
    expect(hints).toEqual(['new', 'retry']);
    await change(first.body.id, becomes.cancellation('confirmed'));
    expect(await cancel(target('r1'))).toMatchObject({
      status: 200,
      body: { cancellation: { state: 'confirmed' } },
    });
    const second = await cancel(target('r2'));
    await change(second.body.id, becomes.cancellation('rejected'));
    expect(await cancel(target('r2'))).toMatchObject({
      status: 409,
      body: { type: '/problems/not-cancellable', signature_request: { id: second.body.id } },
    });
  });
});

describe('Prefer: wait', () => {
  test('answers 200 as soon as it is settled', async () => {
    const { tenant, cancel, change, requests, meanwhile, makeAccount } = start('patient');
    await makeAccount();
    let naps = 0;
    meanwhile.do = async () => {
      naps += 1;
      const [entry] = (await requests.list(tenant, { limit: 1, before: null })).ids;
      if (naps === 3 && entry) await change(entry.id, becomes.cancellation('confirmed'));
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
    const { cancel, clock, makeAccount } = start('waiting');
    await makeAccount();
    const before = clock.now;
    expect((await cancel(target('r1'), { prefer: 'wait=3' })).status).toBe(202);
    expect(clock.now - before).toBe(3_000);
  });

  test('gives up before the function would be stopped', async () => {
    const { call, clock, makeAccount } = start('hurried');
    await makeAccount();
    const before = clock.now;
    const parts = { body: JSON.stringify(target('r1')), headers: { prefer: 'wait=25' } };
    expect((await call('POST /v1/cancellations', parts, 5_000)).status).toBe(202);
    expect(clock.now - before).toBeLessThan(5_000);
  });

  test('a malformed preference is ignored', async () => {
    const { cancel, makeAccount } = start('malformed');
    await makeAccount();
    const asked = await cancel(target('r1'), { prefer: 'wait=soon' });
    expect(asked.status).toBe(202);
    expect(asked.headers).not.toHaveProperty('preference-applied');
  });
});

describe('a known signature request', () => {
  const cancelKey = 'POST /v1/signature_requests/{id}/cancel';

  test('is cancelled with an empty body', async () => {
    const { call, cancel, makeAccount } = start('known');
    await makeAccount();
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
    await owner.makeAccount();
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
    const { call, cancel, change, hints, makeAccount } = start('retrying');
    await makeAccount();
    const { id } = (await cancel(target('r1'))).body;
    expect(await call(`${cancelKey}/retry`, byId(id))).toMatchObject({
      status: 409,
      body: { type: '/problems/not-retryable' },
    });
    await change(id, becomes.cancellation('failed'));
    expect(await call(`${cancelKey}/retry`, byId(id))).toMatchObject({
      status: 202,
      body: { cancellation: { state: 'queued', error: null } },
    });
    expect(hints).toEqual(['new', 'retry']);
  });

  test('has a history', async () => {
    const { call, cancel, makeAccount } = start('historic');
    await makeAccount();
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
    const { call, cancel, makeAccount, tick } = start('listing');
    await makeAccount();
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      tick();
      made.unshift(`r${index}`);
      await cancel(target(`r${index}`));
    }
    expect((await pages(call, 'limit=3')).flat()).toEqual(made);
    expect((await pages(call, 'limit=100')).flat()).toEqual(made);
    expect((await pages(call, 'limit=1')).flat()).toEqual(made);
  });

  test('filters by account, status and state', async () => {
    const { call, cancel, change, makeAccount, tick } = start('filtering');
    await makeAccount('one');
    await makeAccount('two', 'okdokument');
    for (const account of ['one', 'two']) {
      for (const index of [1, 2, 3]) {
        tick();
        const { body } = await cancel(target(`${account}-${index}`, account));
        if (index === 2) await change(body.id, becomes.cancellation('confirmed'));
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
    const { cancel, makeAccount } = start('private');
    await makeAccount();
    await cancel(target('r1'));
    expect((await start('curious').call('GET /v1/signature_requests')).body).toEqual({
      items: [],
      next_cursor: null,
    });
  });

  test('looks at a bounded number in one call, and goes on from there', async () => {
    const { call, cancel, makeAccount, tick } = start('endless');
    await makeAccount();
    for (let index = 0; index < 205; index += 1) {
      tick();
      await cancel(target(`r${index}`));
    }
    const { body } = await call('GET /v1/signature_requests', { query: 'status=signed' });
    expect(body.items).toEqual([]);
    expect(body.next_cursor).not.toBeNull();
    expect((await pages(call, 'status=signed')).length).toBe(2);
  });
});
