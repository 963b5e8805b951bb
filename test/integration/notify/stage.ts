/**
 * From a transition to a client's server: real table, secrets, use-cases and accounts function; a queue that the test
 * holds in its hands, with five workers as the deployment has, and a clock that it moves (`Date` alone is faked).
 */
import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';
import { openLanes } from '../../../functions/notify/lanes.ts';
import { runNotice } from '../../../functions/notify/run-notice.ts';
import { sweepDeliveries } from '../../../functions/sweep/sweep-deliveries.ts';
import type { AwsCall, AwsWatcher } from '../../../infra/local/aws-calls.ts';
import { apply, type Ports } from '../../../shared/cancellation/apply.ts';
import { requestCancellation } from '../../../shared/cancellation/request-cancellation.ts';
import type {
  AccountId,
  AccountUid,
  Instant,
  ProviderRequestId,
  Tenant,
} from '../../../shared/domain/ids.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { type GuardedCall, guardedCall } from '../../../shared/net/guarded-call.ts';
import type { EventPolicy } from '../../../shared/notify/schedule.ts';
import { subscriptions } from '../../../shared/notify/subscriptions.ts';
import { providers } from '../../../shared/providers/registry.ts';
import type { Notice } from '../../../shared/queue/notices.ts';
import { signingSecretsReader } from '../../../shared/secrets/endpoint-secrets.ts';
import { deliveryStore } from '../../../shared/store/deliveries.ts';
import { detailsStore } from '../../../shared/store/details.ts';
import { dueDeliveryStore } from '../../../shared/store/due-deliveries.ts';
import { endpointStore } from '../../../shared/store/endpoints.ts';
import { replayStore } from '../../../shared/store/replays.ts';
import { requestStore } from '../../../shared/store/requests.ts';
import { wishDetailsStore } from '../../../shared/store/wish-details.ts';
import { accountFunction, endpointSecretPrefix } from '../edge/account-function.ts';
import { startTableServer } from '../edge/table-server.ts';

interface Message {
  readonly notice: Notice;
  readonly at: number;
}

export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;

/** The defaults of the settings: the retries of the Standard Webhooks specification. */
const defaultPolicy: EventPolicy = {
  retryMs: [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].map((seconds) => seconds * 1000),
  disableAfterMs: hours(120),
  recoveryMs: 60_000,
  allowLoopback: true,
};
const cancelPolicy = {
  confirmationWindowMs: 3_600_000,
  recoveryMs: 60_000,
  callMs: 1_000,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
  deadlineMs: 86_400_000,
  followMs: 21_600_000,
};

/** As in the template: messages in one invocation, and invocations at the same time. */
const batchSize = 10;
const workerCount = 5;
const visibilityMs = 360_000;
const sweepMs = 60_000;

interface Given {
  readonly policy?: Partial<EventPolicy>;
  readonly call?: GuardedCall;
  /** What is left to an invocation. */
  readonly remainingMs?: () => number;
  readonly after?: NonNullable<AwsWatcher['after']>;
}

