/** What belongs to a tenant is for another one not there: by no operation that names it, and after all of them it is as before. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Operation, routes } from '../../../shared/http/routes.ts';
import { openRescind, type Rescind } from './rescind.ts';
import { untilState } from './waiting.ts';

const operations = Object.keys(routes) as Operation[];
const isNaming = (operation: Operation): boolean =>
  routes[operation].key && routes[operation].path.includes('{');
/** A PUT makes a thing of the caller's own, under the same name. */
const makesOwn: readonly Operation[] = ['putAccount', 'putWebhookEndpoint'];
const naming = operations.filter((operation) => isNaming(operation) && !makesOwn.includes(operation));

const bodies: Partial<Record<Operation, object>> = {
  resolveCreation: { decision: 'give_up' },
  replayDeliveries: { since: '2026-01-01T00:00:00Z' },
};

let rescind: Rescind;
let path: { readonly account_id: string; readonly endpoint_id: string; readonly id: string };
let providerRequestId: string;

beforeAll(async () => {
  rescind = await openRescind();
  const { client } = rescind;
  const connection = await rescind.connect('okdokument');
  providerRequestId = connection.seed();
  const { id } = await connection.cancel(providerRequestId);
  path = { account_id: connection.accountId, endpoint_id: 'app', id };
  await untilState(client, id, 'confirmed');
  // Only now, so that there is nothing to tell it: failed deliveries would change what is compared.
  const url = `${rescind.stack.url}/nobody`;
  await client.call('putWebhookEndpoint', { path: { endpoint_id: 'app' }, body: { url } });
});
afterAll(() => rescind?.stack.close());

const everythingOf = async (): Promise<unknown> => {
  const { client } = rescind;
  const [account, request, history, endpoint] = await Promise.all([
    client.call('getAccount', { path }),
    client.call('getSignatureRequest', { path }),
    client.call('getHistory', { path }),
    client.call('getWebhookEndpoint', { path }),
  ]);
  return [account.body, request.body, history.body, endpoint.body];
};

describe('a stranger', () => {
  test('finds nothing by its name, whatever it asks, and changes nothing', async () => {
    const before = await everythingOf();
    const answers: unknown[] = [];
    for (const operation of naming) {
      const body = bodies[operation];
      const { status, name } = await rescind.stranger.refused(operation, {
        path,
        ...(body !== undefined && { body }),
      });
      answers.push([operation, status, name.endsWith('-not-found') && name !== 'route-not-found']);
    }
    expect(answers).toEqual(naming.map((operation) => [operation, 404, true]));
    expect(naming.length).toBeGreaterThan(10);
    expect(await everythingOf()).toEqual(before);
  });

  test('who uses the same names has things of its own', async () => {
    const { client, stranger } = rescind;
    const before = await everythingOf();
    const url = `${rescind.stack.url}/somebody`;
    const api_key = 'key-of-the-stranger';
    await stranger.call('putWebhookEndpoint', { path, body: { url } });
    const own = await stranger.call('putAccount', {
      path,
      body: { provider: 'dropbox-sign', credentials: { api_key } },
    });
    expect(own.status).toBe(201);
    const { webhook_url } = (await client.call('getAccount', { path })).body;
    expect(own.body.webhook_url).not.toBe(webhook_url);
    for (const operation of ['createCancellation', 'importSignatureRequest'] as const) {
      const body = { account_id: path.account_id, provider_request_id: providerRequestId };
      expect((await stranger.call(operation, { body })).body.id).not.toBe(path.id);
    }
    expect(await everythingOf()).toEqual(before);
  });

  test('sees nothing in its lists', async () => {
    const { client, stranger } = rescind;
    const ids = (await stranger.call('listSignatureRequests')).body.items.map(({ id }) => id);
    expect(ids).not.toContain(path.id);
    expect((await client.call('listSignatureRequests')).body.items.map(({ id }) => id)).toEqual([path.id]);
  });
});
