/**
 * Operating the whole of Rescind: its traces from a client's call to the provider's and back to the client, the metrics in
 * its log, and `npm run failed` on what was given up. The local stack runs the template's own bundles.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { logQueries } from '../../../infra/constructs/dashboard.ts';
import { metricsIn } from '../../unit/trace/metric-rules.ts';
import { openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { untilState } from '../end-to-end/waiting.ts';
import { runCommand } from './run-command.ts';

let rescind: Rescind;
/** The client's endpoints. */
let listener: Server;
let listenerUrl: string;
const heard: {
  readonly url: string;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}[] = [];

beforeAll(async () => {
  listener = createServer((request, response) => {
    const { traceparent, tracestate } = request.headers;
    heard.push({ url: request.url ?? '', traceparent: text(traceparent), tracestate: text(tracestate) });
    request.resume().on('end', () => response.writeHead(request.url === '/gone' ? 410 : 204).end());
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  rescind = await openRescind({ ...quickSettings, CANCEL_DEADLINE_SECONDS: '3' });
  listenerUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  await rescind.client.call('putWebhookEndpoint', {
    path: { endpoint_id: 'app' },
    body: { url: `${listenerUrl}/events` },
  });
});
afterAll(async () => {
  await rescind?.stack.close();
  listener?.close();
});

const text = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join() : header;
const line = z.looseObject({
  event: z.string(),
  function: z.optional(z.string()),
  trace_id: z.optional(z.string()),
});

/** What the functions have logged so far. */
const logged = async (): Promise<readonly z.output<typeof line>[]> => {
  const file = join(rescind.stack.configuration.dataDir, 'logs', 'rescind.jsonl');
  const lines = (await readFile(file, 'utf8')).split('\n').filter((each) => each.endsWith('}'));
  return lines.map((each) => line.parse(JSON.parse(each))).filter((each) => each.function !== undefined);
};

test("a trace goes from the client's call through the queue to the provider's, and back to the client's endpoint", async () => {
  const connection = await rescind.connect('okdokument');
  const traceId = 'c0ffee'.padEnd(32, '1');
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: 'rojo=1' };
  const body = {
    account_id: connection.accountId,
    provider_request_id: connection.seed(),
    reason: 'Superseded',
  };
  const { body: request } = await rescind.client.call('createCancellation', { body, headers });
  await untilState(rescind.client, request.id, 'confirmed');
  const isTraced = ({ traceparent }: (typeof heard)[number]) =>
    traceparent?.startsWith(`00-${traceId}-`) === true;
  await expect.poll(() => heard.filter(isTraced).length, { timeout: 10_000 }).toBeGreaterThan(0);
  for (const { traceparent, tracestate } of heard.filter(isTraced)) {
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    expect(tracestate).toBe('rojo=1');
  }
  const calls = connection.control.calls({ requestId: body.provider_request_id });
  expect(calls.length).toBeGreaterThan(1);
  for (const { trace } of calls) {
    // What the client wants carried along is nothing for a provider.
    expect(trace).toEqual({ traceparent: expect.stringMatching(`^00-${traceId}-[0-9a-f]{16}-01$`) });
  }
  const ofTrace = (await logged()).filter(({ trace_id }) => trace_id?.includes(traceId));
  expect(new Set(ofTrace.map((each) => each.function))).toEqual(new Set(['api', 'dispatch', 'notify']));
  const events = ofTrace.map(({ event }) => event);
  expect(events).toEqual(
    expect.arrayContaining(['answered', 'transition', 'provider.cancel', 'consumed', 'event.attempted']),
  );
});

test("a call in a provider's own form goes on with the client's trace as well", async () => {
  const connection = await rescind.connect('dropbox-sign');
  const requestId = connection.seed();
  const traceId = 'decade'.padEnd(32, '2');
  const url = `${rescind.stack.url}/d/${connection.accountId}/v3/signature_request/cancel/${requestId}`;
  const headers = {
    authorization: `Basic ${btoa(`${rescind.keys.client}:`)}`,
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  };
  expect((await fetch(url, { method: 'POST', headers })).status).toBe(200);
  const called = () => connection.control.calls({ requestId, operation: 'cancel' });
  await expect.poll(() => called().length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(called()[0]?.trace).toEqual({ traceparent: expect.stringMatching(`^00-${traceId}-`) });
  const ofDialects = (await logged()).filter((each) => each.function === 'dialects');
  expect(ofDialects.map(({ event, trace_id }) => [event, trace_id])).toEqual([
    ['transition', traceId],
    ['answered', traceId],
  ]);
  // What is open still would be given up while other tests count what is.
  const isConfirmed = (each: z.output<typeof line>) =>
    each['id'] === ofDialects[0]?.['id'] && each['to'] === 'confirmed';
  await expect.poll(async () => (await logged()).some(isConfirmed), { timeout: 10_000 }).toBe(true);
});

test('callbacks that do not verify, or lead nowhere, and endpoints that are gone are counted', async () => {
  const connection = await rescind.connect('dropbox-sign');
  const forged = new URLSearchParams({
    json: JSON.stringify({
      event: { event_time: '1', event_type: 'signature_request_canceled', event_hash: 'x' },
    }),
  });
  for (const url of [connection.webhookUrl, `${rescind.stack.url}/webhooks/${'w'.repeat(43)}`]) {
    expect((await fetch(url, { method: 'POST', body: forged })).status).toBe(401);
  }
  const endpoint = { path: { endpoint_id: 'gone' } };
  await rescind.client.call('putWebhookEndpoint', { ...endpoint, body: { url: `${listenerUrl}/gone` } });
  await untilState(rescind.client, (await connection.cancel(connection.seed())).id, 'confirmed');
  const state = async () => (await rescind.client.call('getWebhookEndpoint', endpoint)).body.state;
  await expect.poll(state, { timeout: 20_000 }).toBe('disabled');
  const metrics = async () => {
    const lines = (await logged()).filter((each) => each['_aws'] !== undefined);
    return lines
      .flatMap((each) => [...metricsIn(JSON.stringify(each))])
      .map(([key, value]) => `${key.split(' ')[0]} ${value}`);
  };
  for (const metric of ['WebhooksRefused 1', 'WebhooksUnknown 1', 'EndpointsDisabled 1']) {
    await expect
      .poll(async () => (await metrics()).filter((each) => each === metric), { timeout: 20_000 })
      .toHaveLength(1);
  }
});

describe('npm run failed', () => {
  const failed = (...args: string[]) =>
    runCommand('infra/failed.ts', args, { DATA_DIR: rescind.stack.configuration.dataDir });

  test('lists what was given up, and starts it over: once, by the filter, and only when told', async () => {
    const [one, other] = [await rescind.connect('dropbox-sign'), await rescind.connect('okdokument')];
    one.control.set({ faults: [{ on: 'any', do: 'status', status: 402, times: 0 }] });
    other.control.set({ faults: [{ on: 'any', do: 'status', status: 402, times: 0 }] });
    const requests = [
      await one.cancel(one.seed()),
      await one.cancel(one.seed()),
      await other.cancel(other.seed()),
    ];
    for (const { id } of requests) await untilState(rescind.client, id, 'failed');
    one.control.set({ faults: [] });
    other.control.set({ faults: [] });
    const [first, second, third] = requests.map(({ id }) => id);

    const all = await failed('list');
    for (const id of [first, second, third]) expect(all.out).toContain(id);
    expect(all.out).toContain('3 wait for a person: 3 cancellations, 0 creations');
    const type = /okdokument {2}\S+ {2}([a-z-]+) {2}cancellation/.exec(all.out)?.[1] ?? '';

    const [dry, ofType, ofOtherType, ofNobody] = await Promise.all([
      failed('retry', '--provider', 'dropbox-sign'),
      failed('list', '--provider', 'okdokument', '--type', type),
      failed('list', '--type', 'not-found'),
      failed('list', '--tenant', 'nobody'),
    ]);
    expect(dry.out).toContain('add --yes to retry 2');
    expect(dry.out).not.toContain(third);
    expect(ofType.out).toContain('1 wait for a person');
    expect(ofOtherType.out).toContain('0 wait for a person');
    expect(ofNobody.out).toContain('0 wait for a person');

    const done = await failed('retry', '--provider', 'dropbox-sign', '--yes', '--per-second', '50');
    // All were still there after the dry run, and go now.
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('2 retried, 0 changed meanwhile')]);
    for (const id of [first, second]) await untilState(rescind.client, id ?? '', 'confirmed');

    const again = await failed('retry', '--provider', 'dropbox-sign', '--yes');
    expect(again.out).toContain('0 retried, 0 changed meanwhile');
    const history = await rescind.client.call('getHistory', { path: { id: first ?? '' } });
    expect(history.body.items.filter(({ type }) => type === 'retried')).toHaveLength(1);
    expect((await failed('list')).out).toContain('1 wait for a person');
  }, 180_000);

  test.each([
    [['list', '--provider', 'nobody'], '--provider is one of'],
    [['list', '--type', 'nothing'], '--type is one of'],
    [['retry', '--table', 'x', '--yes'], 'needs --table and --stack'],
    [['retry', '--per-second', '1000'], '--per-second is a whole number'],
    [['remove'], 'usage'],
    [[], 'usage'],
  ])('%j is refused in one understandable line', async (args, part) => {
    const { code, err } = await failed(...args);
    expect([code, err]).toEqual([1, expect.stringContaining(part)]);
  });
});

