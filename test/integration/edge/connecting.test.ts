/** Checking an account and registering its webhook, against simulated providers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountPorts } from '../../../functions/accounts/ports.ts';
import type { AccountId, Instant, Tenant } from '../../../shared/domain/ids.ts';
import { newAccountUid, newWebhookToken } from '../../../shared/domain/ids.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { providerNamed } from '../../../shared/providers/registry.ts';
import { exampleSign } from '../../../shared/providers/template/provider.ts';
import { secretWriter } from '../../../shared/secrets/write-account-secrets.ts';
import { type Simulators, serveSimulators, startSimulators } from '../../simulators/server.ts';
import { exampleSignSimulator } from '../../simulators/template/simulator.ts';
import { type Listener, listen } from '../providers/call.ts';
import { accountFunction, secretPrefix } from './account-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;
let simulators: Simulators;
let example: Simulators<string, string>;
let listener: Listener;
/** Whether the secret store fails. */
let secretsDown = false;
const logged: unknown[] = [];

beforeAll(async () => {
  server = await startTableServer(({ operation }) => {
    if (secretsDown && operation === 'PutSecretValue') throw new Error('down');
  });
  simulators = await startSimulators({ port: 0 });
  example = await serveSimulators([exampleSignSimulator(null)], 0);
  listener = await listen('Hello API Event Received');
});
afterAll(async () => {
  await listener.close();
  await example.close();
  await simulators.close();
  await server.close();
});
beforeEach(() => {
  secretsDown = false;
});

const now = () => Date.now() as Instant;

const start = (tenant: string, given: Partial<Parameters<typeof accountFunction>[2]> = {}) => {
  const fn = accountFunction(server, tenant, {
    now,
    environment: { ...simulators.baseUrls, ...example.baseUrls },
    publicBaseUrl: new URL(listener.url).origin,
    providerNamed: (name) => (name === exampleSign.name ? exampleSign : providerNamed(name)),
    log: (...line) => logged.push(line),
    ...given,
  });
  return {
    ...fn,
    async put(provider: string, credentials: object, options: object = {}) {
      const { status } = await fn.call('PUT /v1/accounts/{account_id}', 'main', {
        provider,
        credentials,
        options,
      });
      expect([200, 201]).toContain(status);
    },
    check: (body?: object) => fn.call('POST /v1/accounts/{account_id}/check', 'main', body),
    register: (body?: object) => fn.call('POST /v1/accounts/{account_id}/register-webhook', 'main', body),
    health: async () => (await fn.call('GET /v1/accounts/{account_id}', 'main')).body.health,
  };
};

const dropboxSignKey = (api_key = 'a-key') => ['dropbox-sign', { api_key }] as const;
const boxSign = (client_secret = 'app-secret') =>
  ['box-sign', { client_id: 'app', client_secret, subject_type: 'enterprise', subject_id: '4711' }] as const;

