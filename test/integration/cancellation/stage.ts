/**
 * The use-cases on a real DynamoDB-compatible server and simulated providers, with a queue and a clock that the test
 * holds in its hands: messages are delivered when it says so, and any of the parts may be made to crash.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { breaker } from '../../../functions/dispatch/breaker.ts';
import { oneAtATime } from '../../../functions/dispatch/one-at-a-time.ts';
import { pacer } from '../../../functions/dispatch/pacer.ts';
import { runHint } from '../../../functions/dispatch/run-hint.ts';
import { sweep } from '../../../functions/sweep/sweep.ts';
import { receiveWebhook } from '../../../functions/webhook/receive-webhook.ts';
import type { Telling } from '../../../shared/cancellation/apply.ts';
import {
  cancelKnown,
  requestCancellation,
  retryCancellation,
} from '../../../shared/cancellation/request-cancellation.ts';
import {
  type AccountId,
  type AccountUid,
  deriveCreatedId,
  deriveRequestId,
  type Instant,
  type ProviderRequestId,
  type RequestId,
  type Tenant,
  type WebhookToken,
} from '../../../shared/domain/ids.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { createRequestBody } from '../../../shared/http/contract/creation.ts';
import { Problem, problemTypes } from '../../../shared/http/problem.ts';
import { createRequest } from '../../../shared/lifecycle/create-request.ts';
import { eraseRequest } from '../../../shared/lifecycle/erase-request.ts';
import { importRequest } from '../../../shared/lifecycle/import-request.ts';
import { resolveCreation } from '../../../shared/lifecycle/resolve-creation.ts';
import { guardedCall } from '../../../shared/net/guarded-call.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { type ProviderName, providerNamed, providers } from '../../../shared/providers/registry.ts';
import type { HintMessage } from '../../../shared/queue/hints.ts';
import { accountStore } from '../../../shared/store/accounts.ts';
import { creationStore } from '../../../shared/store/creations.ts';
import { detailsStore } from '../../../shared/store/details.ts';
import { requestStore } from '../../../shared/store/requests.ts';
import { signLinkStore } from '../../../shared/store/sign-links.ts';
import { wishDetailsStore } from '../../../shared/store/wish-details.ts';
import { setCallbackUrl } from '../../simulators/dropbox-sign/set-callback-url.ts';
import { startSimulators } from '../../simulators/server.ts';
import { startTestDynamoDB, tableName } from '../support/dynamodb.ts';

export class Crash extends Error {
  override readonly name = 'Crash';
}

interface Message {
  readonly hint: HintMessage;
  readonly at: number;
  readonly receives: number;
}

export const policy: Policy = {
  confirmationWindowMs: 3_600_000,
  recoveryMs: 60_000,
  callMs: 1_000,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
  deadlineMs: 86_400_000,
  followMs: 21_600_000,
};

const nobody: Telling = { isWanted: async () => false, sendHint: async () => undefined };
const tenant = 'demo' as Tenant;
const key = `test-key-${randomBytes(8).toString('hex')}`;
const credentialsFor: Readonly<Record<ProviderName, Readonly<Record<string, string>>>> = {
  'dropbox-sign': { api_key: key },
  okdokument: { api_key: key },
  'box-sign': { access_token: key },
  ironclad: { access_token: key },
  truto: { api_token: key, integrated_account_id: '62f44730-dd91-461e-bd6a-aedd9e0ad79d' },
};

export const openStage = async () => {
  const dynamoDB = await startTestDynamoDB();
  const simulators = await startSimulators({ port: 0 });
  const requests = requestStore(dynamoDB.client, tableName, 400);
  const accounts = accountStore(dynamoDB.client, tableName);
  const wishDetails = wishDetailsStore(dynamoDB.client, tableName, 400);
  const details = detailsStore(dynamoDB.client, tableName);
  const signLinks = signLinkStore(dynamoDB.client, tableName);
  // Sealing has tests of its own.
  const creations = creationStore(dynamoDB.client, tableName, {
    seal: async (text) => text,
    open: async (text) => text,
  });

  /** One account of one provider, with its own queue, clock and crash. */
  const play = (
    providerName: ProviderName,
    given: Partial<Policy> = {},
    options: Readonly<Record<string, unknown>> = {},
  ) => {
    const credentials = credentialsFor[providerName];
    const uid = randomBytes(12).toString('hex') as AccountUid;
    const provider = providers[providerName];
    const account = {
      tenant,
      accountId: uid as string as AccountId,
      uid,
      provider: providerName,
      options,
      webhookToken: 'w'.repeat(32) as WebhookToken,
      pausedUntil: null as Instant | null,
      pauseReason: null,
      trips: 0,
      nextFree: {},
      deleting: false,
      createdAt: 0 as Instant,
      updatedAt: 0 as Instant,
    };
    const created = accounts.createAccount(account);
    const queue: Message[] = [];
    /** When each call to the provider was made. */
    const calls: number[] = [];
    let skipped = 0;
    const now = () => (Date.now() + skipped) as Instant;
    /** Counts the awaits of every part; at `at` the part dies, before or after the act. */
    const crash = { at: 0, when: 'before' as 'before' | 'after', count: 0 };
    const step = async <T>(act: () => Promise<T>): Promise<T> => {
      crash.count += 1;
      const dies = crash.count === crash.at;
      if (dies && crash.when === 'before') throw new Crash();
      const result = await act();
      if (dies) throw new Crash();
      return result;
    };
    /** Every method of a store is a place to die. */
    const stepping = <T extends object>(store: T): T =>
      new Proxy(store, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          return typeof method === 'function'
            ? (...parameters: unknown[]) => step(() => method.apply(target, parameters))
            : method;
        },
      });
    const ports = {
      requests: {
        ...requests,
        get: (...parameters: Parameters<typeof requests.get>) => step(() => requests.get(...parameters)),
        put: (...parameters: Parameters<typeof requests.put>) => step(() => requests.put(...parameters)),
        moveWake: (...parameters: Parameters<typeof requests.moveWake>) =>
          step(() => requests.moveWake(...parameters)),
        putAlias: (...parameters: Parameters<typeof requests.putAlias>) =>
          step(() => requests.putAlias(...parameters)),
        // Other plays share the table: their items are not swept here.
        due: async (...parameters: Parameters<typeof requests.due>) => {
          const page = await requests.due(...parameters);
          return { ...page, entries: page.entries.filter(({ id }) => mine.has(id)) };
        },
      },
      wishDetails,
      details: stepping(details),
      signLinks: stepping(signLinks),
      creations: stepping(creations),
      publicBaseUrl: 'http://127.0.0.1:1',
      guardedCall,
      oneAtATime: oneAtATime(),
      allowLoopback: true,
      telling: nobody,
      sendHint: (_provider: string, hint: HintMessage, delayMs: number) =>
        step(async () => {
          queue.push({ hint, at: now() + delayMs, receives: 1 });
        }),
      accounts: {
        ...accounts,
        findAccount: async (...parameters: Parameters<typeof accounts.findAccount>) => {
          await created;
          return accounts.findAccount(...parameters);
        },
        findAccountByToken: async () => account,
      },
      breaker: breaker({ accounts, policy: { ...policy, ...given }, now }),
      // Waiting is moving the clock on.
      permission: pacer({
        accounts,
        now,
        dice: () => 0.5,
        sleep: async (ms) => {
          skipped += ms;
        },
        workers: 5,
      }),
      credentialsOf: async () => credentials,
      policy: { ...policy, ...given },
      now,
      dice: () => 0.5,
      log: () => undefined,
      call: (...parameters: Parameters<typeof callProvider>) => {
        calls.push(now());
        return step(() => callProvider(...parameters));
      },
      callTimeoutMs: () => ({ ...policy, ...given }).callMs,
      providerNamed,
      connect: connections({ call: callProvider, environment: simulators.baseUrls, now }),
      remainingMs: () => 60_000,
    };

    const webhookPorts = {
      ...ports,
      credentialsOf: async () => ({ current: credentials, forVerification: [credentials] }),
      verificationKey: async () => null,
    };
    let providerRequestId = '' as ProviderRequestId;
    let createdId = '' as RequestId;
    /** All that this play has been about. */
    const mine = new Set<string>();
    const requestId = () => deriveRequestId(tenant, uid, providerRequestId);
    const rules = provider.scopes.workflow;
    if (rules === undefined) throw new Error('every provider cancels workflows');
    const dispatch = async ({ hint, receives }: Message): Promise<void> => {
      try {
        await runHint(ports, hint, receives);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        // As SQS does: the message is back after its visibility time-out, counted.
        queue.push({ hint, at: now() + 360_000, receives: receives + 1 });
      }
    };
    return {
      ports,
      account,
      queue,
      calls,
      crash,
      simulated: simulators.control[providerName],
      /** The request to cancel, as the simulator knows it. */
      about: (id: string) => {
        providerRequestId = id as ProviderRequestId;
        mine.add(requestId());
      },
      wish: () =>
        requestCancellation(
          ports,
          tenant,
          { accountId: account.accountId, uid, provider },
          providerRequestId,
          {
            scope: 'workflow',
            rules,
            reason: 'Superseded',
            remoteData: null,
            requestedBy: 'first',
          },
        ),
      /** What the client app wants created, under one idempotency key. */
      create: async (wanted: Readonly<Record<string, unknown>>, idempotencyKey = 'once') => {
        const body = createRequestBody.parse({ account_id: 'made-here', ...wanted });
        createdId = deriveCreatedId(tenant, `${uid}/${idempotencyKey}`);
        mine.add(createdId);
        const target = { accountId: account.accountId, uid, provider };
        return createRequest(ports, tenant, target, body, `${uid}/${idempotencyKey}`);
      },
      /** Takes over what was made elsewhere, by any name that its provider knows it by. */
      import: async (name: string) => {
        const target = { accountId: account.accountId, uid, provider };
        const request = await importRequest(ports, tenant, target, name as ProviderRequestId);
        mine.add(request.id);
        return request;
      },
      cancel: (known: SignatureRequest, reason = 'Superseded') =>
        cancelKnown(ports, known, provider, {
          scope: 'workflow',
          rules,
          reason,
          remoteData: null,
          requestedBy: 'first',
        }),
      read: (id: RequestId) => requests.get(tenant, id),
      readDetails: (id: RequestId) => details.get(tenant, id),
      /** A person says that it is this one. */
      resolve: (known: SignatureRequest, name: string) =>
        resolveCreation({ ...ports, requests }, known, provider, {
          decision: 'link',
          providerRequestId: name as ProviderRequestId,
        }),
      erase: (known: SignatureRequest) => eraseRequest({ requests }, known),
      storedCreation: () => requests.get(tenant, createdId),
      storedDetails: () => details.get(tenant, createdId),
      retry: async () => {
        const request = await requests.get(tenant, requestId());
        if (request === null) throw new Error('nothing to retry');
        return retryCancellation(ports, request, provider);
      },
      stored: () => requests.get(tenant, requestId()),
      storedAccount: () => accounts.findAccount(tenant, account.accountId),
      states: async () => {
        const all = await Promise.all([...mine].map((id) => requests.get(tenant, id as RequestId)));
        return all.map((request) => request?.cancellation?.state ?? null);
      },
      skip: (ms: number) => {
        skipped += ms;
      },
      now,
      /** Delivers every message whose time has come, all at once. */
      deliver: async () => {
        const due = queue.filter(({ at }) => at <= now());
        for (const message of due) queue.splice(queue.indexOf(message), 1);
        await Promise.all(due.map(dispatch));
        return due.length;
      },
      dispatch,
      sweep: () => sweep(ports),
      /** What a provider's callback meets. @returns the HTTP status */
      webhook: async (body: Buffer, headers: Readonly<Record<string, string>>): Promise<number> => {
        const request = {
          operation: 'receiveWebhook',
          path: { token: account.webhookToken },
          body,
          headers,
        } as const;
        try {
          return (
            await receiveWebhook(webhookPorts, {
              ...request,
              query: new URLSearchParams(),
              requestId: 'test',
              remainingMs: () => 10_000,
              caller: null,
              log: ports.log,
            })
          ).status;
        } catch (error) {
          if (error instanceof Problem) return problemTypes[error.type].status;
          if (error instanceof Crash) return 500;
          throw error;
        }
      },
    };
  };

  /** Lets the simulated Dropbox Sign call a play back, as it calls a deployed Rescind. */
  const callBack = async (webhook: ReturnType<typeof play>['webhook']) => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        webhook(Buffer.concat(chunks), headers).then(
          (status) => response.writeHead(status).end(status === 200 ? 'Hello API Event Received' : ''),
          () => response.writeHead(500).end(),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await setCallbackUrl(simulators, key, `http://127.0.0.1:${port}/`);
    return () => new Promise<void>((resolve) => server.close(() => resolve()));
  };

  return {
    play,
    callBack,
    close: async () => {
      await simulators.close();
      await dynamoDB.close();
    },
  };
};

export type Stage = Awaited<ReturnType<typeof openStage>>;
export type Play = ReturnType<Stage['play']>;
