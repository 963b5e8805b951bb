/** Truto's own calls against Rescind, as the vendor's page of the cancel call prints them: with another host and token alone. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import * as contract from '../../../shared/http/contract/responses.ts';
import { type ProviderName, providerNames } from '../../../shared/providers/registry.ts';
import { openRescind, type Rescind } from '../end-to-end/rescind.ts';
import { connectSimulated, type SimulatedConnection } from './connect-simulated.ts';

const run = promisify(execFile);

let rescind: Rescind;
const connections = new Map<ProviderName, SimulatedConnection>();
beforeAll(async () => {
  rescind = await openRescind();
  for (const provider of providerNames) {
    connections.set(provider, await connectSimulated(rescind, provider, randomUUID()));
  }
});
afterEach(() => at('okdokument').control.set({ faults: [] }));
afterAll(() => rescind?.stack.close());

const at = (provider: ProviderName): SimulatedConnection => {
  const connection = connections.get(provider);
  if (connection === undefined) throw new Error(`not connected: ${provider}`);
  return connection;
};

/** One of the test's own: an account's calls are paced, and stop for a while after trouble. */
const fresh = (provider: ProviderName) => connectSimulated(rescind, provider, randomUUID());

const nullable = { text: z.nullable(z.string()), time: z.nullable(z.iso.datetime()) };
const person = z.nullable(z.strictObject({ id: z.string(), name: z.string() }));
/** As the vendor's page has it: every field, and no other. */
const workflow = z.strictObject({
  created_at: nullable.time,
  created_by: person,
  custom_fields: z.record(z.string(), z.unknown()),
  description: nullable.text,
  id: z.string(),
  name: nullable.text,
  remote_data: contract.signatureRequest,
  stage: person,
  status: z.enum(['active', 'inactive', 'draft', 'hidden']),
  type: nullable.text,
  updated_at: nullable.time,
  urls: z.array(z.strictObject({ type: z.string(), url: z.string() })),
});

/** As the vendor's skill files have it. */
const error = z.strictObject({
  statusCode: z.int(),
  error: z.string(),
  message: z.string().check(z.minLength(1)),
  details: z.optional(
    z.strictObject({ failures: z.array(z.strictObject({ field: z.string(), message: z.string() })) }),
  ),
  truto_is_remote_error: z.optional(z.literal(true)),
  raw_response: z.optional(z.looseObject({})),
  truto_error_insight: z.optional(
    z.record(z.string(), z.strictObject({ description: z.string(), value: z.optional(z.array(z.string())) })),
  ),
});

const workflows = '/unified/e-signature/workflows';

interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
}

