/** Signature requests in DynamoDB: single-item conditional writes, GetItem and Query, nothing else. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AccountUid, Instant, RequestId, Tenant } from '../domain/ids.ts';
import { type HistoryEntry, isOpenCancellation, type SignatureRequest } from '../domain/signature-request.ts';
import { type Item, itemSize } from './attributes.ts';
import { historyStore } from './history-item.ts';
import {
  failedShard,
  fromRequestItem,
  openShards,
  requestKey,
  requestOfKey,
  toRequestItem,
} from './request-item.ts';
import { table } from './table.ts';

/** A place in a tenant's list: creation time and id. Newest first. */
export interface ListEntry {
  readonly id: RequestId;
  readonly position: string;
}

export interface DueEntry {
  readonly tenant: Tenant;
  readonly id: RequestId;
}

/** The hot item holds at most so many entries, and fewer if long names leave less room. */
const hotHistory = 6;
const hotBytes = 1024;

export const requestStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const older = historyStore(client, tableName);

  /** Null when there is none, or when its retention has ended and TTL has not caught up. */
  const get = async (tenant: Tenant, id: RequestId, now = Date.now()): Promise<SignatureRequest | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: requestKey(tenant, id), ConsistentRead: true }),
    );
    return Item === undefined || isExpired(Item, now) ? null : fromRequestItem(Item);
  };

  /**
   * Writes the next image, if the stored one is still the version before it.
   * @returns false when another writer was first: read again and decide again
   */
  const put = async (next: SignatureRequest): Promise<boolean> => {
    const { hot, cold } = splitHistory(next, retentionDays);
    // The older entries first: between the two writes they stand in both places, and reading tells them by version.
    if (cold.length > 0) await older.add(next, cold);
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: toRequestItem(next, hot, retentionDays),
          ...(next.version === 1 ? ifAbsent(next.updatedAt) : ifVersion(next.version - 1)),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /** Moves the wake time alone; an unrelated transition in between leaves it, which only wakes the item early. */
  const moveWake = async (request: SignatureRequest, wakeAt: Instant): Promise<boolean> => {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: requestKey(request.tenant, request.id),
          UpdateExpression: 'SET #wake = :wake',
          ConditionExpression: '#v = :v',
          ExpressionAttributeNames: { '#wake': table.due.sortKey, '#v': 'v' },
          ExpressionAttributeValues: { ':wake': { N: String(wakeAt) }, ':v': { N: String(request.version) } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /** @param before a position of an earlier page, exclusive; null for the newest */
  const list = async (
    tenant: Tenant,
    { limit, before }: { readonly limit: number; readonly before: string | null },
  ): Promise<{ readonly ids: readonly ListEntry[]; readonly next: string | null }> => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: table.byTenant.index,
        KeyConditionExpression: before === null ? '#list = :list' : '#list = :list AND #created < :before',
        ExpressionAttributeNames: {
          '#list': table.byTenant.partitionKey,
          ...(before === null ? {} : { '#created': table.byTenant.sortKey }),
        },
        ExpressionAttributeValues: {
          ':list': { S: tenant },
          ...(before === null ? {} : { ':before': { S: before } }),
        },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    const ids = Items.flatMap((item) => {
      const key = requestOfKey(item);
      const position = item[table.byTenant.sortKey]?.S;
      return key === null || position === undefined ? [] : [{ id: key.id, position }];
    });
    return { ids, next: LastEvaluatedKey === undefined ? null : (ids.at(-1)?.position ?? null) };
  };

  /** A page of one shard's items whose wake time has come, oldest first. `start` is the `next` of the page before. */
  const due = async (
    shard: string,
    until: Instant,
    limit: number,
    start?: Item,
  ): Promise<{ readonly entries: readonly DueEntry[]; readonly next: Item | undefined }> =>
    queryShard(shard, { limit, until, ...(start === undefined ? {} : { start }) });

  /** Whether the account has a cancellation that is neither final nor failed. */
  const hasOpenWork = async (tenant: Tenant, accountUid: AccountUid): Promise<boolean> => {
    for (const shard of openShards) {
      let start: Item | undefined;
      do {
        const page = await queryShard(shard, { limit: 100, ...(start === undefined ? {} : { start }) });
        for (const entry of page.entries) {
          if (entry.tenant !== tenant) continue;
          const request = await get(tenant, entry.id);
          if (request?.accountUid === accountUid && isOpenCancellation(request.cancellation)) return true;
        }
        start = page.next;
      } while (start !== undefined);
    }
    return false;
  };

  /** How many failed cancellations wait for a person, counted up to `most`. */
  const countFailed = async (most: number): Promise<number> =>
    (await queryShard(failedShard, { limit: most })).entries.length;

  const queryShard = async (
    shard: string,
    { limit, until, start }: { readonly limit: number; readonly until?: Instant; readonly start?: Item },
  ) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: table.due.index,
        KeyConditionExpression:
          until === undefined ? '#shard = :shard' : '#shard = :shard AND #wake <= :until',
        ExpressionAttributeNames: {
          '#shard': table.due.partitionKey,
          ...(until === undefined ? {} : { '#wake': table.due.sortKey }),
        },
        ExpressionAttributeValues: {
          ':shard': { S: shard },
          ...(until === undefined ? {} : { ':until': { N: String(until) } }),
        },
        Limit: limit,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    return { entries: Items.flatMap((item) => requestOfKey(item) ?? []), next: LastEvaluatedKey };
  };

  return { get, put, moveWake, list, due, hasOpenWork, countFailed, olderHistory: older.read };
};

export type RequestStore = ReturnType<typeof requestStore>;

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
