/** A long reason and the client's remote data, apart from the hot item. Written once, before the wish that names it. */
import { randomBytes } from 'node:crypto';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { RequestId, Tenant } from '../domain/ids.ts';
import { requestKey } from './request-item.ts';
import { table } from './table.ts';

export interface WishDetails {
  readonly reason: string | null;
  readonly remoteData: Readonly<Record<string, unknown>> | null;
}

/** In bytes of UTF-8. A reason up to here stays in the hot item. */
const shortReason = 200;

/** What of the details goes into the hot item, and whether they must be kept apart. */
export const shorten = ({ reason, remoteData }: WishDetails) => {
  const long = reason !== null && Buffer.byteLength(reason) > shortReason;
  return { apart: long || remoteData !== null, reason: long ? `${reason.slice(0, 40)}…` : reason };
};

export const wishDetailsStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  /** Those of a wish that nobody takes up are removed again; if that fails, TTL takes them. */
  const put = async (tenant: Tenant, id: RequestId, details: WishDetails, now: number): Promise<string> => {
    const ref = randomBytes(9).toString('base64url');
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          ...requestKey(tenant, id, `wish#${ref}`),
          details: { S: JSON.stringify(details) },
          [table.ttl]: { N: String(Math.floor(now / 1000) + retentionDays * 86_400) },
        },
      }),
    );
    return ref;
  };

  /** @returns null when retention has taken them */
  const get = async (tenant: Tenant, id: RequestId, ref: string): Promise<WishDetails | null> => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: requestKey(tenant, id, `wish#${ref}`),
        ConsistentRead: true,
      }),
    );
    return Item?.details?.S === undefined ? null : stored.parse(JSON.parse(Item.details.S));
  };

  const remove = async (tenant: Tenant, id: RequestId, ref: string): Promise<void> => {
    const Key = requestKey(tenant, id, `wish#${ref}`);
    await client.send(new DeleteItemCommand({ TableName: tableName, Key }));
  };

  return { put, get, remove };
};

export type WishDetailsStore = ReturnType<typeof wishDetailsStore>;

const stored = z.object({
  reason: z.nullable(z.string()),
  remoteData: z.nullable(z.record(z.string(), z.unknown())),
});