const call = async (path: string, { method = 'GET', token, body, headers = {} }: Call = {}) => {
  const response = await fetch(`${rescind.stack.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token ?? rescind.keys.client}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: z.unknown().parse(await response.json()),
  };
};

const cancel = (accountId: string, body: object | string, query = '', besides: Call = {}) =>
  call(`${workflows}/cancel?integrated_account_id=${accountId}${query}`, {
    method: 'POST',
    body,
    ...besides,
  });

const refusal = (answer: { readonly status: number; readonly body: unknown }, status: number) => {
  const body = error.parse(answer.body);
  expect({ answered: answer.status, said: body.statusCode }).toEqual({ answered: status, said: status });
  return body;
};

describe.each(providerNames)('an account at %s', (provider) => {
  test('a cancel is answered when it is proven, and made once however often it is asked for', async () => {
    const { accountId, seed, cancelCalls } = at(provider);
    const id = seed();
    const body = { id, message: 'Superseded', remote_data: {} };
    const first = await cancel(accountId, body);
    expect(first.status).toBe(200);
    const cancelled = workflow.parse(first.body);
    expect(cancelled).toMatchObject({
      id,
      status: 'inactive',
      stage: { id: 'cancelled', name: 'cancelled' },
      remote_data: { status: 'cancelled', cancellation: { state: 'confirmed', reason: 'Superseded' } },
    });

    const again = await cancel(accountId, body, '', { headers: { 'idempotency-key': 'cx-1' } });
    expect(again.status).toBe(200);
    expect(workflow.parse(again.body).remote_data.cancellation).toEqual(cancelled.remote_data.cancellation);
    expect(cancelCalls(id)).toBe(1);

    const read = await call(`${workflows}/${id}?integrated_account_id=${accountId}`);
    expect(read.status).toBe(200);
    expect(workflow.parse(read.body)).toMatchObject({ id, remote_data: { status: 'cancelled' } });
  });

  test('an open workflow is active', async () => {
    const { accountId, seed } = at(provider);
    const id = seed();
    const read = await call(`${workflows}/${id}?integrated_account_id=${accountId}`);
    expect(read.status).toBe(200);
    expect(workflow.parse(read.body)).toMatchObject({ id, status: 'active', created_at: null });
  });
});

describe("the vendor's examples", () => {
  const example = (id: string) => `{
  "id": "${id}",
  "message": "your_message",
  "remote_data": {}
}`;

  test('cURL', async () => {
    const { accountId, seed } = at('ironclad');
    const id = seed();
    const { stdout } = await run('curl', [
      ...['-s', '-X', 'POST', `${rescind.stack.url}${workflows}/cancel?integrated_account_id=${accountId}`],
      ...['-H', `Authorization: Bearer ${rescind.keys.client}`],
      ...['-H', 'Content-Type: application/json'],
      ...['-d', example(id)],
    ]);
    expect(workflow.parse(JSON.parse(stdout)).remote_data.status).toBe('cancelled');
  });

  test('TypeScript', async () => {
    const { accountId: integratedAccountId, seed } = at('ironclad');
    const body = { id: seed(), message: 'your_message', remote_data: {} };
    const response = await fetch(
      `${rescind.stack.url}${workflows}/cancel?integrated_account_id=${integratedAccountId}`,
      {
        method: 'POST',
        headers: { Authorization: `Bearer ${rescind.keys.client}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      },
    );
    expect(workflow.parse(await response.json()).remote_data.status).toBe('cancelled');
  });

  test('Python: the bytes and headers that its library sends', async () => {
    const { accountId, seed } = at('ironclad');
    const id = seed();
    const answer = await cancel(
      accountId,
      `{"id": "${id}", "message": "your_message", "remote_data": {}}`,
      '',
      {
        headers: {
          'user-agent': 'python-requests/2.32.5',
          accept: '*/*',
          'accept-encoding': 'gzip, deflate',
          connection: 'keep-alive',
        },
      },
    );
    expect(workflow.parse(answer.body).remote_data.status).toBe('cancelled');
  });
});

describe('what a workflow is shown as', () => {
  let id: string;
  let query: string;
  beforeAll(async () => {
    const { accountId, seed } = await fresh('okdokument');
    id = seed();
    query = `?integrated_account_id=${accountId}`;
    await call(`${workflows}/${id}${query}`);
  });
  const shown = async (options: string) => {
    const { status, body } = await call(`${workflows}/${id}${query}${options}`);
    return { status, body: z.looseObject({}).parse(body) };
  };

  test.each(['unified', 'normalized', 'stream'])('as %s, it is the workflow', async (format) => {
    const { body } = await shown(`&truto_response_format=${format}`);
    expect(workflow.parse(body).id).toBe(id);
  });

  test('as raw, it is what lies behind the workflow', async () => {
    const { body } = await shown('&truto_response_format=raw');
    expect(contract.signatureRequest.parse(body).provider_request_id).toBe(id);
  });

  test('without the remote data, if it is to be ignored', async () => {
    expect((await shown('&truto_ignore_remote_data=true')).body).not.toHaveProperty('remote_data');
    expect((await shown('&truto_ignore_remote_data=false')).body).toHaveProperty('remote_data');
  });

  test.each([
    'truto_exclude_fields[]=id&truto_exclude_fields[]=remote_data',
    'truto_exclude_fields[0]=id&truto_exclude_fields[1]=remote_data',
    'truto_exclude_fields=id,remote_data',
    'truto_exclude_fields=id&truto_exclude_fields=remote_data',
    'truto_exclude_fields=["id","remote_data"]',
  ])('without the fields that are excluded by %s', async (spelling) => {
    const { body } = await shown(`&${spelling}`);
    const { id: _id, remote_data: _data, ...left } = workflow._zod.def.shape;
    expect(Object.keys(body).sort()).toEqual(Object.keys(left).sort());
  });

  test.each([
    ['truto_exclude_fields[]=nothing', 'truto_exclude_fields'],
    ['truto_exclude_fields=["id"', 'truto_exclude_fields'],
    ['truto_response_format=xml', 'truto_response_format'],
    ['truto_ignore_remote_data=perhaps', 'truto_ignore_remote_data'],
    ['remote_query[foo]=bar', 'remote_query'],
    ['truto_super_query=apac', 'truto_super_query'],
    ['toString=1', 'toString'],
  ])('%s is refused by its name', async (option, field) => {
    const refused = refusal(await shown(`&${option}`), 400);
    expect(refused.details?.failures.map((failure) => failure.field)).toEqual([field]);
  });

  test('an empty remote_query asks for nothing', async () => {
    expect((await shown('&remote_query=')).status).toBe(200);
  });
});

