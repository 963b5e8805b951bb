/** What an event costs in write units, counted call by call from the images before and after. docs/webhook-events.md states it. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMeter } from '../../bench/meter.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { minutes, openStage, type Stage } from './stage.ts';

let stage: Stage;
let receiver: Receiver;
let meter: ReturnType<typeof openMeter>;

beforeEach(async () => {
  receiver = await openReceiver();
  meter = openMeter(() => stage.server.dynamoDB);
  stage = await openStage({ after: async (call, answer) => meter.watcher.after?.(call, answer) });
  stage.hooks.before = async (call) => meter.watcher.before?.(call);
});
afterEach(async () => {
  await stage.close();
  await receiver.close();
});

const put = async (eventTypes: readonly string[] = ['*']) => {
  const { secret } = await stage.put('app', { url: receiver.url, event_types: eventTypes });
  receiver.state.secrets = [secret];
  meter.take();
};
const costOf = async (work: () => Promise<unknown>): Promise<number> => {
  meter.take();
  await work();
  return meter.take().writeUnits;
};

/** Of a cancellation that is confirmed by its answer, told at once after each transition. */
const lone = async () => {
  const queued = await costOf(() => stage.cancel());
  const tellQueued = await costOf(() => stage.settle());
  const [key] = (await stage.server.items()).filter(({ sk }) => sk === 'hot');
  const id = String(key?.['pk']).split('#')[2] as Parameters<Stage['requests']['get']>[1];
  const request = await stage.requests.get(stage.tenant, id);
  if (request === null) throw new Error('nothing was written');
  const confirmed = await costOf(() => stage.confirm(request));
  const tellConfirmed = await costOf(() => stage.settle());
  return { queued, tellQueued, confirmed, tellConfirmed };
};

const documented = async (what: string): Promise<number> => {
  const text = await readFile(new URL('../../../docs/webhook-events.md', import.meta.url), 'utf8');
  const line = text.split('\n').find((row) => row.startsWith(`| ${what} |`));
  return Number(line?.split('|')[2]);
};

test('without an endpoint that wants them, events cost nothing', async () => {
  const none = await lone();
  expect(none).toEqual({ queued: 3, tellQueued: 0, confirmed: 2, tellConfirmed: 0 });
  await stage.close();
  stage = await openStage({ after: async (call, answer) => meter.watcher.after?.(call, answer) });
  stage.hooks.before = async (call) => meter.watcher.before?.(call);
  await put(['signature_request.declined']);
  expect(await lone()).toEqual(none);
});

test('an event that arrives at the first attempt costs what the documentation says', async () => {
  await put(['cancellation.queued']);
  const { queued, tellQueued } = await lone();
  expect(queued).toBe(3);
  expect(tellQueued).toBe(await documented('event of an open request, delivered at the first attempt'));
  expect(receiver.taken()).toHaveLength(1);
});

test('so does the last event of a request', async () => {
  await put(['cancellation.confirmed']);
  const { confirmed, tellConfirmed } = await lone();
  const extra = confirmed - 2 + tellConfirmed;
  expect(extra).toBe(await documented('last event of a request, delivered at the first attempt'));
});

test('further events of the same transition cost one each', async () => {
  await put(['cancellation.confirmed', 'signature_request.cancelled']);
  const { confirmed, tellConfirmed } = await lone();
  const one = await documented('last event of a request, delivered at the first attempt');
  const more = await documented('each further event or endpoint of the same transition');
  expect(confirmed - 2 + tellConfirmed).toBe(one + more);
});

test.each([
  ['', 0],
  [', at one of 20 endpoints', 19],
])('a retry costs what the documentation says%s', async (where, others) => {
  for (let count = 1; count <= others; count += 1) {
    const url = `http://127.0.0.1:4000/webhooks/rescind/${count}`;
    await stage.put(`app-${count}`, { url, event_types: ['webhook_endpoint.*'] });
  }
  await put(['cancellation.queued']);
  receiver.state.answer = 500;
  await stage.cancel();
  const first = await costOf(() => stage.settle());
  const retry = await costOf(() => stage.pass(20_000));
  receiver.state.answer = 204;
  const last = await costOf(() => stage.pass(minutes(10)));
  expect({ first, retry, last }).toEqual({
    first: await documented(`first attempt that fails${where}`),
    retry: await documented(`retry that fails${where}`),
    last: await documented(`retry that succeeds and ends the failure${where}`),
  });
});
