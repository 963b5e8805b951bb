/** Accounts over the wire: made, replaced, paused, deleted; and that a new key loses no proof of the old one's time. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeAfterwards } from './afterwards.ts';
import { newSecret, openRescind, providers, quickSettings, type Rescind } from './rescind.ts';
import { untilRequest, untilState } from './waiting.ts';

let rescind: Rescind;
beforeAll(async () => {
  rescind = await openRescind({ ...quickSettings, CONFIRMATION_WINDOW_SECONDS: '3600' });
});
afterAll(() => rescind?.stack.close());

describe.each(providers)('%s', (provider) => {
  test('created, replaced, listed, deleted, and made anew', async () => {
    const { client, stack } = rescind;
    const path = { account_id: `life-of-${provider}` };
    const put = () =>
      client.call('putAccount', { path, body: { provider, credentials: { api_key: newSecret() } } });
    const created = await put();
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ account_id: path.account_id, provider });
    expect(created.body.webhook_url).toMatch(new RegExp(`^${stack.url}/webhooks/[A-Za-z0-9_-]{32}$`));
    expect(created.body.health.state).toBe('healthy');
    const replaced = await put();
    expect(replaced.status).toBe(200);
    expect(replaced.body.webhook_url).toBe(created.body.webhook_url);
    expect((await client.call('getAccount', { path })).body).toEqual(replaced.body);
    expect((await client.call('listAccounts')).body.items).toContainEqual(replaced.body);

    expect((await client.call('deleteAccount', { path })).status).toBe(204);
    for (const operation of ['getAccount', 'deleteAccount'] as const) {
      const gone = await client.refused(operation, { path });
      expect([gone.status, gone.name]).toEqual([404, 'account-not-found']);
    }
    expect((await fetch(created.body.webhook_url, { method: 'POST', body: '{}' })).status).toBe(401);
    const anew = await put();
    expect(anew.status).toBe(201);
    expect(anew.body.webhook_url).not.toBe(created.body.webhook_url);
  });

  test('a key that the provider refuses pauses the account until there is another', async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const account = { path: { account_id: connection.accountId } };
    // The provider refuses keys that end so.
    await connection.replaceKey(`${newSecret()}-bad`);
    const { id } = await connection.cancel(connection.seed());
    const refused = await untilRequest(client, id, ({ cancellation }) => cancellation?.error !== null);
    expect(refused.cancellation).toMatchObject({ state: 'queued', error: { provider_status: 401 } });
    expect(refused.cancellation?.next_check_at).not.toBeNull();
    await connection.replaceKey(connection.apiKey);
    expect((await client.call('getAccount', account)).body.health.state).toBe('healthy');
    await untilState(client, id, 'confirmed');
  });

  test('stays while a cancellation is open', async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const providerRequestId = connection.seed();
    const faults = [{ on: 'cancel', do: 'status', status: 503, times: 0 }] as const;
    connection.control.override(providerRequestId, { faults });
    const { id } = await connection.cancel(providerRequestId);
    const path = { account_id: connection.accountId };
    const refused = await client.refused('deleteAccount', { path });
    expect([refused.status, refused.name]).toEqual([409, 'account-has-open-work']);
    expect((await client.call('getAccount', { path })).status).toBe(200);
    connection.control.override(providerRequestId, { faults: [] });
    await untilState(client, id, 'confirmed');
    expect((await client.call('deleteAccount', { path })).status).toBe(204);
    expect((await client.call('getSignatureRequest', { path: { id } })).body.status).toBe('cancelled');
  });
});

test('a paused account says why, and until when', async () => {
  const { client, connect } = rescind;
  const connection = await connect('okdokument');
  const providerRequestId = connection.seed();
  connection.control.override(providerRequestId, {
    fault_retry_seconds: 30,
    faults: [{ on: 'any', do: 'status', status: 429, times: 0 }],
  });
  const { id } = await connection.cancel(providerRequestId);
  await untilRequest(client, id, ({ cancellation }) => cancellation?.error !== null);
  const account = { path: { account_id: connection.accountId } };
  const { health } = (await client.call('getAccount', account)).body;
  expect(health).toMatchObject({ state: 'paused', reason: 'rate-limited' });
  expect(Date.parse(health.paused_until ?? '')).toBeGreaterThan(Date.now() + 15_000);
  await connection.replaceKey(connection.apiKey);
  expect((await client.call('getAccount', account)).body.health.state).toBe('healthy');
});

test('the provider of an account cannot change', async () => {
  const { client, connect } = rescind;
  const { accountId } = await connect('dropbox-sign');
  const refused = await client.refused('putAccount', {
    path: { account_id: accountId },
    body: { provider: 'okdokument', credentials: { api_key: newSecret() } },
  });
  expect([refused.status, refused.name]).toEqual([409, 'provider-cannot-change']);
});

describe('a new key at Dropbox Sign', () => {
  /** Signed as by the provider, for a request whose cancel it has accepted. @returns the status of the answer */
  const confirmWith = async (apiKey: string, webhookUrl: string, requestId: string): Promise<number> => {
    const event_type = 'signature_request_canceled';
    const event_time = String(Math.floor(Date.now() / 1_000));
    const event_hash = createHmac('sha256', apiKey)
      .update(event_time + event_type)
      .digest('hex');
    const response = await fetch(webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        event: { event_type, event_time, event_hash },
        signature_request: { signature_request_id: requestId },
      }),
    });
    return response.status;
  };
  const submitted = async () => {
    // Its callback URL was tried when it was set: the webhook function has seen the first key.
    const connection = await rescind.connect('dropbox-sign');
    const requestId = connection.seed();
    connection.control.override(requestId, { cancel_outcome: 'silently_dropped' });
    const { id } = await connection.cancel(requestId);
    await untilState(rescind.client, id, 'submitted');
    return { ...connection, requestId, id };
  };

  test('a callback that was signed with the one before still counts', async () => {
    const { apiKey, webhookUrl, requestId, id, replaceKey } = await submitted();
    await replaceKey(newSecret());
    await replaceKey(newSecret());
    expect(await confirmWith(newSecret(), webhookUrl, requestId)).toBe(401);
    expect(await confirmWith(apiKey, webhookUrl, requestId)).toBe(200);
    await untilState(rescind.client, id, 'confirmed');
  });

  test('a callback that is signed with the new one counts at once', async () => {
    const { webhookUrl, requestId, id, replaceKey } = await submitted();
    const replacement = newSecret();
    await replaceKey(replacement);
    expect(await confirmWith(replacement, webhookUrl, requestId)).toBe(200);
    await untilState(rescind.client, id, 'confirmed');
  });
});

describeAfterwards(() => rescind);
