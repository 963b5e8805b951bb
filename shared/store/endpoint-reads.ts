/** A tenant's webhook endpoints, for those who only ask who they are. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Tenant } from '../domain/ids.ts';
import type { Endpoint } from '../notify/endpoint.ts';
import { fromItem } from './attributes.ts';
import { endpointsKey, parseEndpoints } from './endpoint-item.ts';

export const endpointReads = (client: DynamoDBClient, TableName: string) => {
  const listEvenIfDeleting = async (tenant: Tenant): Promise<readonly Endpoint[]> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: endpointsKey(tenant), ConsistentRead: true }),
    );
    return Item === undefined ? [] : parseEndpoints(tenant, fromItem(Item));
  };

  /** By name, ascending. */
  const list = async (tenant: Tenant): Promise<readonly Endpoint[]> =>
    (await listEvenIfDeleting(tenant)).filter(({ deleting }) => !deleting);

  return { list, listEvenIfDeleting };
};
