/** Accounts in the table, and the webhook tokens that lead to them. Credentials are not here: see shared/secrets. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AccountId, AccountUid, Instant, Tenant, WebhookToken } from '../domain/ids.ts';
import type { CancellationErrorType } from '../domain/signature-request.ts';
import { accountItem, nextFreeName, parseAccount, parseHook, type StoredAccount } from './account-item.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import { table } from './table.ts';

export type { StoredAccount } from './account-item.ts';

export const accountStore = (client: DynamoDBClient, TableName: string) => {
  const get = async (Key: Item): Promise<Record<string, unknown> | null> => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return Item === undefined ? null : fromItem(Item);
  };

  /** Also an account whose deletion has begun and not ended. */
  const findEvenIfDeleting = async (tenant: Tenant, accountId: AccountId): Promise<StoredAccount | null> => {
    const item = await get(accountKey(tenant, accountId));
    return item && parseAccount(tenant, item);
  };

  const findAccount = async (tenant: Tenant, accountId: AccountId): Promise<StoredAccount | null> => {
    const account = await findEvenIfDeleting(tenant, accountId);
    return account?.deleting === false ? account : null;
  };

  /** A hook counts only while the account has the uid that it was made for. */
  const findAccountByToken = async (token: WebhookToken): Promise<StoredAccount | null> => {
    const item = await get(hookKey(token));
    if (item === null) return null;
    const { tenant, accountId, uid } = parseHook(item);
    const account = await findAccount(tenant, accountId);
    return account?.uid === uid ? account : null;
  };

  const listAccounts = async (tenant: Tenant): Promise<readonly StoredAccount[]> => {
    const found: Promise<StoredAccount | null>[] = [];
    for await (const page of paginateQuery({ client }, listing(TableName, tenant))) {
      for (const item of page.Items ?? []) {
        found.push(findAccount(tenant, String(fromItem(item)[table.sortKey]) as AccountId));
      }
    }
    return (await Promise.all(found)).filter((account) => account !== null);
  };

  const putHook = async ({ webhookToken, tenant, accountId, uid }: StoredAccount): Promise<void> => {
    const Item = { ...hookKey(webhookToken), ...toItem({ tenant, account_id: accountId, uid }) };
    await client.send(new PutItemCommand({ TableName, Item }));
  };

  const deleteHook = async (token: WebhookToken): Promise<void> => {
    await client.send(new DeleteItemCommand({ TableName, Key: hookKey(token) }));
  };

  const put = (account: StoredAccount, condition: Condition): Promise<boolean> =>
    unlessRefused(
      client.send(
        new PutItemCommand({ TableName, Item: { ...keyOf(account), ...accountItem(account) }, ...condition }),
      ),
    );

  /** @returns false when there is one of this name already. */
  const createAccount = (account: StoredAccount): Promise<boolean> => put(account, isAbsent);

  /** @returns false when the account is no longer the one with this uid, or is being deleted. */
  const replaceAccount = (account: StoredAccount): Promise<boolean> => put(account, isAlive(account.uid));

  /** From here on nobody finds it but the one who repeats the deletion. @returns as `replaceAccount`. */
  const markDeleting = (account: StoredAccount): Promise<boolean> =>
    put({ ...account, deleting: true }, isAlive(account.uid));

  const deleteAccount = (account: StoredAccount): Promise<boolean> =>
    unlessRefused(
      client.send(new DeleteItemCommand({ TableName, Key: keyOf(account), ...hasUid(account.uid) })),
    );

  /** Sets the pause of an account unless it is paused for longer already, or is another one by now. */
  const pauseAccount = async (
    account: Pick<StoredAccount, 'tenant' | 'accountId' | 'uid'>,
    until: Instant,
    reason: CancellationErrorType,
  ): Promise<void> => {
    const update = pauseUpdate(account.uid, until, reason);
    await unlessRefused(client.send(new UpdateItemCommand({ TableName, Key: keyOf(account), ...update })));
  };

  /** Ends the pause that was seen. @returns false when it is another one by now. */
  const endPause = (account: StoredAccount): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'REMOVE paused_until, pause_reason',
      ...expecting(account.uid, account.pausedUntil, {}),
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'paused_until' },
    });

  /** Moves the next free slot of a bucket. @returns false when somebody else has moved it. */
  const reserveSlots = (account: StoredAccount, bucket: string, next: Instant): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'SET #next = :next',
      ...expecting(account.uid, account.nextFree[bucket] ?? null, { ':next': next }),
      ExpressionAttributeNames: {
        '#uid': 'uid',
        '#next': nextFreeName(bucket),
        '#seen': nextFreeName(bucket),
      },
    });

  /** Opens the breaker, or keeps it open after a failed probe. @returns false when somebody else was first. */
  const trip = (account: StoredAccount, until: Instant, reason: CancellationErrorType): Promise<boolean> => {
    const first = account.trips === 0;
    const { ConditionExpression, ExpressionAttributeValues } = expecting(
      account.uid,
      first ? null : account.trips,
      { ':trips': account.trips + 1, ':until': until },
    );
    // A longer pause, of the provider's own wish, stays. A failed probe replaces the time that it was given.
    const keeps = ' AND (attribute_not_exists(paused_until) OR paused_until < :until)';
    return update(account, {
      UpdateExpression: 'SET trips = :trips, paused_until = :until, pause_reason = :reason',
      ConditionExpression: first ? ConditionExpression + keeps : ConditionExpression,
      ExpressionAttributeValues,
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'trips' },
      reason,
    });
  };

  /** Of all workers that find the pause over, one calls; the others wait for what it learns. */
  const claimProbe = (account: StoredAccount, until: Instant): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'SET paused_until = :until',
      ...expecting(account.uid, account.pausedUntil, { ':until': until }),
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'paused_until' },
    });

  /** The provider answers again: closes the breaker. */
  const closeBreaker = (account: StoredAccount): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'REMOVE trips, paused_until, pause_reason',
      ...expecting(account.uid, account.trips, {}),
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'trips' },
    });

  const update = (account: StoredAccount, { reason, ...expressions }: Update): Promise<boolean> =>
    unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf(account),
          ...expressions,
          ExpressionAttributeValues: {
            ...expressions.ExpressionAttributeValues,
            ...(reason === undefined ? {} : { ':reason': { S: reason } }),
          },
        }),
      ),
    );

  return {
    findAccount,
    findEvenIfDeleting,
    findAccountByToken,
    listAccounts,
    putHook,
    deleteHook,
    createAccount,
    replaceAccount,
    markDeleting,
    deleteAccount,
    pauseAccount,
    endPause,
    reserveSlots,
    trip,
    claimProbe,
    closeBreaker,
  };
};
export type AccountStore = ReturnType<typeof accountStore>;

