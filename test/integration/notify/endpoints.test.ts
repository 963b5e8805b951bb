/** Webhook endpoints over the API: what is taken, what is shown, and what is left after a crash. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliveryPage } from '../../../shared/http/contract/deliveries.ts';
import {
  webhookEndpoint,
  webhookEndpointWithSecret,
} from '../../../shared/http/contract/webhook-endpoints.ts';
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
const secretOf = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;

describe('a PUT', () => {
  test('creates an endpoint and shows its secret once', async () => {
    const answer = await stage.api().call(`PUT ${route}`, 'app', { url: receiver.url });
    expect(answer.status).toBe(201);
    const created = webhookEndpointWithSecret.parse(answer.body);
    expect(created).toMatchObject({ id: 'app', event_types: ['*'], state: 'enabled', last_failure: null });
    expect(Buffer.from(created.secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
    const again = await stage.api().call(`PUT ${route}`, 'app', { url: receiver.url });
    expect(again.status).toBe(200);
    webhookEndpoint.parse(again.body);
    webhookEndpoint.parse(await stage.get('app'));
    const { body } = await stage.api().call('GET /v1/webhook_endpoints');
    expect(body).toEqual({ items: [await stage.get('app')], next_cursor: null });
    const stored = JSON.stringify(await stage.server.items());
    expect(stored).not.toContain(created.secret.slice('whsec_'.length));
  });

  test.each([24, 32, 64])('takes a secret of %d bytes', async (bytes) => {
    const secret = secretOf(bytes);
    expect(await stage.put('app', { url: receiver.url, secret })).toMatchObject({ status: 201, secret });
  });

  test.each([
    ['too short', secretOf(23)],
    ['too long', secretOf(65)],
    ['without its prefix', randomBytes(32).toString('base64')],
    ['not in base64', `whsec_${'*'.repeat(44)}`],
    ['with the other alphabet', `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`],
  ])('refuses a secret that is %s, and does not repeat it', async (_name, secret) => {
    const answer = await stage.put('app', { url: receiver.url, secret });
    expect(answer).toMatchObject({ status: 400, errors: [{ field: 'secret' }] });
    expect(JSON.stringify(answer)).not.toContain(secret.slice(10));
  });

  test.each([
    ['ftp://example.com/'],
    ['http://example.com/'],
    ['https://user:password@example.com/'],
    ['https://10.0.0.1/'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://[::ffff:10.0.0.1]/'],
    ['https://[fd00::1]/'],
    ['https://0xa9fea9fe/'],
    ['https://2852039166/'],
    ['nowhere'],
    [`https://example.com/${'x'.repeat(1000)}`],
  ])('refuses the URL %s', async (url) => {
    expect(await stage.put('app', { url })).toMatchObject({ status: 400, errors: [{ field: 'url' }] });
  });

  test('takes this machine only where that is allowed', async () => {
    for (const url of [
      'http://127.0.0.1:1/',
      'http://[::1]:1/',
      'http://localhost:1/',
      'https://localhost/',
    ]) {
      expect([url, (await stage.put('app', { url })).status]).toEqual([url, expect.any(Number)]);
      expect((await stage.put('app', { url })).status).toBe(200);
    }
    await stage.close();
    stage = await openStage({ policy: { allowLoopback: false } });
    for (const url of ['http://127.0.0.1:1/', 'https://127.1/', 'https://[::1]/', 'https://localhost/']) {
      expect([url, (await stage.put('app', { url })).status]).toEqual([url, 400]);
    }
  });

  test('refuses unknown event types and fields by their names', async () => {
    const body = { url: receiver.url, event_types: ['cancellation.*', 'nothing'], secrets: [] };
    const answer = await stage.put('app', body);
    expect(answer.errors.map(({ field }: { field: string }) => field)).toEqual(['event_types.1', 'secrets']);
  });

  test('takes twenty endpoints and no more, even when they come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => stage.put(`app-${index}`, { url: receiver.url })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(20).fill(201), ...Array(4).fill(409)]);
    expect(await stage.endpoints.list(stage.tenant)).toHaveLength(20);
    expect(await stage.server.secretNames()).toHaveLength(20);
    await stage.api().call(`DELETE ${route}`, answers.find(({ status }) => status === 201)?.id);
    expect((await stage.put('one-more', { url: receiver.url })).status).toBe(201);
  });
});

describe('a DELETE', () => {
  test('takes the secret too, and a new endpoint of the same name hears nothing of the old one', async () => {
    const { secret } = await stage.put('app', { url: receiver.url });
    receiver.state.secrets = [secret];
    receiver.state.answer = 500;
    await stage.cancel();
    await stage.settle();
    expect((await stage.api().call(`DELETE ${route}`, 'app')).status).toBe(204);
    expect(await stage.server.secretNames()).toEqual([]);
    expect((await stage.api().call(`GET ${route}`, 'app')).status).toBe(404);
    expect((await stage.api().call(`DELETE ${route}`, 'app')).status).toBe(404);
    await stage.put('app', { url: receiver.url });
    await stage.pass(hours(1));
    expect(receiver.received).toHaveLength(1);
    expect((await stage.deliveries('app')).items).toEqual([]);
    const due = (await stage.server.items()).filter(({ shard }) => shard === 'deliveries');
    expect(due).toEqual([]);
  });

  test.each(['DELETE', 'PUT'])('that broke off is finished by the next %s', async (method) => {
    await stage.put('app', { url: receiver.url });
    stage.hooks.before = ({ operation }) => {
      if (operation === 'DeleteSecret') throw new Error('crash');
    };
    expect((await stage.api().call(`DELETE ${route}`, 'app')).status).toBeGreaterThanOrEqual(500);
    expect((await stage.api().call(`GET ${route}`, 'app')).status).toBe(404);
    stage.hooks.before = () => undefined;
    const body = method === 'PUT' ? { url: receiver.url } : undefined;
    const answer = await stage.api().call(`${method} ${route}`, 'app', body);
    expect(answer.status).toBe(method === 'PUT' ? 201 : 204);
    expect(await stage.server.secretNames()).toHaveLength(method === 'PUT' ? 1 : 0);
  });
});

describe('a rotation', () => {
  const signaturesOf = () => String(receiver.received.at(-1)?.headers['webhook-signature']).split(' ');

  test('signs with both secrets for a day, at once, and then with the new one alone', async () => {
    const { secret: first } = await stage.put('app', { url: receiver.url });
    receiver.state.secrets = [first];
    await stage.cancel();
    await stage.settle();
    expect(signaturesOf()).toHaveLength(1);
    const { secret: second } = await stage.rotate('app');
    expect(second).not.toBe(first);
    // Whoever has one of the two, whichever, verifies.
    receiver.state.secrets = [first, second];
    await stage.cancel();
    await stage.settle();
    expect(receiver.received).toHaveLength(2);
    expect(signaturesOf()).toHaveLength(2);
    await stage.pass(hours(24) + minutes(6));
    receiver.state.secrets = [second];
    await stage.cancel();
    await stage.settle();
    expect(receiver.received).toHaveLength(3);
    expect(signaturesOf()).toHaveLength(1);
    const last = receiver.received.at(-1);
    const headers = last?.headers as Record<string, string>;
    expect(() => new Webhook(first).verify(last?.body ?? '', headers)).toThrow('No matching signature');
  });

  test('takes a secret of the client, and so does a PUT', async () => {
    const { secret: first } = await stage.put('app', { url: receiver.url });
    const second = secretOf(24);
    const answer = await stage.api().call(`POST ${route}/rotate-secret`, 'app', { secret: second });
    expect(answer).toMatchObject({ status: 200, body: { secret: second } });
    const third = secretOf(64);
    const put = await stage.put('app', { url: receiver.url, secret: third });
    expect([put.status, put.secret]).toEqual([200, undefined]);
    receiver.state.secrets = [first, second, third];
    await stage.cancel();
    await stage.settle();
    expect(receiver.received).toHaveLength(1);
  });

  test('of an endpoint that is not there is 404, and leaves no secret', async () => {
    const answer = await stage.api().call(`POST ${route}/rotate-secret`, 'app', {});
    expect(answer.status).toBe(404);
    expect(await stage.server.secretNames()).toEqual([]);
  });
});

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