describe('a check', () => {
  test.each([
    [...dropboxSignKey(), true],
    ['okdokument', { api_key: 'a-key' }, false],
    [...boxSign(), false],
    ['box-sign', { access_token: '4711', webhook_primary_key: 'k' }, true],
  ])(
    'of good credentials at %s (%j) says so, and whether webhooks can be verified',
    async (provider, credentials, verifiable) => {
      const { put, check } = start(`good-${provider}-${verifiable}`);
      await put(provider, credentials);
      expect(await check()).toEqual({
        status: 200,
        body: {
          account_id: 'main',
          provider,
          result: 'good',
          detail: null,
          webhooks: { verifiable, detail: verifiable ? null : expect.stringContaining('verify') },
        },
      });
    },
  );

  test.each([
    [...dropboxSignKey('wrong-key-bad'), '401'],
    ['okdokument', { api_key: 'wrong-key-bad' }, '401'],
    [...boxSign('wrong-secret-bad'), '400 invalid_grant'],
  ])('of bad credentials at %s (%j) says so', async (provider, credentials, answered) => {
    const { put, check } = start(`bad-${provider}`);
    await put(provider, credentials);
    const { status, body } = await check();
    expect([status, body.result]).toEqual([200, 'bad_credentials']);
    expect(body.detail).toContain(answered);
  });

  test('asks for a token each time: a remembered one proves nothing any more', async () => {
    const { put, check } = start('tokens');
    await put(...boxSign());
    await check();
    const before = simulators.control['box-sign'].calls({ operation: 'token' }).length;
    expect((await check()).body.result).toBe('good');
    expect(simulators.control['box-sign'].calls({ operation: 'token' })).toHaveLength(before + 1);
  });

  test.each([
    [{ do: 'status', status: 403 }, 'lacking_scope'],
    [{ do: 'status', status: 503 }, 'unreachable'],
    [{ do: 'html', status: 502 }, 'unreachable'],
    [{ do: 'hang' }, 'unreachable'],
    [{ do: 'cut_before' }, 'unreachable'],
    [{ do: 'redirect' }, 'unclear'],
    [{ do: 'status', status: 429 }, 'unclear'],
  ] as const)('that meets %j is an answer too: %s', async (fault, result) => {
    const { put, check } = start('trouble', { providerTimeoutMs: 200 });
    await put(...dropboxSignKey());
    simulators.control['dropbox-sign'].set({ faults: [{ on: 'account', ...fault }] });
    const { status, body } = await check();
    expect([status, body.result, typeof body.detail]).toEqual([200, result, 'string']);
  });

  test('of a provider that nobody listens for says that, with and without a token', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const environment = { DROPBOX_SIGN_BASE_URL: nowhere, BOX_TOKEN_URL: nowhere };
    for (const [provider, credentials] of [dropboxSignKey(), boxSign()]) {
      const { put, check } = start(`nowhere-${provider}`, { environment });
      await put(provider, credentials);
      expect((await check()).body.result).toBe('unreachable');
    }
  });

  test('ends in time for its answer, however long a call may take', async () => {
    const { put, check } = start('late', { providerTimeoutMs: 20_000, remainingMs: 4_200 });
    await put(...dropboxSignKey());
    simulators.control['dropbox-sign'].set({ faults: [{ on: 'account', do: 'hang' }] });
    const started = performance.now();
    expect((await check()).body.result).toBe('unreachable');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('repeats no credential that the provider repeats, and logs none', async () => {
    const { put, check } = start('echo');
    await put(...dropboxSignKey('sneaky_secret_key'));
    const body = JSON.stringify({ error: { error_name: 'sneaky_secret_key' } });
    simulators.control['dropbox-sign'].set({ faults: [{ on: 'account', do: 'reply', status: 418, body }] });
    expect((await check()).body).toMatchObject({
      result: 'unclear',
      detail: 'The provider answered 418 [redacted].',
    });
    expect(JSON.stringify(logged)).toContain('provider.checkAccount');
    expect(JSON.stringify(logged)).not.toContain('sneaky_secret_key');
  });

  test('of an account whose secret is gone says so', async () => {
    const { put, check, stored } = start('gone');
    await put(...dropboxSignKey());
    await secretWriter(server.secretsManager, secretPrefix).deleteSecret(await stored('main'));
    expect((await check()).body).toMatchObject({
      result: 'bad_credentials',
      webhooks: { verifiable: false },
    });
  });

  test.each([
    ['unauthorized', 'healthy'],
    ['payment-required', 'healthy'],
    ['account-blocked', 'healthy'],
    ['rate-limited', 'paused'],
    ['provider-unavailable', 'paused'],
  ] as const)('that is good leaves an account that was paused as %s %s', async (reason, state) => {
    const { put, check, stored, accounts, health } = start(`paused-${reason}`);
    await put(...dropboxSignKey());
    await accounts.pauseAccount(await stored('main'), (now() + 60_000) as Instant, reason);
    await check();
    expect((await health()).state).toBe(state);
  });

  test('that is bad ends no pause, nor does a good one end a pause that came meanwhile', async () => {
    const { put, check, stored, accounts, health } = start('still-paused');
    await put(...dropboxSignKey('wrong-key-bad'));
    const account = await stored('main');
    await accounts.pauseAccount(account, (now() + 60_000) as Instant, 'unauthorized');
    await check();
    expect((await health()).state).toBe('paused');
    expect(await accounts.endPause(account)).toBe(false);
    expect((await health()).state).toBe('paused');
  });

  test('is not for a stranger, nor of what is not there, nor with a body that says something', async () => {
    const { put, check, register } = start('owner');
    for (const { status } of [await check(), await register()]) expect(status).toBe(404);
    await put(...dropboxSignKey());
    const stranger = start('stranger');
    for (const { status } of [await stranger.check(), await stranger.register()]) expect(status).toBe(404);
    for (const call of [check, register]) {
      expect(await call({ deep: true })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'deep' }] },
      });
      expect((await call({})).status).toBe(200);
    }
  });
});

