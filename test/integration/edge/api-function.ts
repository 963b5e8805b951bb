/**
 * The api function on real wire servers, every call with a key authenticated as one tenant's. The clock is the test's;
 * what dispatch would do is done by the test, to the stored request.
 */
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { apiOperations } from '../../../functions/api/operations.ts';
import type { SeenDetails } from '../../../shared/domain/details.ts';
import type {
  AccountId,
  AccountUid,
  Instant,
  RequestId,
  Tenant,
  WebhookToken,
} from '../../../shared/domain/ids.ts';
import type { Cancellation, SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { serve } from '../../../shared/http/serve.ts';
import { logWith } from '../../../shared/log.ts';
import { policyOf } from '../../../shared/policy.ts';
import { sealer } from '../../../shared/secrets/sealing.ts';
import { accountStore } from '../../../shared/store/accounts.ts';
import { creationStore } from '../../../shared/store/creations.ts';
import { detailsStore } from '../../../shared/store/details.ts';
import { requestStore } from '../../../shared/store/requests.ts';
import { signLinkStore } from '../../../shared/store/sign-links.ts';
import { wishDetailsStore } from '../../../shared/store/wish-details.ts';
import { context, gatewayEvent } from '../../unit/http/examples.ts';
import type { TableServer } from './table-server.ts';

export const publicBaseUrl = 'https://api.example.com';
const sealingKey = 'Test/sealing-key';

/** Once for each server, before a request is created. */
export const putSealingKey = async ({ secretsManager }: TableServer): Promise<void> => {
  await secretsManager.send(new CreateSecretCommand({ Name: sealingKey, SecretString: 'k'.repeat(64) }));
};

/** @param name of the tenant: tests that share a server do not see each other's requests */
export const apiFunction = (server: TableServer, name: string) => {
  const tenant = name as Tenant;
  const { dynamoDB, tableName } = server;
  const clock = { now: Date.parse('2026-11-21T10:00:00Z') as Instant };
  const hints: string[] = [];
  const lines: string[] = [];
  /** What happens while the function waits. */
  const meanwhile = { do: async (): Promise<void> => undefined };
  const requests = requestStore(dynamoDB, tableName, 400);
  const details = detailsStore(dynamoDB, tableName);
  const accounts = accountStore(dynamoDB, tableName);
  const operations = apiOperations({
    requests,
    details,
    accounts,
    publicBaseUrl,
    wishDetails: wishDetailsStore(dynamoDB, tableName, 400),
    signLinks: signLinkStore(dynamoDB, tableName),
    creations: creationStore(dynamoDB, tableName, sealer(server.secretsManager, sealingKey)),
    sendHint: async (_provider, { cause }) => {
      hints.push(cause);
    },
    telling: { isWanted: async () => false, sendHint: async () => undefined },
    policy: policyOf({}),
    now: () => clock.now,
    dice: () => 0.5,
    sleep: async (milliseconds) => {
      clock.now = (clock.now + milliseconds) as Instant;
      await meanwhile.do();
    },
  });
  const handler = serve('api', operations, {
    log: logWith({}, (line) => lines.push(line)),
    authenticate: async () => ({ tenant, keyName: 'first' }),
  });

  type Parts = Parameters<typeof gatewayEvent>[2];
  /** @param routeKey `POST /v1/signature_requests/{id}/remind` */
  const ask = (routeKey: string, parts: Parts = {}, remainingMs?: number) =>
    handler(gatewayEvent(routeKey, '/', parts), context(remainingMs));
  const call = async (routeKey: string, parts: Parts = {}, remainingMs?: number) => {
    const { statusCode, headers = {}, body } = await ask(routeKey, parts, remainingMs);
    return { status: statusCode, headers, body: JSON.parse(body ?? 'null') };
  };
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    call(`POST /v1/${path}`, { body: JSON.stringify(body), headers });

  const stored = async (id: string): Promise<SignatureRequest> => {
    const request = await requests.get(tenant, id as RequestId, clock.now);
    if (request === null) throw new Error('not stored');
    return request;
  };
  /** What dispatch would write. */
  const change = async (id: string, by: (request: SignatureRequest) => Partial<SignatureRequest>) => {
    const request = await stored(id);
    const next = { ...request, dueAt: null, wakeAt: null, ...by(request), version: request.version + 1 };
    if (!(await requests.put(next))) throw new Error('lost a race');
  };
  const learn = async (id: string, seen: SeenDetails): Promise<void> => {
    const detailsRevision = (await details.merge(tenant, id as RequestId, seen, false)) ?? 0;
    await change(id, () => ({ detailsRevision }));
  };

  const makeAccount = async (accountId = 'main', provider = 'dropbox-sign', options = {}): Promise<void> => {
    await accounts.createAccount({
      tenant,
      accountId: accountId as AccountId,
      uid: `uid-${accountId}` as AccountUid,
      provider,
      options,
      webhookToken: 'token' as WebhookToken,
      pausedUntil: null,
      pauseReason: null,
      trips: 0,
      nextFree: {},
      deleting: false,
      createdAt: clock.now,
      updatedAt: clock.now,
    });
  };

  return {
    tenant,
    clock,
    hints,
    lines,
    meanwhile,
    requests,
    ask,
    call,
    post,
    stored,
    change,
    learn,
    makeAccount,
  };
};

/** Changes of the stored request, as dispatch would make them. */
export const becomes = {
  sent:
    (providerRequestId: string, status: SignatureRequest['status'] = 'sent') =>
    ({ creation }: SignatureRequest): Partial<SignatureRequest> => {
      if (creation === null) throw new Error('it was made elsewhere');
      const { fingerprint, attempts, firstAttemptAt } = creation;
      return {
        status,
        providerRequestId: providerRequestId as NonNullable<SignatureRequest['providerRequestId']>,
        creation: { fingerprint, attempts: attempts + 1, firstAttemptAt, state: 'sent' },
      };
    },
  creation:
    (state: 'undecided' | 'failed') =>
    ({ creation }: SignatureRequest): Partial<SignatureRequest> => {
      if (creation === null) throw new Error('it was made elsewhere');
      const { fingerprint, attempts, firstAttemptAt } = creation;
      const error = { type: 'outcome-unknown', detail: 'The connection broke.' } as const;
      return {
        creation: { fingerprint, attempts: attempts + 1, firstAttemptAt, state, error },
        ...(state === 'failed' && { status: 'error_sending' }),
      };
    },
  cancellation:
    (state: 'confirmed' | 'rejected' | 'failed') =>
    ({ cancellation: wish, updatedAt }: SignatureRequest): Partial<SignatureRequest> => {
      if (wish?.state !== 'queued') throw new Error('not queued');
      const { state: _state, error: _error, ...asked } = wish;
      const error = { type: 'deadline-exceeded', detail: 'No proof.' } as const;
      const evidence = { kind: 'webhook', status: 'cancelled', at: updatedAt } as const;
      const cancellation: Cancellation =
        state === 'confirmed' ? { ...asked, state, evidence } : { ...asked, state, error };
      return { cancellation, ...(state === 'confirmed' && { status: 'cancelled' }) };
    },
};

export const byId = (id: string) => ({ path: { id } });
