/** One signature request in DynamoDB: read, and written by one conditional write for each transition. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Instant, RequestId, Tenant } from '../domain/ids.ts';
import type { HistoryEntry, SignatureRequest } from '../domain/signature-request.ts';
import { type Item, itemSize } from './attributes.ts';
import { historyStore } from './history-item.ts';
import { aliasIn, aliasItem, expiryOf, fromRequestItem, requestKey, toRequestItem } from './request-item.ts';
import { partsOf } from './request-parts.ts';
import { table } from './table.ts';

/** The hot item holds at most so many entries, and fewer if long names leave less room. */
const hotHistory = 6;
const hotBytes = 1024;

export const requestImages = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const older = historyStore(client, tableName);

  /** Null when there is none, or when its retention has ended and TTL has not caught up. */
  const get = async (tenant: Tenant, id: RequestId, now = Date.now()): Promise<SignatureRequest | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: requestKey(tenant, id), ConsistentRead: true }),
    );
    if (Item === undefined || isExpired(Item, now)) return null;
    const alias = aliasIn(Item);
    // An alias leads to a request, never to another alias.
    return alias === null ? fromRequestItem(Item) : followAlias(tenant, alias, now);
  };

  const followAlias = async (
    tenant: Tenant,
    id: RequestId,
    now: number,
  ): Promise<SignatureRequest | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: requestKey(tenant, id), ConsistentRead: true }),
    );
    const absent = Item === undefined || isExpired(Item, now) || aliasIn(Item) !== null;
    return absent ? null : fromRequestItem(Item);
  };

  /**
   * Makes the id that is derived from a provider's id lead to the request with another id. Written before that request
   * is known to be there, so that no webhook finds nothing. Doing so again changes nothing.
   * @returns false when another request stands there already
   */
  const putAlias = async (tenant: Tenant, at: RequestId, to: RequestId): Promise<boolean> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: aliasItem(tenant, at, to),
          ConditionExpression: 'attribute_not_exists(#pk) OR #alias = :to',
          ExpressionAttributeNames: { '#pk': table.partitionKey, '#alias': 'alias' },
          ExpressionAttributeValues: { ':to': { S: to } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /** In place of an imported request that turns out to be another one. @returns false when it has changed meanwhile */
  const becomeAlias = async (request: SignatureRequest, of: RequestId): Promise<boolean> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: aliasItem(request.tenant, request.id, of),
          ...ifVersion(request.version),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /**
   * Writes the next image, if the stored one is still the version before it.
   * @returns false when another writer was first: read again and decide again
   */
  const put = async (next: SignatureRequest): Promise<boolean> => {
    const { hot, cold } = splitHistory(next, retentionDays);
    // The older entries first: between the two writes they stand in both places, and reading tells them by version.
    if (cold.length > 0) await older.add(next, cold);
    const image = { ...next, hasOlderHistory: next.hasOlderHistory || cold.length > 0 };
    const expiry = expiryOf(image, retentionDays);
    if (expiry !== null) await expireParts(image, expiry);
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: toRequestItem(image, hot, retentionDays),
          ...(next.version === 1 ? ifAbsent(next.updatedAt) : ifVersion(next.version - 1)),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /**
   * What lies apart goes with the request. Before the request itself: a crash in between leaves an end that is too early by
   * a whole retention, and is set anew with the next end. A lone cancellation has nothing apart, and costs nothing here.
   */
  const expireParts = async (request: SignatureRequest, expiry: number): Promise<void> => {
    await Promise.all(partsOf(request).map((Key) => expirePart(Key, expiry)));
  };

  const expirePart = async (Key: Item, expiry: number): Promise<void> => {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key,
          UpdateExpression: 'SET #ttl = :ttl',
          ConditionExpression: 'attribute_exists(#pk)',
          ExpressionAttributeNames: { '#ttl': table.ttl, '#pk': table.partitionKey },
          ExpressionAttributeValues: { ':ttl': { N: String(expiry) } },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  return { get, put, putAlias, becomeAlias };
};

const isExpired = (item: Item, now: number): boolean => {
  const ttl = item[table.ttl]?.N;
  return ttl !== undefined && Number(ttl) * 1000 < now;
};

const ifVersion = (version: number) => ({
  ConditionExpression: '#v = :v',
  ExpressionAttributeNames: { '#v': 'v' },
  ExpressionAttributeValues: { ':v': { N: String(version) } },
});

const ifAbsent = (now: Instant) => ({
  ConditionExpression: 'attribute_not_exists(#pk) OR #ttl < :now',
  ExpressionAttributeNames: { '#pk': table.partitionKey, '#ttl': table.ttl },
  ExpressionAttributeValues: { ':now': { N: String(Math.floor(now / 1000)) } },
});

const splitHistory = (
  request: SignatureRequest,
  retentionDays: number,
): { readonly hot: readonly HistoryEntry[]; readonly cold: readonly HistoryEntry[] } => {
  let kept = Math.min(hotHistory, request.history.length);
  while (
    kept > 1 &&
    itemSize(toRequestItem(request, request.history.slice(-kept), retentionDays)) > hotBytes
  ) {
    kept -= 1;
  }
  const moved = request.history.length - kept;
  return { hot: request.history.slice(moved), cold: request.history.slice(0, moved) };
};
