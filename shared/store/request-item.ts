/** A signature request as an item: one hot item under 1 KB, so that a transition costs one write unit. */
import * as z from 'zod/mini';
import type { AccountId, AccountUid, Instant, ProviderRequestId, RequestId, Tenant } from '../domain/ids.ts';
import {
  type CancellationState,
  cancellationErrorTypes,
  cancellationStates,
  effects,
  evidenceKinds,
  type HistoryEntry,
  historyTypes,
  isFinal,
  isOpen,
  isOpenCancellation,
  requestStatuses,
  type SignatureRequest,
  scopes,
} from '../domain/signature-request.ts';
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
    name: request.name,
    external: request.externalId,
    cancellation: request.cancellation === null ? null : { ...request.cancellation },
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
    providerRequestId: stored.prid as ProviderRequestId,
    status: stored.status,
    name: stored.name,
    externalId: stored.external,
    cancellation: stored.cancellation,
    existed: stored.existed,
    claim: stored.claim,
    hintedAt: stored.hinted,
    dueAt: stored.due,
    wakeAt: stored[table.due.sortKey],
    createdAt: stored.at,
    updatedAt: stored.updated,
    version: stored.v,
    history: decodeHistory(stored.history, stored.at),
  };
};

const shardOf = (request: SignatureRequest): string | null => {
  if (isOpenCancellation(request.cancellation)) {
    return openShards[Number.parseInt(request.id.slice(-1), 16) % openShards.length] ?? openShards[0];
  }
  return request.cancellation?.state === 'failed' ? failedShard : null;
};

const expiryOf = (request: SignatureRequest, retentionDays: number): number | null => {
  const state = request.cancellation?.state;
  const finished = state === undefined ? !isOpen(request.status) : isFinal(request.cancellation);
  return finished ? Math.floor(request.updatedAt / 1000) + retentionDays * 86_400 : null;
};

/** One string of tuples, times relative to the request's creation: a quarter of the size of maps. */
export const encodeHistory = (history: readonly HistoryEntry[], since: Instant): string =>
  JSON.stringify(
    history.map(({ version, at, type, from, to, evidence, count, lastAt }) => {
      const seen = evidence && [evidence.kind, evidence.status, evidence.at - since];
      const step = [version, at - since, type, initial(from), initial(to)];
      if (count > 1) return [...step, seen, count, lastAt - since];
      return seen === null ? step : [...step, seen];
    }),
  );

/** @throws SyntaxError or ZodError for what `encodeHistory` did not write. */
export const decodeHistory = (text: string, since: Instant): readonly HistoryEntry[] =>
  z
    .array(historyTuple)
    .parse(JSON.parse(text))
    .map(([version, at, type, from, to, seen = null, count = 1, lastAt = at]) => ({
      version,
      at: (since + at) as Instant,
      type,
      from: stateOf(from),
      to: stateOf(to),
      evidence: seen && { kind: seen[0], status: seen[1], at: (since + seen[2]) as Instant },
      count,
      lastAt: (since + lastAt) as Instant,
    }));

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
  missing: absent(z.enum(['cancel', 'read'])),
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
const storedRequest = z.object({
  key: z.object({ tenant: z.string(), id: z.string() }),
  [table.due.sortKey]: absent(instant),
  account: z.string(),
  uid: z.string(),
  provider: z.string(),
  prid: z.string(),
  status: z.enum(requestStatuses),
  name: absent(z.string()),
  external: absent(z.string()),
  cancellation: absent(cancellation),
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
