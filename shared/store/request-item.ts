/** A signature request as an item: one hot item under 1 KB, so that a transition costs one write unit. */
import * as z from 'zod/mini';
import type { SignerId } from '../domain/details.ts';
import { isFinished } from '../domain/finished.ts';
import type { AccountId, AccountUid, Instant, ProviderRequestId, RequestId, Tenant } from '../domain/ids.ts';
import {
  type CancellationState,
  cancellationErrorTypes,
  cancellationStates,
  effects,
  evidenceKinds,
  type HistoryEntry,
  historyTypes,
  type RequestStatus,
  requestStatuses,
  type SignatureRequest,
  scopes,
} from '../domain/signature-request.ts';
import { isWaiting, needsPerson } from '../domain/waiting.ts';
import { fromItem, type Item, type Stored, toItem } from './attributes.ts';
import { table } from './table.ts';

/** What the store adds to a request: where it lies and how long it is kept. */
export const requestKey = (tenant: Tenant, id: RequestId, part = 'hot') => ({
  [table.partitionKey]: { S: `r#${tenant}#${id}` },
  [table.sortKey]: { S: part },
});

/** Open work is spread over these, so that no index partition takes every write. */
export const openShards = ['open#0', 'open#1', 'open#2', 'open#3'] as const;
export const failedShard = 'failed';

/** The tenant and id in a key of the due index, or null if it is not a request's. */
export const requestOfKey = (item: Item): { readonly tenant: Tenant; readonly id: RequestId } | null => {
  const match = /^r#([^#]+)#(sr_[0-9a-f]{32})$/.exec(item[table.partitionKey]?.S ?? '');
  return match === null ? null : { tenant: match[1] as Tenant, id: match[2] as RequestId };
};

/** At the id that is derived from the provider's id of a request with another id: leads there. */
export const aliasItem = (tenant: Tenant, at: RequestId, to: RequestId, ttl: number | null = null): Item => ({
  ...requestKey(tenant, at),
  ...toItem({ alias: to, [table.ttl]: ttl }),
});
export const aliasIn = (item: Item): RequestId | null =>
  item.alias?.S === undefined ? null : (item.alias.S as RequestId);

/** @param history the newest entries only; the older ones lie apart. */
export const toRequestItem = (
  request: SignatureRequest,
  history: readonly HistoryEntry[],
  retentionDays: number,
): Item => ({
  ...requestKey(request.tenant, request.id),
  ...toItem({
    [table.byTenant.partitionKey]: request.tenant,
    [table.byTenant.sortKey]: `${new Date(request.createdAt).toISOString()}#${request.id}`,
    [table.due.partitionKey]: shardOf(request),
    [table.due.sortKey]: request.wakeAt,
    [table.ttl]: expiryOf(request, retentionDays),
    account: request.accountId,
    uid: request.accountUid,
    provider: request.provider,
    prid: request.providerRequestId,
    status: request.status,
    creation: request.creation === null ? null : { ...request.creation },
    cancellation: request.cancellation === null ? null : { ...request.cancellation },
    reminder: request.reminder === null ? null : { ...request.reminder },
    followed: request.followed ? true : null,
    details: request.detailsRevision === 0 ? null : request.detailsRevision,
    sign: request.signHandle,
    expires: request.expiresAt,
    read: request.readAt,
    unread: request.readError === null ? null : { ...request.readError },
    look: request.lookAt,
    again: request.looksAgain ? true : null,
    untold: request.untold,
    older: request.hasOlderHistory ? true : null,
    existed: request.existed ? true : null,
    claim: request.claim === null ? null : { ...request.claim },
    hinted: request.hintedAt,
    due: request.dueAt,
    at: request.createdAt,
    updated: request.updatedAt,
    v: request.version,
    history: encodeHistory(history, request.createdAt),
  } as Readonly<Record<string, Stored | undefined>>),
});

