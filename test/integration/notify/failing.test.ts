/** A receiver that is down: it gets everything afterwards, and keeps nobody else waiting. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guardedCall } from '../../../shared/net/guarded-call.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { hours, minutes, openStage, type Stage } from './stage.ts';

let stage: Stage;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await openReceiver();
  stage = await openStage();
});
afterEach(async () => {
  await stage.close();
  await receiver.close();
});

const reopen = async (given: Parameters<typeof openStage>[0]) => {
  await stage.close();
  stage = await openStage(given);
};
const put = async (id = 'app', to = receiver, body: object = {}) => {
  const { secret } = await stage.put(id, { url: to.url, ...body });
  to.state.secrets = [secret];
};

test('a receiver that is down for an hour gets everything afterwards, at most five at once', async () => {
  await put();
  receiver.state.answer = 503;
  const requests = [];
  for (let minute = 0; minute < 60; minute += 1) {
    requests.push(await stage.cancel());
    await stage.pass(minutes(1));
  }
  const outage = receiver.received.length;
  // One attempt each at once, and by the schedule two or three more in the hour, would be 200.
  expect(outage).toBeLessThan(160);
  expect(await stage.get('app')).toMatchObject({
    state: 'enabled',
    failing_since: expect.any(String),
    last_failure: { status: 503 },
  });
  receiver.state.answer = (response) => void setTimeout(() => response.writeHead(204).end(), 5);
  receiver.state.mostAtOnce = 0;
  await stage.pass(hours(3));
  const after = receiver.received.slice(outage);
  expect(new Set(after.map(({ id }) => id)).size).toBe(requests.length);
  expect(after).toHaveLength(requests.length);
  expect(receiver.state.mostAtOnce).toBeLessThanOrEqual(5);
  const { items } = await stage.deliveries('app');
  expect(new Set(items.map(({ state }: { state: string }) => state))).toEqual(new Set(['delivered']));
  expect(await stage.get('app')).toMatchObject({ state: 'enabled', failing_since: null });
});

test.each([
  ['new events', 204],
  ['retries', 500],
])('eighty %s at the same moment come at most five at once', async (_name, before) => {
  await reopen({ policy: { retryMs: [1_000, 1_000, 1_000] } });
  await put();
  receiver.state.answer = before;
  for (let count = 0; count < 80; count += 1) await stage.cancel();
  if (before !== 204) await stage.settle();
  receiver.state.answer = (response) => void setTimeout(() => response.writeHead(204).end(), 20);
  receiver.state.mostAtOnce = 0;
  const earlier = receiver.received.length;
  await stage.pass(minutes(1));
  expect(new Set(receiver.received.slice(earlier).map(({ id }) => id)).size).toBe(80);
  expect(receiver.state.mostAtOnce).toBeGreaterThan(1);
  expect(receiver.state.mostAtOnce).toBeLessThanOrEqual(5);
});

describe('a receiver that hangs', () => {
  /** As in production, with 15 seconds in a fraction of one: the clock is moved by what an attempt takes there. */
  const hanging: typeof guardedCall = (request, limits) =>
    guardedCall(request, { ...limits, timeoutMs: 150 });

  test('holds each worker once, then one at a time', async () => {
    await reopen({ call: hanging });
    await put();
    receiver.state.answer = 'hang';
    for (let count = 0; count < 50; count += 1) await stage.cancel();
    await stage.settle();
    expect(receiver.received.length).toBeLessThanOrEqual(5);
    await stage.pass(8_000);
    expect(receiver.received.length).toBeLessThanOrEqual(7);
    const { items } = await stage.deliveries('app');
    expect(items).toHaveLength(50);
    const errors = items.flatMap(({ attempts }: { attempts: { error: string }[] }) =>
      attempts.map(({ error }) => error),
    );
    expect(new Set(errors)).toEqual(new Set(['timeout', 'skipped']));
  });

  test('does not keep the others waiting', async () => {
    const healthy = await openReceiver();
    try {
      await reopen({ call: hanging });
      await put();
      await put('other', healthy);
      receiver.state.answer = 'hang';
      for (let count = 0; count < 20; count += 1) await stage.cancel();
      await stage.settle();
      expect(healthy.taken()).toHaveLength(20);
    } finally {
      await healthy.close();
    }
  });
});

