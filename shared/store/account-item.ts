/** The stored form of an account and of its webhook token. */
import * as z from 'zod/mini';
import type { AccountId, AccountUid, Instant, Tenant, WebhookToken } from '../domain/ids.ts';
import { type CancellationErrorType, cancellationErrorTypes } from '../domain/signature-request.ts';
import { type Item, toItem } from './attributes.ts';
import { table } from './table.ts';

export interface StoredAccount {
  readonly tenant: Tenant;
  readonly accountId: AccountId;
  readonly uid: AccountUid;
  readonly provider: string;
  /** By the provider's own schema. Not secret. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly webhookToken: WebhookToken;
  /** No calls before this time, and why. A pause that is over stays here until the next one. */
  readonly pausedUntil: Instant | null;
  readonly pauseReason: CancellationErrorType | null;
  /** How often in a row the breaker has opened; 0: it is closed. */
  readonly trips: number;
  /** By bucket: when the next call that nobody has reserved may be made. */
  readonly nextFree: Readonly<Record<string, Instant>>;
  /** Its deletion has begun: it is gone for everybody but the one who repeats the deletion. */
  readonly deleting: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Without the table's key. An account that is being deleted is in no list. */
export const accountItem = (account: StoredAccount): Item =>
  toItem({
    uid: account.uid,
    provider: account.provider,
    options: JSON.stringify(account.options),
    token: account.webhookToken,
    paused_until: account.pausedUntil,
    pause_reason: account.pauseReason,
    trips: account.trips === 0 ? null : account.trips,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
    ...(account.deleting
      ? { deleting: true }
      : {
          [table.byTenant.partitionKey]: `accounts#${account.tenant}`,
          [table.byTenant.sortKey]: account.accountId,
        }),
  });

const time = z.pipe(
  z.number(),
  z.transform((milliseconds) => milliseconds as Instant),
);
const stored = z.object({
  [table.sortKey]: z.string(),
  uid: z.string(),
  provider: z.string(),
  options: z.pipe(
    z.string(),
    z.transform((text): unknown => JSON.parse(text)),
  ),
  token: z.string(),
  paused_until: z.optional(time),
  pause_reason: z.optional(z.enum(cancellationErrorTypes)),
  trips: z.optional(z.number()),
  deleting: z.optional(z.boolean()),
  created_at: time,
  updated_at: time,
});
const optionsObject = z.record(z.string(), z.unknown());

/** @throws ZodError when the item is not one that `accountItem` made. */
export const parseAccount = (tenant: Tenant, item: Readonly<Record<string, unknown>>): StoredAccount => {
  const { [table.sortKey]: accountId, ...fields } = stored.parse(item);
  return {
    tenant,
    accountId: accountId as AccountId,
    uid: fields.uid as AccountUid,
    provider: fields.provider,
    options: optionsObject.parse(fields.options),
    webhookToken: fields.token as WebhookToken,
    pausedUntil: fields.paused_until ?? null,
    pauseReason: fields.pause_reason ?? null,
    trips: fields.trips ?? 0,
    nextFree: nextFreeIn(item),
    deleting: fields.deleting ?? false,
    createdAt: fields.created_at,
    updatedAt: fields.updated_at,
  };
};

/** Not written with the rest of the item: a replaced account starts its rate anew. */
export const nextFreeName = (bucket: string): string => `next_${bucket}`;

const nextFreeIn = (item: Readonly<Record<string, unknown>>): Readonly<Record<string, Instant>> =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) =>
      name.startsWith('next_') && typeof value === 'number'
        ? [[name.slice('next_'.length), value as Instant]]
        : [],
    ),
  );

const hook = z.object({ tenant: z.string(), account_id: z.string(), uid: z.string() });

export const parseHook = (item: Readonly<Record<string, unknown>>) => {
  const { tenant, account_id, uid } = hook.parse(item);
  return { tenant: tenant as Tenant, accountId: account_id as AccountId, uid: uid as AccountUid };
};
