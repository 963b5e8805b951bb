/** Signature requests in DynamoDB: single-item conditional writes, GetItem and Query, nothing else. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type AccountUid,
  deriveRequestId,
  type Instant,
  type RequestId,
  type Tenant,
} from '../domain/ids.ts';
import type { HistoryEntry, SignatureRequest } from '../domain/signature-request.ts';
import { markTold as told } from '../domain/transition.ts';
import { hasNextStep } from '../domain/waiting.ts';
import { type Item, itemSize } from './attributes.ts';
import { detailsPart } from './details.ts';
import { historyPart, historyStore } from './history-item.ts';
import {
  aliasIn,
  aliasItem,
  expiryOf,
  failedShard,
  fromRequestItem,
  openShards,
  requestKey,
  requestOfKey,
  shardOf,
  toRequestItem,
} from './request-item.ts';
import { signLinkKey } from './sign-links.ts';
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
    const { tenant, id } = request;
    const parts = [
      ...(request.hasOlderHistory ? [requestKey(tenant, id, historyPart(request))] : []),
      ...(request.detailsRevision > 0 ? [requestKey(tenant, id, detailsPart)] : []),
      ...(request.signHandle === null ? [] : [signLinkKey(request.signHandle)]),
      ...aliasKeyOf(request),
    ];
    await Promise.all(parts.map((Key) => expirePart(Key, expiry)));
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

  /** Everything of it, the hot item last: a crash in between is finished by the next call. */
  const erase = async (request: SignatureRequest): Promise<void> => {
    const { tenant, id, cancellation, creation } = request;
    const ref = cancellation?.detailsRef ?? null;
    const parts = [
      requestKey(tenant, id, historyPart(request)),
      requestKey(tenant, id, detailsPart),
      ...(ref === null ? [] : [requestKey(tenant, id, `wish#${ref}`)]),
      ...(creation === null ? [] : [requestKey(tenant, id, `creation#${creation.fingerprint}`)]),
      ...(request.signHandle === null ? [] : [signLinkKey(request.signHandle)]),
      ...aliasKeyOf(request),
    ];
    const remove = (Key: Item) => client.send(new DeleteItemCommand({ TableName: tableName, Key }));
    await Promise.all(parts.map(remove));
    await remove(requestKey(tenant, id));
  };

  /**
   * Everything up to this image has been told. No transition: whoever decides on it meanwhile loses nothing but a second telling.
   * @returns false when it has changed meanwhile: there may be more to tell
   */
  const markTold = async (request: SignatureRequest, now = Date.now() as Instant): Promise<boolean> => {
    const next = told(request, now);
    const shard = shardOf(next);
    const wake = shard === null ? null : next.wakeAt;
    const gone = wake === null;
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: requestKey(request.tenant, request.id),
          UpdateExpression: gone
            ? 'REMOVE untold, #shard, #wake'
            : 'SET #shard = :shard, #wake = :wake REMOVE untold',
          ConditionExpression: '#v = :v',
          ExpressionAttributeNames: {
            '#shard': table.due.partitionKey,
            '#wake': table.due.sortKey,
            '#v': 'v',
          },
          ExpressionAttributeValues: {
            ':v': { N: String(request.version) },
            ...(gone ? {} : { ':shard': { S: shard ?? '' }, ':wake': { N: String(wake) } }),
          },
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

  /** Whether a creation, a cancellation or a reminder of the account is under way. */
  const hasOpenWork = async (tenant: Tenant, accountUid: AccountUid): Promise<boolean> => {
    for (const shard of openShards) {
      let start: Item | undefined;
      do {
        const page = await queryShard(shard, { limit: 100, ...(start === undefined ? {} : { start }) });
        for (const entry of page.entries) {
          if (entry.tenant !== tenant) continue;
          const request = await get(tenant, entry.id);
          if (request?.accountUid === accountUid && hasNextStep(request)) return true;
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

  return {
    get,
    put,
    putAlias,
    becomeAlias,
    erase,
    markTold,
    moveWake,
    list,
    due,
    hasOpenWork,
    countFailed,
    olderHistory: older.read,
  };
};

export type RequestStore = ReturnType<typeof requestStore>;

/** The alias of a request whose id is not the one derived from the provider's id. */
const aliasKeyOf = ({ tenant, id, accountUid, providerRequestId }: SignatureRequest): readonly Item[] => {
  if (providerRequestId === null) return [];
  const derived = deriveRequestId(tenant, accountUid, providerRequestId);
  return derived === id ? [] : [requestKey(tenant, derived)];
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
