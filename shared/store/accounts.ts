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
import { accountItem, parseAccount, parseHook, type StoredAccount } from './account-item.ts';
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