const accountKey = (tenant: Tenant, accountId: AccountId): Item =>
  toItem({ [table.partitionKey]: `account#${tenant}`, [table.sortKey]: accountId });
const keyOf = ({ tenant, accountId }: Pick<StoredAccount, 'tenant' | 'accountId'>): Item =>
  accountKey(tenant, accountId);
const hookKey = (token: WebhookToken): Item =>
  toItem({ [table.partitionKey]: `hook#${token}`, [table.sortKey]: 'hook' });

interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Item;
}

const isAbsent: Condition = {
  ConditionExpression: 'attribute_not_exists(#key)',
  ExpressionAttributeNames: { '#key': table.partitionKey },
};
const hasUid = (uid: AccountUid): Condition => ({
  ConditionExpression: '#uid = :uid',
  ExpressionAttributeNames: { '#uid': 'uid' },
  ExpressionAttributeValues: { ':uid': { S: uid } },
});
const isAlive = (uid: AccountUid): Condition => ({
  ...hasUid(uid),
  ConditionExpression: '#uid = :uid AND attribute_not_exists(deleting)',
});

interface Update {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Item;
  readonly reason?: CancellationErrorType;
}

/** The condition that an attribute (named `#seen`) is still what was read: a number, or absent. */
const expecting = (uid: AccountUid, seen: number | null, values: Readonly<Record<string, number>>) => ({
  ConditionExpression: `#uid = :uid AND ${seen === null ? 'attribute_not_exists(#seen)' : '#seen = :seen'}`,
  ExpressionAttributeValues: {
    ':uid': { S: uid },
    ...(seen === null ? {} : { ':seen': { N: String(seen) } }),
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { N: String(value) }])),
  },
});

const pauseUpdate = (uid: AccountUid, until: Instant, reason: CancellationErrorType) => ({
  UpdateExpression: 'SET paused_until = :until, pause_reason = :reason',
  ConditionExpression: '#uid = :uid AND (attribute_not_exists(paused_until) OR paused_until < :until)',
  ExpressionAttributeNames: { '#uid': 'uid' },
  ExpressionAttributeValues: { ':uid': { S: uid }, ':until': { N: String(until) }, ':reason': { S: reason } },
});

const listing = (TableName: string, tenant: Tenant) => ({
  TableName,
  IndexName: table.byTenant.index,
  KeyConditionExpression: '#list = :list',
  ExpressionAttributeNames: { '#list': table.byTenant.partitionKey },
  ExpressionAttributeValues: { ':list': { S: `accounts#${tenant}` } },
});

const unlessRefused = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
