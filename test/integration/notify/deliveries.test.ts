/** What was sent to an endpoint, over the API: listed, and sent again. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliveryPage } from '../../../shared/http/contract/deliveries.ts';
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

  test.each([{}, { since: 'yesterday' }, { since: '2026-11-21T10:00:00Z', state: 'lost' }])(
    'refuses %j',
    async (body) => {
      expect((await stage.replay('app', body)).status).toBe(400);
    },
  );
});