test('a receiver that says when to come back is called then, if that is later than the schedule', async () => {
  await put();
  const comeBack = (after: string) => {
    receiver.state.answer = (response) => void response.writeHead(429, { 'retry-after': after }).end();
  };
  comeBack('3600');
  await stage.cancel();
  await stage.pass(minutes(59));
  expect(receiver.received).toHaveLength(1);
  comeBack('1');
  await stage.pass(minutes(3));
  expect(receiver.received).toHaveLength(2);
  // The second retry of the schedule: 5 minutes, and up to a tenth more.
  receiver.state.answer = 200;
  await stage.pass(minutes(7));
  expect(receiver.taken()).toHaveLength(1);
});

test.each([
  ['a redirect', 302],
  ['an error of the client', 400],
])('%s is a failure', async (_name, status) => {
  await put();
  receiver.state.answer = (response) =>
    void response.writeHead(status, { location: `http://127.0.0.1:${receiver.port}/elsewhere` }).end();
  await stage.cancel();
  await stage.settle();
  expect(receiver.received).toHaveLength(1);
  expect((await stage.deliveries('app')).items).toMatchObject([
    { state: 'pending', attempt_count: 1, attempts: [{ status, error: null }] },
  ]);
});

test('one that answers slowly holds an invocation for one attempt, and gets the rest in a row', async () => {
  let slow = true;
  await reopen({
    call: async (request, limits) => {
      if (slow) await new Promise((resolve) => setTimeout(resolve, 2_050));
      return guardedCall(request, limits);
    },
  });
  await put();
  // All in the lanes of five workers, four each.
  for (let count = 0; count < 20; count += 1) await stage.cancel();
  await stage.settle();
  expect(receiver.received).toHaveLength(5);
  slow = false;
  const { items } = await stage.deliveries('app', 'state=pending&limit=100');
  expect(items).toHaveLength(15);
  for (const { attempt_count, next_attempt_at } of items) {
    expect(attempt_count).toBe(0);
    expect(Date.parse(next_attempt_at)).toBeLessThanOrEqual(stage.now() + minutes(1));
  }
  await stage.pass(minutes(1));
  expect(new Set(receiver.taken().map(({ id }) => id)).size).toBe(20);
});

test('a backlog whose last attempts come due while it fails costs one attempt, and can be replayed', async () => {
  await reopen({ policy: { retryMs: [600_000] } });
  await put();
  receiver.state.answer = 500;
  for (let count = 0; count < 40; count += 1) await stage.cancel();
  await stage.settle();
  const before = receiver.received.length;
  // Within the minute of the jitter: whoever is first, and then nobody for five minutes.
  await stage.pass(minutes(20));
  expect(receiver.received.length - before).toBeLessThanOrEqual(3);
  const { items } = await stage.deliveries('app', 'state=failed&limit=100');
  expect(items).toHaveLength(40);
  expect(new Set(items.map(({ failure }: { failure: string }) => failure))).toEqual(
    new Set(['retries-exhausted']),
  );
  receiver.state.answer = 204;
  await stage.replay('app', { since: '2020-01-01T00:00:00Z', state: 'failed' });
  await stage.pass(minutes(30));
  expect(new Set(receiver.taken().map(({ id }) => id)).size).toBe(40);
});

test.each([
  ['long', 'x'.repeat(10_000)],
  ['endless', 'x'],
])('a success counts at once, even if its body is %s', async (_name, beginning) => {
  await put();
  receiver.state.answer = (response) => {
    response.writeHead(200);
    response.write(beginning);
  };
  await stage.cancel();
  const started = performance.now();
  await stage.settle();
  expect((await stage.deliveries('app')).items).toMatchObject([{ state: 'delivered' }]);
  expect(performance.now() - started).toBeLessThan(1_500);
});

test('after its last retry an event is failed, and stays to be seen', async () => {
  await reopen({ policy: { retryMs: [1_000, 2_000] } });
  await put();
  receiver.state.answer = 500;
  await stage.cancel();
  await stage.pass(minutes(2));
  expect(receiver.received).toHaveLength(3);
  const { items } = await stage.deliveries('app', 'state=failed');
  expect(items).toMatchObject([
    { state: 'failed', failure: 'retries-exhausted', attempt_count: 3, next_attempt_at: null },
  ]);
  expect((await stage.deliveries('app', 'state=pending')).items).toEqual([]);
});

test('an address that turns private is not connected to, and the event waits', async () => {
  await reopen({
    policy: { allowLoopback: false },
    call: (request, limits) => guardedCall(request, { ...limits, resolve: async () => ['127.0.0.1'] }),
  });
  await stage.put('app', { url: `https://receiver.example:${receiver.port}/events` });
  await stage.cancel();
  await stage.settle();
  expect(receiver.state.connections).toBe(0);
  expect((await stage.deliveries('app')).items).toMatchObject([
    { state: 'pending', attempts: [{ status: null, error: 'forbidden-address' }] },
  ]);
});
