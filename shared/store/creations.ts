/**
 * What is to be created, sealed: it may hold a signer's password or a link to a file. Named after its own content, so
 * that a repeated call writes the same thing and another wish under the same key writes another.
 */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RequestId, Tenant } from '../domain/ids.ts';
import type { NewRequest } from '../http/contract/creation.ts';
import { requestKey } from './request-item.ts';
import { table } from './table.ts';

/** `context` ties what is sealed to its place. */
export interface Sealer {
  seal(text: string, context: string): Promise<string>;
  open(sealed: string, context: string): Promise<string>;
}

/** Removed as soon as it is sent; this is for one that nobody ever decides about. */
const longestDays = 400;

export const creationStore = (client: DynamoDBClient, TableName: string, sealer: Sealer) => {
  const keyOf = (tenant: Tenant, id: RequestId, fingerprint: string) =>
    requestKey(tenant, id, `creation#${fingerprint}`);
  const contextOf = (tenant: Tenant, id: RequestId, fingerprint: string): string =>
    `${tenant}/${id}/${fingerprint}`;

  const put = async (
    tenant: Tenant,
    id: RequestId,
    fingerprint: string,
    wanted: NewRequest,
    now: number,
  ): Promise<void> => {
    const sealed = await sealer.seal(JSON.stringify(wanted), contextOf(tenant, id, fingerprint));
    await client.send(
      new PutItemCommand({
        TableName,
        Item: {
          ...keyOf(tenant, id, fingerprint),
          sealed: { S: sealed },
          [table.ttl]: { N: String(Math.floor(now / 1000) + longestDays * 86_400) },
        },
      }),
    );
  };

  /** @returns null when it is gone. */
  const get = async (tenant: Tenant, id: RequestId, fingerprint: string): Promise<NewRequest | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: keyOf(tenant, id, fingerprint), ConsistentRead: true }),
    );
    if (Item?.sealed?.S === undefined) return null;
    // Sealed by `put`, and nobody else can: it is what was parsed at the edge.
    const wanted: NewRequest = JSON.parse(
      await sealer.open(Item.sealed.S, contextOf(tenant, id, fingerprint)),
    );
    return wanted;
  };

  const remove = async (tenant: Tenant, id: RequestId, fingerprint: string): Promise<void> => {
    await client.send(new DeleteItemCommand({ TableName, Key: keyOf(tenant, id, fingerprint) }));
  };

  return { put, get, remove };
};

export type CreationStore = ReturnType<typeof creationStore>;
