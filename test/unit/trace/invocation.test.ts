/** A function's own entry, fed with messages and requests as Lambda does it: what its lines, messages and calls then carry. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { type ProviderPorts, readAt } from '../../../functions/dispatch/provider-operations.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { serve } from '../../../shared/http/serve.ts';
import { logWith } from '../../../shared/log.ts';
import { policyOf } from '../../../shared/policy.ts';
import type { CallOutcome, callProvider } from '../../../shared/providers/call.ts';
import { providers } from '../../../shared/providers/registry.ts';
import { tracedCall } from '../../../shared/providers/traced-call.ts';
import { consumeHints } from '../../../shared/queue/consume.ts';
import { sendMessage } from '../../../shared/queue/messages.ts';
import type { StoredAccount } from '../../../shared/store/accounts.ts';
import { count, countAt, currentTrace } from '../../../shared/trace/invocation.ts';
import { foreignTraceHeaders, traceHeaders } from '../../../shared/trace/outgoing.ts';
import { context, gatewayEvent, signatureRequest } from '../http/examples.ts';

const ids = ['a'.repeat(32), 'b'.repeat(32)] as const;
const parentOf = (traceId: string) => `00-${traceId}-00f067aa0ba902b7-01`;

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(z.record(z.string(), z.unknown()).parse(JSON.parse(String(line))));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const hint = (digit: number) => ({
  tenant: 'demo',
  id: `sr_${String(digit).repeat(32)}`,
  version: 1,
  cause: 'sweep',
});
const record = (body: object, attributes: Readonly<Record<string, string>> = {}): SQSRecord => ({
  messageId: JSON.stringify(body).slice(0, 60),
  receiptHandle: '',
  body: JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [
      name,
      { dataType: 'String', stringValue, stringListValues: [], binaryListValues: [] },
    ]),
  ),
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: '',
});
const batch = (...Records: SQSRecord[]): SQSEvent => ({ Records });

describe('a batch of messages', () => {
  test('each goes on with its own trace, however they overlap', async () => {
    const handler = consumeHints(async ({ id }, { log }) => {
      await sleep(id.endsWith('1') ? 20 : 5);
      log('info', 'seen', { id });
      await sleep(10);
      log('info', 'seen', { id });
    });
    await handler(
      batch(
        record(hint(1), { traceparent: parentOf(ids[0]), tracestate: 'rojo=1' }),
        record(hint(2), { traceparent: parentOf(ids[1]) }),
      ),
      context(),
    );
    const seen = lines
      .filter(({ event }) => event === 'seen')
      .map(({ id, trace_id }) => String(id).slice(-1) + String(trace_id).slice(0, 1));
    expect(seen.toSorted()).toEqual(['1a', '1a', '2b', '2b']);
    expect(lines.at(-1)).toMatchObject({ event: 'consumed', trace_id: `${ids[0]} ${ids[1]}` });
  });

  test('one that was sent before there were traces, or whose trace is none, is handled under a new one', async () => {
    const seen: (string | undefined)[] = [];
    const handler = consumeHints(async () => {
      seen.push(currentTrace()?.traceId);
    });
    const answer = await handler(
      batch(record(hint(1)), record(hint(2), { traceparent: 'nonsense' })),
      context(),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(new Set(seen).size).toBe(2);
    for (const id of seen) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('what it counts stands on its own line, once and summed up', async () => {
    const handler = consumeHints(async ({ id }) => {
      countAt('truto', 'ProviderCalls');
      if (id.endsWith('2')) countAt('truto', 'ProviderErrors');
    });
    await handler(batch(record(hint(1)), record(hint(2))), context());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      event: 'consumed',
      records: 2,
      ProviderCalls: 2,
      ProviderErrors: 1,
      Provider: 'truto',
      FunctionName: 'test',
    });
    expect(JSON.stringify(lines[0]?.['_aws'])).toContain('"Dimensions":[["FunctionName","Provider"]]');
  });

  test('what one invocation counts is not in the next', async () => {
    const handler = consumeHints(async () => countAt('truto', 'ProviderCalls'));
    await handler(batch(record(hint(1))), context());
    await handler(batch(record(hint(1))), context());
    expect(lines.map(({ ProviderCalls }) => ProviderCalls)).toEqual([1, 1]);
  });

  test('one that counts nothing has no metrics on its line', async () => {
    await consumeHints(async () => undefined)(batch(record(hint(1))), context());
    expect(Object.keys(lines[0] ?? {})).not.toContain('_aws');
  });
});

describe('a request', () => {
  const ok = async () => ({ status: 200 });
  const answering = (then: () => void) =>
    serve('docs', {
      getOpenApi: async () => {
        then();
        return { status: 200 };
      },
      getDocs: ok,
      getDocsAsset: ok,
    });
  const ask = (handler: ReturnType<typeof answering>, headers: Record<string, string> = {}) =>
    handler(gatewayEvent('GET /openapi.json', '/openapi.json', { headers }), context());

  test('goes on with the trace of the client, to the end of its own line', async () => {
    const seen: unknown[] = [];
    const handler = answering(() => seen.push(currentTrace()?.traceId, traceHeaders().tracestate));
    await ask(handler, { traceparent: parentOf(ids[0]), tracestate: 'rojo=1' });
    expect(seen).toEqual([ids[0], 'rojo=1']);
    expect(lines).toMatchObject([{ event: 'answered', trace_id: ids[0] }]);
  });

  test('that fails has its trace in every line too', async () => {
    const handler = answering(() => {
      throw new TypeError('x');
    });
    await ask(handler, { traceparent: parentOf(ids[1]) });
    expect(lines.map(({ event, trace_id }) => [event, trace_id])).toEqual([
      ['request failed', ids[1]],
      ['answered', ids[1]],
    ]);
  });

  test('without a trace begins one', async () => {
    await ask(answering(() => undefined));
    expect(String(lines[0]?.['trace_id'])).toMatch(/^[0-9a-f]{32}$/);
  });

  test('what it counts stands on its own line', async () => {
    await ask(answering(() => count('WebhooksUnknown')));
    expect(lines).toMatchObject([{ event: 'answered', WebhooksUnknown: 1, FunctionName: 'test' }]);
  });
});

test("a callback of a provider begins a trace: the provider's is not the client's", async () => {
  const handler = serve('webhook', { receiveWebhook: async () => ({ status: 200 }) });
  const event = gatewayEvent('POST /webhooks/{token}', '/webhooks/x', {
    path: { token: 'x' },
    headers: { traceparent: parentOf(ids[0]), tracestate: 'rojo=1' },
  });
  await handler(event, context());
  expect(lines[0]?.['trace_id']).not.toBe(ids[0]);
});

describe('what leaves', () => {
  const traced = (work: () => Promise<unknown>) =>
    consumeHints(async () => {
      await work();
    })(batch(record(hint(1), { traceparent: parentOf(ids[0]), tracestate: 'rojo=1' })), context());

  test('a message carries the trace beside its body, which is as it was', async () => {
    const inputs: object[] = [];
    const client = new SQSClient({ region: 'eu-central-1' });
    client.middlewareStack.add(
      () =>
        async ({ input }) => {
          inputs.push(input);
          return { response: {}, output: { $metadata: {} } };
        },
      { step: 'initialize', priority: 'high' },
    );
    await traced(() => sendMessage(client, 'url', { a: 1 }, 0));
    await sendMessage(client, 'url', { a: 1 }, 0);
    const [first, second] = inputs;
    expect(first).toMatchObject({
      MessageBody: '{"a":1}',
      MessageAttributes: {
        traceparent: { DataType: 'String', StringValue: expect.stringMatching(`^00-${ids[0]}-`) },
        tracestate: { DataType: 'String', StringValue: 'rojo=1' },
      },
    });
    expect(second).toMatchObject({ MessageBody: '{"a":1}', MessageAttributes: {} });
  });

  test("for a provider is the id alone; the client's own state is not for it", async () => {
    await traced(async () => {
      expect(Object.keys(foreignTraceHeaders())).toEqual(['traceparent']);
      expect(Object.keys(traceHeaders())).toEqual(['traceparent', 'tracestate']);
    });
    expect(lines.at(-1)).toMatchObject({ failures: 0 });
  });

  test('for a provider is nothing where the setting says so, or where there is no trace', async () => {
    const call = vi.fn<typeof callProvider>(async () => ({ kind: 'not_sent' }));
    const request = { method: 'GET', url: 'http://127.0.0.1:9', headers: { a: 'b' } } as const;
    await traced(() => tracedCall(call, {})(request, 1));
    await traced(() => tracedCall(call, { TRACE_TO_PROVIDERS: 'off' })(request, 1));
    await tracedCall(call, {})(request, 1);
    const headers = call.mock.calls.map(([sent]) => Object.keys(sent.headers));
    expect(headers).toEqual([['a', 'traceparent'], ['a'], ['a']]);
  });
});

test('a line outside of any trace has no trace', () => {
  const written: string[] = [];
  logWith({ function: 'x' }, (line) => written.push(line))('info', 'alone');
  expect(written.join()).not.toContain('trace_id');
});

describe('a call to a provider', () => {
  const read = (connected: Awaited<ReturnType<ProviderPorts['connect']>>, outcome: CallOutcome) =>
    consumeHints(async (_, { log }) => {
      const ports: ProviderPorts = {
        log,
        call: async () => outcome,
        connect: async () => connected,
        callTimeoutMs: () => 1,
        credentialsOf: async () => ({}),
        wishDetails: { get: async () => null },
        policy: policyOf({}),
        now: () => 0 as Instant,
      };
      await readAt(ports, providers['dropbox-sign'], account, signatureRequest);
    })(batch(record(hint(1))), context());
  const account: StoredAccount = {
    tenant: signatureRequest.tenant,
    accountId: signatureRequest.accountId,
    uid: signatureRequest.accountUid,
    provider: 'dropbox-sign',
    options: {},
    webhookToken: 'w'.repeat(32) as StoredAccount['webhookToken'],
    pausedUntil: null,
    pauseReason: null,
    trips: 0,
    nextFree: {},
    deleting: false,
    createdAt: signatureRequest.createdAt,
    updatedAt: signatureRequest.createdAt,
  };
  const connection = {
    baseUrl: 'http://127.0.0.1:9',
    credentials: { api_key: 'key' },
    options: {},
    accessToken: 'token',
  };
  const answered = (status: number): CallOutcome => ({
    kind: 'response',
    response: { status, headers: {}, body: '{}', receivedAt: signatureRequest.createdAt },
  });

  test.each([
    [200, 0],
    [404, 0],
    [409, 0],
    [410, 0],
    [401, 1],
    [402, 1],
    [403, 1],
    [429, 1],
    [500, 1],
    [503, 1],
  ])('that is answered %i counts as a call, and %s times as an error', async (status, errors) => {
    await read({ kind: 'connected', connection }, answered(status));
    expect(lines.at(-1)).toMatchObject({ event: 'consumed', Provider: 'dropbox-sign', ProviderCalls: 1 });
    expect(lines.at(-1)?.['ProviderErrors'] ?? 0).toBe(errors);
  });

  test.each([{ kind: 'not_sent' }, { kind: 'no_answer', timedOut: true }] as const)(
    'that is not answered counts as an error: %j',
    async (outcome) => {
      await read({ kind: 'connected', connection }, outcome);
      expect(lines.at(-1)).toMatchObject({ ProviderCalls: 1, ProviderErrors: 1 });
    },
  );

  test('for which there is no token counts as an error, and the log says at which account', async () => {
    const error = { type: 'provider-unavailable', detail: 'x', providerStatus: 503 } as const;
    await read({ kind: 'try_again', error, pausesAccount: false }, answered(200));
    expect(lines).toMatchObject([
      { event: 'provider.token', provider: 'dropbox-sign', account: account.accountId, provider_status: 503 },
      { event: 'consumed', ProviderCalls: 1, ProviderErrors: 1 },
    ]);
  });
});