describe('a list', () => {
  const page = z.strictObject({
    result: z.array(workflow),
    next_cursor: nullable.text,
    prev_cursor: z.null(),
    result_count: z.int(),
    is_partial_response: z.literal(true),
  });

  test("goes through an account's workflows, newest first, and through no other's", async () => {
    const account = await fresh('okdokument');
    const ids = [account.seed(), account.seed(), account.seed()];
    for (const id of ids) await call(`${workflows}/${id}?integrated_account_id=${account.accountId}`);
    const seen: string[] = [];
    // For the first page, Truto's own client sends a cursor that is empty.
    for (let cursor = '&next_cursor=', pages = 0; pages < 5; pages += 1) {
      const query = `integrated_account_id=${account.accountId}&limit=2${cursor}`;
      const { result, result_count, next_cursor } = page.parse((await call(`${workflows}?${query}`)).body);
      expect(result).toHaveLength(result_count);
      seen.push(...result.map(({ id }) => id));
      if (next_cursor === null) break;
      cursor = `&next_cursor=${encodeURIComponent(next_cursor)}`;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  test.each([
    ['limit=101', 'limit'],
    ['next_cursor=mine', 'next_cursor'],
    ['status=active', 'status'],
  ])('%s is refused by its name', async (option, field) => {
    const { accountId } = at('okdokument');
    const refused = refusal(await call(`${workflows}?integrated_account_id=${accountId}&${option}`), 400);
    expect(refused.details?.failures.map((failure) => failure.field)).toEqual([field]);
  });
});

describe('a refusal', () => {
  test('of a wrong token is 401, and of none', async () => {
    const { accountId } = at('ironclad');
    const path = `${workflows}/x?integrated_account_id=${accountId}`;
    expect(refusal(await call(path, { token: 'wrong' }), 401).error).toBe('Unauthorized');
    refusal(await call(path, { headers: { authorization: '' } }), 401);
  });

  test("of an account that is not there, or is another tenant's, is 404; of none, 400", async () => {
    const { accountId } = at('ironclad');
    refusal(await call(`${workflows}?integrated_account_id=${randomUUID()}`), 404);
    const token = rescind.keys.stranger;
    refusal(await call(`${workflows}?integrated_account_id=${accountId}`, { token }), 404);
    expect(refusal(await call(workflows), 400).truto_error_insight).toMatchObject({
      missing_required_query_parameters: { value: ['integrated_account_id'] },
    });
  });

  test('of a missing message is 400 where the provider needs one', async () => {
    const { accountId, seed, cancelCalls } = at('ironclad');
    const id = seed();
    const refused = refusal(await cancel(accountId, { id }), 400);
    expect(refused.truto_error_insight?.['missing_required_body_fields']?.value).toEqual(['message']);
    expect(cancelCalls(id)).toBe(0);
    const optional = at('okdokument');
    expect((await cancel(optional.accountId, { id: optional.seed() })).status).toBe(200);
  });

  test.each([
    ['a field that is not documented', { reason: 'x' }, 'reason'],
    ['remote data where the provider has no use for it', { remote_data: { a: 1 } }, 'remote_data'],
    ['an id that cannot be one', { id: '../x' }, 'id'],
  ])('of %s is 400', async (_what, besides, field) => {
    const { accountId, seed } = at('okdokument');
    const refused = refusal(await cancel(accountId, { id: seed(), message: 'm', ...besides }), 400);
    expect(refused.details?.failures.map((failure) => failure.field)).toEqual([field]);
  });

  test('of a read by an id that cannot be one is 400', async () => {
    const { accountId } = at('okdokument');
    const refused = refusal(await call(`${workflows}/a.b?integrated_account_id=${accountId}`), 400);
    expect(refused.details?.failures.map((failure) => failure.field)).toEqual(['id']);
  });

  test('of a body that is too large is 413, and of one that is no JSON 400', async () => {
    const { accountId } = at('ironclad');
    refusal(await cancel(accountId, { id: 'x', message: 'm'.repeat(70_000) }), 413);
    refusal(await cancel(accountId, '{'), 400);
  });

  test('of a call that does not exist is 404', async () => {
    refusal(await call(`${workflows}/a/b`), 404);
    refusal(await call('/unified/e-signature/templates'), 404);
  });

  test.each(['box-sign', 'okdokument', 'truto'] as const)(
    'at %s, of a workflow that does not exist is 404, and stays it',
    async (provider) => {
      const { accountId } = await fresh(provider);
      const id = randomUUID();
      for (const _attempt of [1, 2]) {
        const refused = refusal(await cancel(accountId, { id, message: 'm' }), 404);
        expect(refused).toMatchObject({ truto_is_remote_error: true, error: 'Not Found' });
      }
      refusal(await call(`${workflows}/${id}?integrated_account_id=${accountId}`), 404);
    },
  );

  test('of one that was signed first is 400, and stays it', async () => {
    const { accountId, control, seed, cancelCalls } = at('truto');
    const id = seed();
    control.act(id, 'sign');
    for (const _attempt of [1, 2]) {
      const refused = refusal(await cancel(accountId, { id, message: 'm' }), 400);
      expect(refused).toMatchObject({ truto_is_remote_error: true, raw_response: { status: 'signed' } });
    }
    expect(cancelCalls(id)).toBe(0);
  });

  test('of one that was given up is 500, which is not sent again by itself', async () => {
    const { accountId, control } = await fresh('okdokument');
    control.set({ faults: [{ on: 'read', do: 'html', times: 0 }] });
    const refused = refusal(await cancel(accountId, { id: randomUUID(), message: 'm' }), 500);
    expect(refused).toMatchObject({
      truto_is_remote_error: true,
      raw_response: { cancellation: { state: 'failed', error: { type: 'outcome-unknown' } } },
    });
  });

  test('of a read that the provider does not answer is 504, which may be sent again', async () => {
    const { accountId, control, seed } = await fresh('box-sign');
    const id = seed();
    control.override(id, { faults: [{ on: 'read', do: 'hang', times: 0 }] });
    const began = Date.now();
    const answer = await call(`${workflows}/${id}?integrated_account_id=${accountId}`);
    expect(refusal(answer, 504).error).toBe('Gateway Timeout');
    expect(Date.now() - began).toBeLessThan(6_000);
    control.override(id, { faults: [] });
  });

  test('of a read that the provider refuses says whose refusal it is', async () => {
    const { accountId, control, seed } = await fresh('ironclad');
    const id = seed();
    control.override(id, { faults: [{ on: 'read', do: 'status', status: 403, times: 0 }] });
    const answer = await call(`${workflows}/${id}?integrated_account_id=${accountId}`);
    expect(refusal(answer, 403).truto_is_remote_error).toBe(true);
  });
});

test('without proof in time the workflow is still active, and its cancellation goes on', async () => {
  const { accountId, control, seed, cancelCalls } = await fresh('truto');
  const id = seed();
  control.override(id, { faults: [{ on: 'read', do: 'status', status: 429, times: 0 }] });
  const answer = await cancel(accountId, { id, message: 'm' });
  expect(answer.status).toBe(200);
  expect(workflow.parse(answer.body)).toMatchObject({
    status: 'active',
    remote_data: { status: 'unknown', cancellation: { state: 'queued' } },
  });
  expect(cancelCalls(id)).toBe(0);

  control.override(id, { faults: [] });
  const later = await cancel(accountId, { id, message: 'm' });
  expect(workflow.parse(later.body).remote_data.cancellation).toMatchObject({ state: 'confirmed' });
  expect(cancelCalls(id)).toBe(1);
});

test("a workflow goes by Rescind's own id as well, on its own account", async () => {
  const { accountId, seed } = at('okdokument');
  const { id } = await at('okdokument').cancel(seed());
  const cancelled = workflow.parse((await cancel(accountId, { id, message: 'm' })).body);
  expect(cancelled.remote_data).toMatchObject({ id, status: 'cancelled' });
  expect((await call(`${workflows}/${id}?integrated_account_id=${accountId}`)).status).toBe(200);
  refusal(await cancel(at('truto').accountId, { id, message: 'm' }), 404);
});

test("an account's path may name it instead, and not another", async () => {
  const { accountId, seed } = at('okdokument');
  const id = seed();
  const prefixed = `/d/${accountId}${workflows}/${id}`;
  expect((await call(prefixed)).status).toBe(200);
  expect((await call(`${prefixed}?integrated_account_id=${accountId}`)).status).toBe(200);
  refusal(await call(`${prefixed}?integrated_account_id=${at('truto').accountId}`), 400);
});
