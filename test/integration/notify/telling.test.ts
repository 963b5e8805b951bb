/** An event comes to every endpoint that wants it: at least once, whatever breaks on the way. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../../shared/cancellation/apply.ts';
import { retryCancellation } from '../../../shared/cancellation/request-cancellation.ts';
import type { Tenant } from '../../../shared/domain/ids.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let receiver: Receiver;

beforeEach(async () => {
  stage = await openStage();
  receiver = await openReceiver();
});
afterEach(async () => {
  await stage.close();
  await receiver.close();
});

const put = async (body: object = {}) => {
  const endpoint = await stage.put('app', { url: receiver.url, ...body });
  receiver.state.secrets = [endpoint.secret];
  return endpoint;
};
const untold = async ({ tenant, id }: { tenant: Tenant; id: Parameters<Stage['requests']['get']>[1] }) =>
  (await stage.requests.get(tenant, id))?.untold;
const types = () => receiver.taken().map(({ event }) => event.type);

describe('a cancellation', () => {
  test('is told as it goes, thin and signed, and nothing is left to tell', async () => {
    await put();
    const queued = await stage.cancel();
    await stage.settle();
    expect(types()).toEqual(['cancellation.queued']);
    expect(await untold(queued)).toBe(null);
    const confirmed = await stage.confirm({ ...queued, untold: null });
    expect(await untold(confirmed)).toBe(confirmed.version);
    await stage.settle();
    expect(types()).toEqual(['cancellation.queued', 'cancellation.confirmed', 'signature_request.cancelled']);
    expect(await untold(confirmed)).toBe(null);
    const [, told] = receiver.taken();
    const evidence = confirmed.history.at(-1)?.evidence;
    expect(told?.event.data).toEqual({
      id: confirmed.id,
      account_id: 'box',
      provider: 'box-sign',
      provider_request_id: confirmed.providerRequestId,
      previous_state: 'queued',
      state: 'confirmed',
      version: confirmed.version,
      evidence: { kind: 'response', status: 'cancelled', at: new Date(evidence?.at ?? 0).toISOString() },
    });
    expect(told?.body).not.toContain('a secret reason');
    expect(told?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Rescind-Webhooks',
      'webhook-id': expect.stringMatching(/^evt_[0-9a-f]{32}$/),
    });
  });

  test('is shown with its attempts', async () => {
    await put();
    await stage.cancel();
    await stage.settle();
    const { items, next_cursor } = await stage.deliveries('app');
    expect(next_cursor).toBe(null);
    expect(items).toEqual([
      expect.objectContaining({
        id: receiver.received[0]?.id,
        type: 'cancellation.queued',
        state: 'delivered',
        failure: null,
        attempt_count: 1,
        attempts: [expect.objectContaining({ status: 204, error: null })],
        next_attempt_at: null,
      }),
    ]);
  });

  test('leaves no mark where nobody wants to be told', async () => {
    await put({ event_types: ['signature_request.*'] });
    const request = await stage.cancel();
    expect([await untold(request), stage.queue.length]).toEqual([null, 0]);
  });

  test('is no business of another tenant', async () => {
    await put();
    await stage.cancel('other' as Tenant);
    await stage.settle();
    expect(receiver.received).toEqual([]);
    const answer = await stage.api('other').call('GET /v1/webhook_endpoints/{endpoint_id}', 'app');
    expect(answer.status).toBe(404);
  });
});

test('each endpoint is told what it subscribed to, and none waits for another', async () => {
  const second = await openReceiver();
  try {
    await put({ event_types: ['cancellation.confirmed'] });
    const { secret } = await stage.put('other', { url: second.url, event_types: ['signature_request.*'] });
    second.state.secrets = [secret];
    await stage.confirm(await stage.cancel());
    await stage.settle();
    expect(types()).toEqual(['cancellation.confirmed']);
    expect(second.taken().map(({ event }) => event.type)).toEqual(['signature_request.cancelled']);
  } finally {
    await second.close();
  }
});

describe('after a crash', () => {
  /** The first write of this kind fails, as if the process had ended before it. */
  const failOnce = (operation: string, keyPrefix: string) => {
    let armed = true;
    stage.hooks.before = (call) => {
      const key = JSON.stringify(call.input);
      if (!armed || call.operation !== operation || !key.includes(`"pk":{"S":"${keyPrefix}`)) return;
      armed = false;
      throw new Error('crash');
    };
  };

  test('between the attempt and its record, the event comes again under the same id', async () => {
    await put();
    failOnce('PutItem', 'deliveries#');
    const request = await stage.cancel();
    await stage.settle();
    expect(await untold(request)).toBe(1);
    await stage.pass(600_000);
    const ids = receiver.received.map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect((await stage.deliveries('app')).items).toHaveLength(1);
    expect(await untold(request)).toBe(null);
  });

  test('between the record and the end of the mark, the event does not come again', async () => {
    await put();
    const request = await stage.cancel();
    failOnce('UpdateItem', 'r#demo#');
    await stage.settle();
    expect(await untold(request)).toBe(1);
    await stage.pass(600_000);
    expect(receiver.received).toHaveLength(1);
    expect(await untold(request)).toBe(null);
  });

  test('between a retry and its record, the event comes again under the same id', async () => {
    await put();
    receiver.state.answer = 500;
    await stage.cancel();
    await stage.settle();
    receiver.state.answer = 204;
    failOnce('UpdateItem', 'deliveries#');
    await stage.pass(600_000);
    expect(receiver.taken().map(({ id }) => id)).toEqual(Array(2).fill(receiver.received[0]?.id));
    expect((await stage.deliveries('app')).items).toMatchObject([{ state: 'delivered', attempt_count: 2 }]);
  });

  test('a notice that was lost is replaced by the sweep', async () => {
    await put();
    receiver.state.answer = 500;
    await stage.cancel();
    await stage.settle();
    receiver.state.answer = 204;
    expect(stage.queue.splice(0)).toMatchObject([{ notice: { kind: 'deliver' } }]);
    await stage.pass(180_000);
    expect(types()).toEqual(['cancellation.queued']);
  });
});