/** @throws ZodError for an item that this code did not write: better than deciding on half of one. */
export const fromRequestItem = (item: Item): SignatureRequest => {
  const { key, ...stored } = storedRequest.parse({ ...fromItem(item), key: requestOfKey(item) });
  return {
    tenant: key.tenant as Tenant,
    id: key.id as RequestId,
    accountId: stored.account as AccountId,
    accountUid: stored.uid as AccountUid,
    provider: stored.provider,
    providerRequestId: stored.prid as ProviderRequestId | null,
    status: stored.status,
    creation: stored.creation,
    cancellation: stored.cancellation,
    reminder: stored.reminder,
    followed: stored.followed,
    detailsRevision: stored.details,
    signHandle: stored.sign,
    expiresAt: stored.expires,
    readAt: stored.read,
    readError: stored.unread,
    lookAt: stored.look,
    looksAgain: stored.again,
    existed: stored.existed,
    claim: stored.claim,
    hintedAt: stored.hinted,
    dueAt: stored.due,
    wakeAt: stored[table.due.sortKey],
    createdAt: stored.at,
    updatedAt: stored.updated,
    untold: stored.untold,
    version: stored.v,
    hasOlderHistory: stored.older,
    history: decodeHistory(stored.history, stored.at),
  };
};

export const shardOf = (request: SignatureRequest): string | null => {
  if (isWaiting(request)) {
    return openShards[Number.parseInt(request.id.slice(-1), 16) % openShards.length] ?? openShards[0];
  }
  return needsPerson(request) ? failedShard : null;
};

/** In seconds since the epoch; null while it is not over. */
export const expiryOf = (request: SignatureRequest, retentionDays: number): number | null =>
  isFinished(request) ? Math.floor(request.updatedAt / 1000) + retentionDays * 86_400 : null;

/** One string of tuples, times relative to the request's creation: a quarter of the size of maps. */
export const encodeHistory = (history: readonly HistoryEntry[], since: Instant): string =>
  JSON.stringify(
    history.map(({ version, at, type, from, to, evidence, status, count, lastAt }) => {
      const seen = evidence && [evidence.kind, evidence.status, evidence.at - since];
      const step = [version, at - since, type, initial(from), initial(to)];
      if (status !== null) return [...step, seen, count, lastAt - since, status.from, status.to];
      if (count > 1) return [...step, seen, count, lastAt - since];
      return seen === null ? step : [...step, seen];
    }),
  );

/** @throws SyntaxError or ZodError for what `encodeHistory` did not write. */
export const decodeHistory = (text: string, since: Instant): readonly HistoryEntry[] =>
  z
    .array(historyTuple)
    .parse(JSON.parse(text))
    .map(([version, at, type, from, to, seen = null, count = 1, lastAt = at, before, after]) => ({
      version,
      at: (since + at) as Instant,
      type,
      from: stateOf(from),
      to: stateOf(to),
      evidence: seen && { kind: seen[0], status: seen[1], at: (since + seen[2]) as Instant },
      status: statusChange(before, after),
      count,
      lastAt: (since + lastAt) as Instant,
    }));

const statusChange = (from: RequestStatus | undefined, to: RequestStatus | undefined) =>
  from === undefined || to === undefined ? null : { from, to };

/** No two states begin with the same letter. */
const initial = (state: CancellationState | null): string => state?.slice(0, 1) ?? '';
const stateOf = (letter: string): CancellationState | null =>
  cancellationStates.find((state) => initial(state) === letter) ?? null;

const historyTuple = z.tuple([
  z.number(),
  z.number(),
  z.enum(historyTypes),
  z.string(),
  z.string(),
  z.optional(z.nullable(z.tuple([z.enum(evidenceKinds), z.string(), z.number()]))),
  z.optional(z.number()),
  z.optional(z.number()),
  z.optional(z.enum(requestStatuses)),
  z.optional(z.enum(requestStatuses)),
]);

