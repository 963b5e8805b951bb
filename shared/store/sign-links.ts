/** Leads from the public half of a sign link to its request, without an index. */
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { RequestId, Tenant } from '../domain/ids.ts';
import { toItem } from './attributes.ts';
import { table } from './table.ts';

export const signLinkStore = (client: DynamoDBClient, TableName: string) => {
  const put = async (handle: string, tenant: Tenant, id: RequestId): Promise<void> => {
    await client.send(
      new PutItemCommand({ TableName, Item: { ...signLinkKey(handle), ...toItem({ tenant, id }) } }),
    );
  };

  const find = async (
    handle: string,
  ): Promise<{ readonly tenant: Tenant; readonly id: RequestId } | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: signLinkKey(handle), ConsistentRead: true }),
    );
    const tenant = Item?.tenant?.S;
    const id = Item?.id?.S;
    return tenant === undefined || id === undefined
      ? null
      : { tenant: tenant as Tenant, id: id as RequestId };
  };

  return { put, find };
};

export type SignLinkStore = ReturnType<typeof signLinkStore>;

export const signLinkKey = (handle: string) =>
  toItem({ [table.partitionKey]: `sign#${handle}`, [table.sortKey]: 'sign' });
