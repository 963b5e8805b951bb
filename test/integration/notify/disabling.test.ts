/** An endpoint that is given up in the end: disabled, visible, announced, and brought back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
const eventIds = (to = receiver) => new Set(to.taken().map(({ id }) => id));

describe('an endpoint that is replaced while its old URL is called', () => {
  /** @returns the server behind the new URL, when the old one has answered at last. */
  const replaceMeanwhile = async (status: number): Promise<Receiver> => {
    const fresh = await openReceiver();
    await put();
    fresh.state.secrets = receiver.state.secrets;
    const { promise: release, resolve: answerNow } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: hasArrived } = Promise.withResolvers<void>();
    receiver.state.answer = (response) => {
      void release.then(() => response.writeHead(status, { 'retry-after': '3600' }).end());
      hasArrived();
    };
    await stage.cancel();
    const running = stage.settle();
    await arrived;
    await stage.pass(2_000);
    await stage.put('app', { url: fresh.url });
    answerNow();
    await running;
    return fresh;
  };

  test.each([410, 500])('is not blamed for the %d of that one, and gets the event', async (status) => {
    const fresh = await replaceMeanwhile(status);
    try {
      expect(await stage.get('app')).toMatchObject({
        url: fresh.url,
        state: 'enabled',
        failing_since: null,
        last_failure: null,
      });
      await stage.pass(minutes(1));
      expect(fresh.taken()).toHaveLength(1);
    } finally {
      await fresh.close();
    }
  });

  test('nor does a success of that one end its failure', async () => {
    const fresh = await openReceiver();
    try {
      await put();
      const [before] = await stage.endpoints.list(stage.tenant);
      if (before === undefined) throw new Error('there is no endpoint');
      await stage.pass(1_000);
      await stage.put('app', { url: fresh.url });
      const [after] = await stage.endpoints.list(stage.tenant);
      if (after === undefined) throw new Error('there is no endpoint');
      await stage.endpoints.recordFailure(after, { at: stage.now(), status: 500, error: null });
      expect(await stage.endpoints.recordSuccess(before)).toBeNull();
      expect(await stage.endpoints.claimTry(before, stage.now())).toBeNull();
      expect(await stage.endpoints.disable(before, stage.now(), 'gone')).toBeNull();
      expect(await stage.get('app')).toMatchObject({ state: 'enabled', failing_since: expect.any(String) });
    } finally {
      await fresh.close();
    }
  });

  test('gets what waited behind that call at its new URL', async () => {
    const fresh = await openReceiver();
    try {
      await put();
      fresh.state.secrets = receiver.state.secrets;
      receiver.state.answer = (response) => {
        // As if it had taken so long: the others have read the endpoint before.
        receiver.state.answer = 204;
        void stage
          .pass(1_500)
          .then(() => stage.put('app', { url: fresh.url }))
          .then(() => response.writeHead(204).end());
      };
      const request = await stage.cancel();
      await stage.confirm(request);
      stage.queue.splice(1);
      await stage.settle();
      expect([receiver.received.length, fresh.received.length]).toEqual([1, 2]);
    } finally {
      await fresh.close();
    }
  });
});

describe('an endpoint that always fails', () => {
  const announcements = (to: Receiver) =>
    to.taken().filter(({ event }) => event.type === 'webhook_endpoint.disabled');

  test('is disabled in the end, visibly, and the others are told', async () => {
    const healthy = await openReceiver();
    try {
      await reopen({ policy: { disableAfterMs: hours(1) } });
      await put();
      await put('other', healthy, { event_types: ['webhook_endpoint.*'] });
      receiver.state.answer = 500;
      await stage.cancel();
      await stage.pass(hours(6));
      const app = await stage.get('app');
      expect(app).toMatchObject({ state: 'disabled', disabled_reason: 'failing' });
      expect(Date.parse(app.disabled_at) - Date.parse(app.failing_since)).toBeGreaterThanOrEqual(hours(1));
      expect(announcements(healthy).map(({ event }) => event.data)).toEqual([
        {
          id: 'app',
          previous_state: 'enabled',
          state: 'disabled',
          reason: 'failing',
          failing_since: app.failing_since,
        },
      ]);
      expect(stage.logged).toContainEqual(
        expect.objectContaining({ level: 'error', event: 'endpoint.disabled' }),
      );
      const before = receiver.received.length;
      await stage.cancel();
      await stage.pass(hours(24));
      expect(receiver.received).toHaveLength(before);
      const { items } = await stage.deliveries('app');
      expect(items.map(({ failure }: { failure: string }) => failure)).toEqual(
        Array(2).fill('endpoint-disabled'),
      );
    } finally {
      await healthy.close();
    }
  });

  test('is disabled at once when it is gone, and announced once, whatever breaks in between', async () => {
    const healthy = await openReceiver();
    try {
      await put();
      await put('other', healthy, { event_types: ['webhook_endpoint.disabled'] });
      receiver.state.answer = 410;
      let crashed = false;
      stage.hooks.before = ({ operation, input }) => {
        // The first record of the announcement, after the write that disables the endpoint.
        if (
          crashed ||
          operation !== 'PutItem' ||
          !JSON.stringify(input).includes('webhook_endpoint.disabled')
        ) {
          return;
        }
        crashed = true;
        throw new Error('crash');
      };
      await stage.cancel();
      await stage.settle();
      expect([crashed, await stage.get('app')]).toMatchObject([true, { state: 'disabled' }]);
      expect(announcements(healthy)).toEqual([]);
      await stage.pass(minutes(10));
      expect(receiver.received).toHaveLength(1);
      expect(announcements(healthy)).toHaveLength(1);
    } finally {
      await healthy.close();
    }
  });

  test('is enabled again by its PUT, and a replay brings what it missed', async () => {
    await put();
    receiver.state.answer = 410;
    await stage.cancel();
    await stage.settle();
    await stage.pass(minutes(1));
    await stage.cancel();
    await stage.settle();
    expect(receiver.received).toHaveLength(1);
    expect(await stage.replay('app', { since: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 409,
      body: { type: '/problems/webhook-endpoint-disabled' },
    });
    receiver.state.answer = 204;
    expect(await stage.put('app', { url: receiver.url })).toMatchObject({
      status: 200,
      state: 'enabled',
      failing_since: null,
    });
    const answer = await stage.replay('app', { since: '2020-01-01T00:00:00Z', state: 'failed' });
    expect(answer.status).toBe(202);
    await stage.pass(minutes(1));
    expect(receiver.taken()).toHaveLength(2);
    expect(eventIds().size).toBe(2);
  });
});