describe('the log of all that', () => {
  test("has a trace in every line of a function, but for the sweep's own", async () => {
    const without = (await logged()).filter(({ trace_id }) => trace_id === undefined || trace_id === '');
    expect(new Set(without.map(({ event }) => event))).toEqual(new Set(['swept', 'swept_deliveries']));
  });

  test("has metrics that CloudWatch takes, on the invocation's own line and on no other", async () => {
    const withMetrics = (await logged()).filter((each) => each['_aws'] !== undefined);
    expect(new Set(withMetrics.map(({ event }) => event))).toEqual(
      new Set(['answered', 'consumed', 'swept']),
    );
    const found = withMetrics.flatMap((each) => [...metricsIn(JSON.stringify(each)).keys()]);
    const names = new Set(found.map((key) => key.replace(/ FunctionName=\w+/, '')));
    expect([...names]).toEqual(
      expect.arrayContaining([
        'FailedCancellations',
        'OverdueCancellations',
        'UnconfirmedCancellations',
        'ProviderCalls Provider=dropbox-sign',
        'ProviderErrors Provider=dropbox-sign',
        'ProviderCalls Provider=okdokument',
      ]),
    );
  });

  test('counts each call to a provider once', async () => {
    const lines = await logged();
    const calls = lines.filter(({ event }) => event.startsWith('provider.')).length;
    const counted = lines.reduce((sum, each) => sum + Number(each['ProviderCalls'] ?? 0), 0);
    expect(calls).toBeGreaterThan(5);
    expect(counted).toBe(calls);
  });

  test.each([
    ['providerErrorsByAccount', 'provider.cancel'],
    ['callsByProvider', 'provider.cancel'],
    ['failingEndpoints', 'event.attempted'],
  ] as const)('has the fields that the dashboard asks for: %s', async (name, event) => {
    const [fields = ''] = logQueries[name].query;
    const found = (await logged()).find((each) => each.event === event);
    for (const field of fields.replace('fields ', '').split(', ')) expect(found).toHaveProperty(field);
  });
});
