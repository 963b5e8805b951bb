/** Accounts in the table, and the webhook tokens that lead to them. Credentials are not here: see shared/secrets. */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import type { AccountId, AccountUid, Tenant, WebhookToken } from '../domain/ids.ts';
import { accountItem, parseHook, type StoredAccount } from './account-item.ts';
import { accountPauses } from './account-pauses.ts';
import { accountKeyOf, accountReads } from './account-reads.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import { table } from './table.ts';
import { unlessRefused } from './unless-refused.ts';

export type { StoredAccount } from './account-item.ts';

export const accountStore = (client: DynamoDBClient, TableName: string) => {
  const { get, findEvenIfDeleting, findAccount } = accountReads(client, TableName);

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
        new PutItemCommand({
          TableName,
          Item: { ...accountKeyOf(account), ...accountItem(account) },
          ...condition,
        }),
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
      client.send(new DeleteItemCommand({ TableName, Key: accountKeyOf(account), ...hasUid(account.uid) })),
    );

  return {
    ...accountPauses(client, TableName),
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
  };
};
export type AccountStore = ReturnType<typeof accountStore>;

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

const listing = (TableName: string, tenant: Tenant) => ({
  TableName,
  IndexName: table.byTenant.index,
  KeyConditionExpression: '#list = :list',
  ExpressionAttributeNames: { '#list': table.byTenant.partitionKey },
  ExpressionAttributeValues: { ':list': { S: `accounts#${tenant}` } },
});
