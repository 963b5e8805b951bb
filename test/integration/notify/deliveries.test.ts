/** What was sent to an endpoint, over the API: listed, and sent again. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import { deliveryPage } from '../../../shared/http/contract/deliveries.ts';
import { replayStore } from '../../../shared/store/replays.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { hours, minutes, openStage, type Stage } from './stage.ts';

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

const route = '/v1/webhook_endpoints/{endpoint_id}';

describe('the deliveries', () => {
  const query = (text: string) => stage.api().call(`GET ${route}/deliveries`, 'app', undefined, text);

  beforeEach(async () => {
    const { secret } = await stage.put('app', { url: receiver.url });
    receiver.state.secrets = [secret];
  });

  test('are listed newest first, page by page, and by their state', async () => {
    for (let count = 0; count < 7; count += 1) {
      receiver.state.answer = count % 2 === 0 ? 204 : 500;
      await stage.cancel();
      await stage.settle();
      await stage.pass(1_000);
    }
    const pages = [];
    let cursor = '';
    do {
      const { status, body } = await query(`limit=3${cursor && `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      pages.push(deliveryPage.parse(body).items.map(({ id }) => id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    const told = (await stage.deliveries('app')).items.map(({ id }: { id: string }) => id);
    expect(pages.flat()).toEqual(told);
    const pending = deliveryPage.parse((await query('state=pending&limit=1')).body);
    expect(pending.items).toHaveLength(1);
    expect(pending.items[0]).toMatchObject({ state: 'pending', next_attempt_at: expect.any(String) });
    const rest = deliveryPage.parse((await query(`state=pending&cursor=${pending.next_cursor}`)).body);
    expect(rest.items.length).toBeGreaterThanOrEqual(1);
    expect(rest.items.every(({ id }) => id !== pending.items[0]?.id)).toBe(true);
  });

  test.each(['state=lost', 'limit=0', 'cursor=abc', 'page=2'])('refuse %s', async (text) => {
    expect((await query(text)).status).toBe(400);
  });

  test('of another tenant are 404', async () => {
    const answer = await stage.api('other').call(`GET ${route}/deliveries`, 'app');
    expect(answer).toMatchObject({ status: 404, body: { type: '/problems/webhook-endpoint-not-found' } });
  });
});

describe('a replay', () => {
  beforeEach(async () => {
    const { secret } = await stage.put('app', { url: receiver.url });
    receiver.state.secrets = [secret];
  });
  const tell = async (count: number) => {
    for (let done = 0; done < count; done += 1) await stage.cancel();
    await stage.settle();
  };

  test('sends everything since a time again, under the same ids, spread over time', async () => {
    await tell(3);
    await stage.pass(minutes(1));
    const since = new Date(stage.now()).toISOString();
    await stage.pass(1_000);
    await tell(120);
    const told = receiver.received.map(({ id }) => id);
    const answer = await stage.replay('app', { since });
    expect(answer).toEqual({ status: 202, body: { replay: { since, state: 'all' } } });
    receiver.received.length = 0;
    await stage.settle();
    expect(receiver.received.length).toBeLessThan(20);
    await stage.pass(minutes(2));
    expect(receiver.received.map(({ id }) => id).sort()).toEqual(told.slice(3).sort());
  });

  test('goes on after a crash, and forgets nothing', async () => {
    await tell(60);
    receiver.received.length = 0;
    let calls = 0;
    stage.hooks.before = ({ operation, input }) => {
      if (operation !== 'UpdateItem' || !JSON.stringify(input).includes('deliveries#')) return;
      calls += 1;
      if (calls === 30) throw new Error('crash');
    };
    await stage.replay('app', { since: '2020-01-01T00:00:00Z' });
    await stage.pass(minutes(30));
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(60);
  });

  test('is begun by the sweep if its notice was lost', async () => {
    await tell(2);
    await stage.replay('app', { since: '2020-01-01T00:00:00Z' });
    expect(stage.queue.splice(0)).toHaveLength(1);
    await stage.pass(minutes(3));
    expect(receiver.received).toHaveLength(4);
  });

  test('of what was not delivered leaves the rest, and need not wait for far retries', async () => {
    await tell(2);
    receiver.state.answer = 500;
    await tell(1);
    await stage.pass(hours(3));
    receiver.state.answer = 204;
    const before = receiver.taken().length;
    await stage.replay('app', { since: '2020-01-01T00:00:00Z', state: 'failed' });
    await stage.pass(minutes(1));
    expect(receiver.taken()).toHaveLength(before + 1);
  });

  test('that is asked for twice while it runs is one replay, and another later is another', async () => {
    await tell(2);
    const again = () => stage.replay('app', { since: '2020-01-01T00:00:00Z' });
    await again();
    await again();
    await stage.pass(minutes(1));
    expect(receiver.received).toHaveLength(4);
    await again();
    await stage.pass(minutes(1));
    expect(receiver.received).toHaveLength(6);
  });

  test('that wants more than one that runs makes that one wider, and begins it again', async () => {
    await tell(1);
    await stage.pass(minutes(1));
    const later = new Date(stage.now()).toISOString();
    await stage.pass(1_000);
    await tell(60);
    receiver.received.length = 0;
    const failed = await stage.replay('app', { since: later, state: 'failed' });
    expect(failed.body).toEqual({ replay: { since: later, state: 'failed' } });
    const all = await stage.replay('app', { since: later });
    expect(all.body).toEqual({ replay: { since: later, state: 'all' } });
    await stage.settle();
    const since = '2020-01-01T00:00:00.000Z';
    const wider = await stage.replay('app', { since, state: 'failed' });
    expect(wider.body).toEqual({ replay: { since, state: 'all' } });
    await stage.pass(minutes(2));
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(61);
  });

  test('is one at a time, however often it is asked for', async () => {
    await tell(60);
    receiver.received.length = 0;
    for (let count = 1; count <= 20; count += 1) {
      await stage.replay('app', { since: new Date(stage.now() - hours(1) - count).toISOString() });
    }
    const jobs = (await stage.server.items()).filter(({ pk }) => String(pk).startsWith('replays#'));
    expect(jobs).toHaveLength(1);
    await stage.pass(minutes(2));
    expect(receiver.received.length).toBeLessThanOrEqual(120);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(60);
  });

  test('of what is yet to happen is refused', async () => {
    const since = new Date(stage.now() + 1_000).toISOString();
    expect(await stage.replay('app', { since })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'since', message: 'must not be in the future' }] },
    });
    expect(stage.queue).toEqual([]);
  });

  test('ends where its time has no length, as after a clock was set back', async () => {
    const [endpoint] = await stage.endpoints.list(stage.tenant);
    if (endpoint === undefined) throw new Error('there is no endpoint');
    const wish = { tenant: stage.tenant, endpoint: endpoint.uid, state: 'all' } as const;
    const replays = replayStore(stage.server.dynamoDB, stage.server.tableName);
    await replays.begin({ ...wish, since: (stage.now() + 1) as Instant }, stage.now());
    await stage.pass(minutes(3));
    expect([await replays.get(wish), stage.queue]).toEqual([null, []]);
  });

  test.each([{}, { since: 'yesterday' }, { since: '2026-11-21T10:00:00Z', state: 'lost' }])(
    'refuses %j',
    async (body) => {
      expect((await stage.replay('app', body)).status).toBe(400);
    },
  );
});
