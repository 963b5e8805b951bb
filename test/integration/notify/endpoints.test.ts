/** Webhook endpoints over the API: what is taken, what is shown, and what is left after a crash. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  webhookEndpoint,
  webhookEndpointWithSecret,
} from '../../../shared/http/contract/webhook-endpoints.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { hours, openStage, type Stage } from './stage.ts';

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