test('what happens while it is told is told as well', async () => {
  await put();
  const queued = await stage.cancel();
  let confirming: Promise<unknown> | null = null;
  receiver.state.answer = (response) => {
    confirming ??= stage.confirm(queued);
    void confirming.then(() => response.writeHead(200).end('{"taken":true}'));
  };
  await stage.settle();
  expect(receiver.received.map(({ event }) => event.type)).toEqual([
    'cancellation.queued',
    'cancellation.confirmed',
    'signature_request.cancelled',
  ]);
  expect(await untold(queued)).toBe(null);
});

test('what has left the hot item before it was told is told from the older history', async () => {
  await put({ event_types: ['cancellation.*'] });
  let request = await stage.cancel();
  // Each round is two entries: it is given up, and asked for again.
  for (let round = 0; round < 6; round += 1) {
    const error = { type: 'deadline-exceeded', detail: '' } as const;
    const failed = await apply(stage.cancelPorts, request, stage.proof, { type: 'given_up', error });
    const box = { name: 'box-sign', proof: stage.proof };
    request = (await retryCancellation(stage.cancelPorts, failed.request, box)).request;
  }
  const stored = await stage.requests.get(stage.tenant, request.id);
  expect(stored).toMatchObject({ untold: 1, hasOlderHistory: true });
  // One notice is enough for all of it.
  stage.queue.splice(1);
  await stage.settle();
  const versions = receiver.taken().map(({ event }) => event.data['version']);
  expect(versions).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
});

test('an invocation that is short of time leaves the attempt to another', async () => {
  await stage.close();
  let remaining = 12_000;
  stage = await openStage({ remainingMs: () => remaining });
  await put();
  const request = await stage.cancel();
  expect(stage.queue).toHaveLength(1);
  stage.hooks.before = ({ operation, input }) => {
    // The record is written: from here on there is time again.
    if (operation === 'PutItem' && JSON.stringify(input).includes('deliveries#')) remaining = 60_000;
  };
  await stage.settle();
  expect(types()).toEqual(['cancellation.queued']);
  expect((await stage.deliveries('app')).items).toMatchObject([{ state: 'delivered', attempt_count: 1 }]);
  expect(await untold(request)).toBe(null);
});
