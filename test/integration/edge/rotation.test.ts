/** Replacing credentials loses nothing in flight: what other functions remember is from before, and so may be a signature. */
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breaker } from '../../../functions/dispatch/breaker.ts';
import { oneAtATime } from '../../../functions/dispatch/one-at-a-time.ts';
import { pacer } from '../../../functions/dispatch/pacer.ts';
import { runHint } from '../../../functions/dispatch/run-hint.ts';
import { receiveWebhook } from '../../../functions/webhook/receive-webhook.ts';
import { requestCancellation } from '../../../shared/cancellation/request-cancellation.ts';
import { deriveRequestId, type Instant, type ProviderRequestId } from '../../../shared/domain/ids.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { Problem, problemTypes } from '../../../shared/http/problem.ts';
import { guardedCall } from '../../../shared/net/guarded-call.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { providerNamed, providers } from '../../../shared/providers/registry.ts';
import type { HintMessage } from '../../../shared/queue/hints.ts';
import { credentialsReader } from '../../../shared/secrets/account-secrets.ts';
import { detailsStore } from '../../../shared/store/details.ts';
import { requestStore } from '../../../shared/store/requests.ts';
import { signLinkStore } from '../../../shared/store/sign-links.ts';
import { wishDetailsStore } from '../../../shared/store/wish-details.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { accountFunction, secretPrefix } from './account-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

const policy: Policy = {
  confirmationWindowMs: 3_600_000,
  recoveryMs: 60_000,
  callMs: 1_000,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
  deadlineMs: 86_400_000,
  followMs: 21_600_000,
};
const clock = { skipped: 0 };
const now = () => (Date.now() + clock.skipped) as Instant;
let server: TableServer;
let simulators: Simulators;

beforeAll(async () => {
  server = await startTableServer();
  simulators = await startSimulators({ port: 0 });
});
afterAll(async () => {
  await simulators.close();
  await server.close();
});

/** An account at Dropbox Sign, and the functions beside the one that replaces its credentials. */
const start = async (tenant: string, apiKey: string) => {
  const { accounts, call, stored } = accountFunction(server, tenant, { now });
  const rotateTo = async (api_key: string) => {
    const body = { provider: 'dropbox-sign', credentials: { api_key } };
    expect([200, 201]).toContain((await call('PUT /v1/accounts/{account_id}', 'main', body)).status);
  };
  await rotateTo(apiKey);
  const account = await stored('main');
  // One memory for all: the worst case.
  const readCredentials = credentialsReader(server.secretsManager, secretPrefix, now);
  await readCredentials(account);
  const hints: HintMessage[] = [];
  const ports = {
    requests: requestStore(server.dynamoDB, server.tableName, 400),
    wishDetails: wishDetailsStore(server.dynamoDB, server.tableName, 400),
    accounts,
    sendHint: async (_provider: string, hint: HintMessage) => {
      hints.push(hint);
    },
    telling: { isWanted: async () => false, sendHint: async () => undefined },
    details: detailsStore(server.dynamoDB, server.tableName),
    signLinks: signLinkStore(server.dynamoDB, server.tableName),
    // Nothing is created here.
    creations: { get: async () => null, remove: async () => undefined },
    guardedCall,
    oneAtATime: oneAtATime(),
    allowLoopback: false,
    publicBaseUrl: 'https://rescind.example',
    breaker: breaker({ accounts, policy, now }),
    permission: pacer({ accounts, now, dice: () => 0.5, sleep, workers: 5 }),
    policy,
    now,
    dice: () => 0.5,
    log: () => undefined,
    call: callProvider,
    callTimeoutMs: () => 1_000,
    providerNamed,
    connect: connections({ call: callProvider, environment: simulators.baseUrls, now }),
  };
  const cancel = async (id: string, asked: (hint: HintMessage) => Promise<void>) => {
    const { accountId, uid } = account;
    const wished = { accountId, uid, provider: providers['dropbox-sign'] };
    const wish = {
      scope: 'workflow',
      rules: { effect: 'voided', reasonRequired: false, reasonTravels: false },
      reason: null,
      remoteData: null,
      requestedBy: 'first',
    } as const;
    await requestCancellation(ports, account.tenant, wished, id as ProviderRequestId, wish);
    const hint = hints.pop();
    if (hint === undefined) throw new Error('no hint was sent');
    await asked(hint);
  };
  const dispatch = (hint: HintMessage) =>
    runHint(
      {
        ...ports,
        credentialsOf: async (of, fresh) => (await readCredentials(of, { fresh }))?.current ?? null,
      },
      hint,
      1,
    );
  return {
    rotateTo,
    cancel: (id: string) => cancel(id, dispatch),
    account: () => stored('main'),
    state: async (id: string) => {
      const requestId = deriveRequestId(account.tenant, account.uid, id as ProviderRequestId);
      return (await ports.requests.get(account.tenant, requestId))?.cancellation?.state;
    },
    /** @returns the status of the answer to an event about the request, signed with this key */
    deliver: async (id: string, type: string, key: string) => {
      const event_time = String(Math.floor(now() / 1_000));
      const event_hash = createHmac('sha256', key)
        .update(event_time + type)
        .digest('hex');
      const event = { event_type: type, event_time, event_hash };
      const answered = receiveWebhook(
        { ...ports, credentialsOf: readCredentials, verificationKey: async () => null },
        {
          operation: 'receiveWebhook',
          path: { token: account.webhookToken },
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify({ event, signature_request: { signature_request_id: id } })),
          query: new URLSearchParams(),
          requestId: 'test',
          remainingMs: () => 10_000,
          caller: null,
          log: ports.log,
        },
      );
      return answered.then(
        ({ status }) => status,
        (error: unknown) => {
          if (error instanceof Problem) return problemTypes[error.type].status;
          throw error;
        },
      );
    },
  };
};

const cancelled = 'signature_request_canceled';

describe('replaced credentials', () => {
  test('confirm what was cancelled with those before, whichever signs the event', async () => {
    const { rotateTo, cancel, deliver, state } = await start('in-flight', 'key-1');
    const control = simulators.control['dropbox-sign'];
    control.set({ cancel_delay_ms: 60_000 });
    const [first, second] = [control.seed({ key: 'key-1' }).id, control.seed({ key: 'key-1' }).id];
    await cancel(first);
    await cancel(second);
    await rotateTo('key-2');
    expect(await deliver(first, cancelled, 'key-1')).toBe(200);
    expect(await deliver(second, cancelled, 'key-2')).toBe(200);
    expect([await state(first), await state(second)]).toEqual(['confirmed', 'confirmed']);
  });

  test('verify for 72 hours, and not for longer', async () => {
    const { rotateTo, deliver } = await start('retiring', 'key-1');
    await rotateTo('key-2');
    try {
      clock.skipped = 72 * 3_600_000 - 60_000;
      expect(await deliver('some-id', cancelled, 'key-1')).toBe(200);
      clock.skipped = 72 * 3_600_000 + 60_000;
      expect(await deliver('some-id', cancelled, 'key-1')).toBe(401);
      expect(await deliver('some-id', cancelled, 'key-2')).toBe(200);
    } finally {
      clock.skipped = 0;
    }
  });

  test('serve a cancellation at once, though those before are remembered and refused by now', async () => {
    const { rotateTo, cancel, state, account } = await start('revoked', 'key-1-bad');
    const { id } = simulators.control['dropbox-sign'].seed({ key: 'key-2' });
    await rotateTo('key-2');
    await cancel(id);
    expect(await state(id)).toBe('submitted');
    expect((await account()).pauseReason).toBeNull();
  });
});