export const openStage = async (given: Given = {}) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const now = () => Date.now() as Instant;
  /** Called before each call to a service: what it throws makes the call fail. */
  const hooks = { before: (_call: AwsCall): void | Promise<void> => undefined };
  const server = await startTableServer((call) => hooks.before(call), given.after);
  const tenant = 'demo' as Tenant;
  const logged: { readonly level: string; readonly event: string; readonly fields: object }[] = [];
  const log = (level: string, event: string, fields: object = {}) => {
    logged.push({ level, event, fields });
  };

  const queue: Message[] = [];
  const sendNotice = async (notice: Notice, delayMs: number): Promise<void> => {
    queue.push({ notice, at: now() + Math.ceil(delayMs / 1000) * 1000 });
  };
  const { dynamoDB, tableName } = server;
  const requests = requestStore(dynamoDB, tableName, 400);
  const endpoints = endpointStore(dynamoDB, tableName);
  const policy = { ...defaultPolicy, ...given.policy };
  const notifyPorts = {
    requests,
    endpoints,
    deliveries: deliveryStore(dynamoDB, tableName, 30),
    details: detailsStore(dynamoDB, tableName),
    replays: replayStore(dynamoDB, tableName),
    signingSecretsOf: signingSecretsReader(server.secretsManager, endpointSecretPrefix, now),
    call: given.call ?? guardedCall,
    sendNotice,
    policy,
    now,
    dice: Math.random,
    remainingMs: given.remainingMs ?? (() => 60_000),
    log,
  };
  const workers = Array.from({ length: workerCount }, () => ({ ...notifyPorts, lanes: openLanes() }));

  const invoke = async (worker: (typeof workers)[number], batch: readonly Message[]): Promise<void> => {
    await Promise.all(
      batch.map(async (message) => {
        try {
          await runNotice(worker, message.notice);
        } catch {
          queue.push({ ...message, at: now() + visibilityMs });
        }
      }),
    );
  };

  /** Delivers all messages whose time has come, and what they lead to at once. */
  const settle = async (): Promise<void> => {
    for (;;) {
      const due = queue.filter(({ at }) => at <= now()).slice(0, batchSize * workerCount);
      if (due.length === 0) return;
      for (const message of due) queue.splice(queue.indexOf(message), 1);
      const share = Math.ceil(due.length / workerCount);
      await Promise.all(
        workers.map((worker, index) => invoke(worker, due.slice(index * share, (index + 1) * share))),
      );
    }
  };

  const sweep = () =>
    sweepDeliveries({
      dueDeliveries: dueDeliveryStore(dynamoDB, tableName),
      sendNotice,
      recoveryMs: policy.recoveryMs,
      now,
      remainingMs: () => 60_000,
      log,
    });

  /** Lets so much time pass, with whatever becomes due in it. */
  const pass = async (ms: number): Promise<void> => {
    const end = now() + ms;
    for (;;) {
      await settle();
      const wakes = (await server.items()).flatMap(({ shard, wake }) =>
        shard === 'deliveries' ? [Math.ceil(Number(wake) / sweepMs) * sweepMs] : [],
      );
      const next = Math.min(...queue.map(({ at }) => at), ...wakes);
      if (next > end) break;
      vi.setSystemTime(Math.max(next, now()));
      if (wakes.includes(next)) await sweep();
    }
    vi.setSystemTime(end);
  };

  const cancelPorts: Ports & { wishDetails: ReturnType<typeof wishDetailsStore> } = {
    requests,
    wishDetails: wishDetailsStore(dynamoDB, tableName, 400),
    sendHint: async () => undefined,
    telling: {
      // Asks anew each time: what is remembered has a test of its own.
      isWanted: (...question) => subscriptions({ endpoints, now })(...question),
      sendHint: (owner, id) => sendNotice({ kind: 'tell', tenant: owner, id }, 0),
    },
    policy: cancelPolicy,
    now,
    dice: Math.random,
    log,
  };
  const account = {
    accountId: 'box' as AccountId,
    uid: 'a'.repeat(24) as AccountUid,
    provider: providers['box-sign'],
  };
  const wish = {
    scope: 'workflow',
    rules: { effect: 'voided', reasonRequired: false, reasonTravels: false },
    reason: 'a secret reason',
    remoteData: null,
    requestedBy: 'first',
  } as const;

  /** A wish to cancel: one event, `cancellation.queued`. */
  const cancel = async (owner = tenant): Promise<SignatureRequest> => {
    const provided = randomBytes(16).toString('hex') as ProviderRequestId;
    return (await requestCancellation(cancelPorts, owner, account, provided, wish)).request;
  };
  /** Its proof: `cancellation.confirmed` and `signature_request.cancelled`. */
  const confirm = async (request: SignatureRequest): Promise<SignatureRequest> => {
    const requestedAt = request.cancellation?.requestedAt ?? now();
    const answer = { kind: 'confirmed', status: 'cancelled' } as const;
    const event = { type: 'cancel_answered', wish: requestedAt, answer } as const;
    return (await apply(cancelPorts, request, account.provider.proof, event)).request;
  };

  const api = (owner: string = tenant) =>
    accountFunction(server, owner, { now, sendNotice, allowLoopback: policy.allowLoopback });
  const route = '/v1/webhook_endpoints';

  return {
    server,
    tenant,
    hooks,
    logged,
    queue,
    requests,
    endpoints,
    now,
    settle,
    sweep,
    pass,
    cancel,
    confirm,
    cancelPorts,
    proof: account.provider.proof,
    api,
    /** @returns the answer to its PUT */
    async put(id: string, body: object) {
      const { status, body: answer } = await api().call(`PUT ${route}/{endpoint_id}`, id, body);
      return { status, ...answer };
    },
    get: async (id: string) => (await api().call(`GET ${route}/{endpoint_id}`, id)).body,
    rotate: async (id: string) =>
      (await api().call(`POST ${route}/{endpoint_id}/rotate-secret`, id, {})).body,
    replay: (id: string, body: object) => api().call(`POST ${route}/{endpoint_id}/replay`, id, body),
    deliveries: async (id: string, query = 'limit=100') =>
      (await api().call(`GET ${route}/{endpoint_id}/deliveries`, id, undefined, query)).body,
    close: async () => {
      vi.useRealTimers();
      await server.close();
    },
  };
};
export type Stage = Awaited<ReturnType<typeof openStage>>;