const absent = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null as never);
const instant = z.pipe(
  z.number(),
  z.transform((value: number) => value as Instant),
);
const evidence = z.object({ kind: z.enum(evidenceKinds), status: z.string(), at: instant });
const error = z.pipe(
  z.object({
    type: z.enum(cancellationErrorTypes),
    detail: z.string(),
    providerStatus: z.optional(z.number()),
  }),
  z.transform(({ providerStatus, ...rest }) =>
    providerStatus === undefined ? rest : { ...rest, providerStatus },
  ),
);
const wish = {
  scope: z.enum(scopes),
  effect: z.enum(effects),
  reason: absent(z.string()),
  detailsRef: absent(z.string()),
  reasonDelivered: absent(z.boolean()),
  requestedBy: z.string(),
  requestedAt: instant,
  attempts: z.number(),
  firstAttemptAt: absent(instant),
  sent: z.enum(['no', 'maybe', 'yes']),
  submittedAt: absent(instant),
};
const pending = {
  inFlight: z.boolean(),
  failures: z.number(),
  resendAt: absent(instant),
  missing: absent(
    z.pipe(
      // `read` was written once, and decided nothing.
      z.enum(['cancel', 'read']),
      z.transform((call) => (call === 'cancel' ? call : null)),
    ),
  ),
  keptProof: absent(evidence),
  error: absent(error),
};
const cancellation = z.discriminatedUnion('state', [
  z.object({ ...wish, ...pending, state: z.literal('queued') }),
  z.object({ ...wish, ...pending, state: z.literal('submitted'), submittedAt: instant }),
  z.object({ ...wish, state: z.literal('confirmed'), evidence }),
  z.object({ ...wish, state: z.literal('rejected'), error }),
  z.object({ ...wish, state: z.literal('failed'), error }),
]);
const creating = { fingerprint: z.string(), attempts: z.number(), firstAttemptAt: absent(instant) };
const creation = z.discriminatedUnion('state', [
  z.object({
    ...creating,
    state: z.literal('queued'),
    sent: z.enum(['no', 'maybe']),
    inFlight: z.boolean(),
    lastAttemptAt: absent(instant),
    failures: z.number(),
    error: absent(error),
  }),
  z.object({ ...creating, state: z.literal('undecided'), error }),
  z.object({ ...creating, state: z.literal('failed'), error }),
  z.object({ ...creating, state: z.literal('sent') }),
]);
const signer = z.pipe(
  z.string(),
  z.transform((text) => text as SignerId),
);
const reminding = { signer: absent(signer), requestedAt: instant };
const reminder = z.discriminatedUnion('state', [
  z.object({ ...reminding, state: z.literal('queued'), inFlight: z.boolean() }),
  z.object({ ...reminding, state: z.literal('sent'), at: instant }),
  z.object({
    ...reminding,
    state: z.enum(['refused', 'unclear']),
    at: instant,
    error,
    retryAt: absent(instant),
  }),
]);
const storedRequest = z.object({
  key: z.object({ tenant: z.string(), id: z.string() }),
  [table.due.sortKey]: absent(instant),
  account: z.string(),
  uid: z.string(),
  provider: z.string(),
  prid: absent(z.string()),
  status: z.enum(requestStatuses),
  creation: absent(creation),
  cancellation: absent(cancellation),
  reminder: absent(reminder),
  followed: z._default(z.boolean(), false),
  details: z._default(z.number(), 0),
  sign: absent(z.string()),
  expires: absent(instant),
  read: absent(instant),
  unread: absent(error),
  look: absent(instant),
  again: z._default(z.boolean(), false),
  untold: absent(z.number()),
  older: z._default(z.boolean(), false),
  existed: z._default(z.boolean(), false),
  claim: absent(
    z.object({
      status: z.enum(['signed', 'declined', 'expired', 'cancelled', 'destroyed']),
      ref: absent(z.string()),
    }),
  ),
  hinted: absent(instant),
  due: absent(instant),
  at: instant,
  updated: instant,
  v: z.number(),
  history: z.string(),
});
