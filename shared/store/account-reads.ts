/** One account in the table: its key, and how it is read. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { AccountId, Tenant } from '../domain/ids.ts';
import { parseAccount, type StoredAccount } from './account-item.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import { table } from './table.ts';

export const accountReads = (client: DynamoDBClient, TableName: string) => {
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

  return { get, findEvenIfDeleting, findAccount };
};

export const accountKey = (tenant: Tenant, accountId: AccountId): Item =>
  toItem({ [table.partitionKey]: `account#${tenant}`, [table.sortKey]: accountId });
export const accountKeyOf = ({ tenant, accountId }: Pick<StoredAccount, 'tenant' | 'accountId'>): Item =>
  accountKey(tenant, accountId);