describe('a webhook', () => {
  test('is registered where the provider has a call for it', async () => {
    const { put, register, stored } = start('registered');
    await put(...dropboxSignKey('registering-key'));
    const { webhookToken } = await stored('main');
    const webhook_url = `${new URL(listener.url).origin}/webhooks/${webhookToken}`;
    expect(await register()).toEqual({ status: 200, body: { registered: true, webhook_url, steps: [] } });
    const authorization = `Basic ${Buffer.from('registering-key:').toString('base64')}`;
    const account = await fetch(`${simulators.baseUrls.DROPBOX_SIGN_BASE_URL}/account`, {
      headers: { authorization },
    });
    expect(await account.json()).toMatchObject({ account: { callback_url: webhook_url } });
  });

  test('that takes a person is explained, step by step, and nobody is called for it', async () => {
    for (const [provider, credentials] of [['okdokument', { api_key: 'a-key' }], boxSign()] as const) {
      const control = simulators.control[provider];
      const { put, register, stored } = start(`by-hand-${provider}`);
      await put(provider, credentials);
      const before = control.calls().length;
      const { status, body } = await register();
      expect([status, body.registered]).toEqual([200, false]);
      expect(body.steps.join()).toContain(`/webhooks/${(await stored('main')).webhookToken}`);
      expect(body.steps.join()).not.toContain('{webhook_url}');
      expect(control.calls()).toHaveLength(before);
    }
  });

  test('is registered with a token where one is needed, and a refusal says what else to do', async () => {
    const { put, register } = start('folder');
    await put(...boxSign(), { webhook_folder_id: '4712' });
    expect((await register()).body).toMatchObject({ registered: true });
    const again = await register();
    expect(again).toMatchObject({
      status: 424,
      body: { type: '/problems/webhook-not-registered', detail: expect.stringContaining('409') },
    });
    expect(again.body.steps.join()).toContain(again.body.webhook_url);
  });

  test.each([
    [{ do: 'status', status: 403 }, 'answered 403'],
    [{ do: 'hang' }, 'It may have registered'],
    [{ do: 'cut_before' }, 'It may have registered'],
  ] as const)('that meets %j is not registered', async (fault, said) => {
    const { put, register } = start('not-registered', { providerTimeoutMs: 200 });
    await put(...dropboxSignKey());
    simulators.control['dropbox-sign'].set({ faults: [{ on: 'account', ...fault }] });
    const { status, body } = await register();
    expect([status, body.type]).toEqual([424, '/problems/webhook-not-registered']);
    expect(body.detail).toContain(said);
    expect(body.steps.length).toBeGreaterThan(0);
  });

  test('is not registered with bad credentials, nor without any', async () => {
    const { put, register, stored } = start('unusable');
    await put(...boxSign('wrong-secret-bad'), { webhook_folder_id: '1' });
    expect(await register()).toMatchObject({ status: 424, body: { detail: expect.stringContaining('400') } });
    await secretWriter(server.secretsManager, secretPrefix).deleteSecret(await stored('main'));
    expect(await register()).toMatchObject({
      status: 424,
      body: { detail: expect.stringContaining('gone') },
    });
  });
});

describe('a secret that the provider shows only once', () => {
  const secrets = () => secretWriter(server.secretsManager, secretPrefix);

  /** An account at a provider that is in no registry, which PUT would refuse. */
  const startExample = async (tenant: string, given: Partial<AccountPorts> = {}) => {
    const started = start(tenant, given);
    const account = {
      tenant: tenant as Tenant,
      accountId: 'main' as AccountId,
      uid: newAccountUid(),
      provider: exampleSign.name,
      options: {},
      webhookToken: newWebhookToken(),
      pausedUntil: null,
      pauseReason: null,
      trips: 0,
      nextFree: {},
      deleting: false,
      createdAt: now(),
      updatedAt: now(),
    };
    await secrets().createSecret(account, { api_key: tenant });
    await started.accounts.createAccount(account);
    return { ...started, account };
  };

  test('is kept, never shown, verifies what comes, and outlives new credentials', async () => {
    const { register, check, credentialsOf, account } = await startExample('kept');
    expect((await check()).body.webhooks.verifiable).toBe(false);
    const { status, body } = await register();
    expect([status, Object.keys(body)]).toEqual([200, ['registered', 'webhook_url', 'steps']]);
    expect((await check()).body.webhooks).toEqual({ verifiable: true, detail: null });

    const control = example.control[exampleSign.name];
    const { id } = control?.seed({ key: 'kept' }) ?? {};
    const before = listener.deliveries.length;
    control?.act(String(id), 'sign');
    const delivery = await listener.delivery(before + 1);
    const received = async () =>
      exampleSign.webhook.receive(delivery, (await credentialsOf(account))?.forVerification ?? [], null);
    expect(await received()).toMatchObject({ notices: [{ claim: { status: 'signed' } }] });

    await secrets().replaceSecret(account, { api_key: 'another' }, now());
    const { webhook_secret } = Object(await credentialsOf(account)).current;
    expect(await received()).toMatchObject({ notices: [{ claim: { status: 'signed' } }] });
    expect(await credentialsOf(account)).toMatchObject({ current: { api_key: 'another', webhook_secret } });

    const given = { api_key: 'another', webhook_secret: 'given' };
    await secrets().replaceSecret(account, given, now());
    await secrets().replaceSecret(account, { api_key: 'a-third' }, now());
    expect((await credentialsOf(account))?.current).toEqual({ api_key: 'a-third' });
    expect(await received()).toMatchObject({ notices: [{ claim: { status: 'signed' } }] });
  });

  test('that could not be kept is no success', async () => {
    const { register } = await startExample('unkept');
    secretsDown = true;
    expect((await register()).status).toBeGreaterThanOrEqual(500);
    secretsDown = false;
    expect((await register()).body).toMatchObject({ registered: true });
  });

  test('is not kept for an account that is deleted meanwhile', async () => {
    const call: AccountPorts['call'] = async (request, timeoutMs) => {
      const outcome = await callProvider(request, timeoutMs);
      await secrets().deleteSecret(account);
      return outcome;
    };
    const { register, account, credentialsOf } = await startExample('deleted', { call });
    expect((await register()).status).toBe(404);
    expect(await credentialsOf(account)).toBeNull();
  });
});
