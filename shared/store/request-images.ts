/** One signature request in DynamoDB: read, and written by one conditional write for each transition. */
import {
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
import { aliasKeyOf, leadsTo, partsOf } from './request-parts.ts';
import { table } from './table.ts';
import { unlessRefused } from './unless-refused.ts';

/** The hot item holds at most so many entries, and fewer if long names leave less room. */
const hotHistory = 6;
const hotBytes = 1024;
/** An alias leads to a request, or to one that became an alias itself. */
const mostAliases = 2;

export const requestImages = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const older = historyStore(client, tableName);

  const read = async (tenant: Tenant, id: RequestId): Promise<Item | undefined> =>
    (
      await client.send(
        new GetItemCommand({ TableName: tableName, Key: requestKey(tenant, id), ConsistentRead: true }),
      )
    ).Item;

  /** Null when there is none, or when its retention has ended and TTL has not caught up. */
  const get = (tenant: Tenant, id: RequestId, now = Date.now()): Promise<SignatureRequest | null> =>
    follow(tenant, id, now, mostAliases);

  const follow = async (
    tenant: Tenant,
    id: RequestId,
    now: number,
    aliases: number,
  ): Promise<SignatureRequest | null> => {
    const Item = await read(tenant, id);
    if (Item === undefined || isExpired(Item, now)) return null;
    const alias = aliasIn(Item);
    if (alias === null) return fromRequestItem(Item);
    return aliases === 0 ? null : follow(tenant, alias, now, aliases - 1);
  };

  /**
   * Makes the id that is derived from a provider's id lead to the request with another id. Written before that request
   * is known to be there, so that no webhook finds nothing. Doing so again changes nothing.
   * @returns false when another request stands there already
   */
  const putAlias = async (tenant: Tenant, at: RequestId, to: RequestId): Promise<boolean> => {
    const Item = aliasItem(tenant, at, to);
    const free = {
      ConditionExpression: 'attribute_not_exists(#pk) OR #alias = :to OR #ttl < :now',
      ExpressionAttributeNames: { '#pk': table.partitionKey, '#alias': 'alias', '#ttl': table.ttl },
      ExpressionAttributeValues: { ':to': { S: to }, ':now': { N: String(Math.floor(Date.now() / 1000)) } },
    };
    return (await putIf(Item, free)) || putOverLostAlias(tenant, at, Item, Date.now());
  };

  /** In place of an imported request that turns out to be another one. @returns false when it has changed meanwhile */
  const becomeAlias = async (request: SignatureRequest, of: RequestId): Promise<boolean> =>
    putIf(aliasItem(request.tenant, request.id, of), ifVersion(request.version));

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
    const Item = toRequestItem(image, hot, retentionDays);
    if (next.version > 1) return putIf(Item, ifVersion(next.version - 1));
    const { tenant, id, updatedAt } = next;
    return (await putIf(Item, ifAbsent(updatedAt))) || putOverLostAlias(tenant, id, Item, updatedAt);
  };

  const putIf = async (Item: Item, condition: Condition): Promise<boolean> =>
    unlessRefused(client.send(new PutItemCommand({ TableName: tableName, Item, ...condition })));

  /** An alias whose request was erased, or has gone with its retention, stands in nobody's way. */
  const putOverLostAlias = async (
    tenant: Tenant,
    at: RequestId,
    Item: Item,
    now: number,
  ): Promise<boolean> => {
    const alias = aliasIn((await read(tenant, at)) ?? {});
    if (alias === null || (await follow(tenant, alias, now, mostAliases - 1)) !== null) return false;
    return putIf(Item, leadsTo({ id: alias }));
  };

  /**
   * What lies apart goes with the request. Before the request itself: a crash in between leaves an end that is too early by
   * a whole retention, and is set anew with the next end. A lone cancellation has nothing apart, and costs nothing here.
   */
  const expireParts = (request: SignatureRequest, expiry: number): Promise<void> =>
    changeParts(request, 'SET #ttl = :ttl', { ':ttl': { N: String(expiry) } });

  /** It has come back: what lies apart is kept again. */
  const keepParts = (request: SignatureRequest): Promise<void> => changeParts(request, 'REMOVE #ttl', {});

  const changeParts = async (request: SignatureRequest, change: string, values: Item): Promise<void> => {
    const exists = {
      ConditionExpression: 'attribute_exists(#pk)',
      ExpressionAttributeNames: { '#pk': table.partitionKey },
    };
    const alias = aliasKeyOf(request);
    await Promise.all([
      ...partsOf(request).map((Key) => changePart(Key, change, values, exists)),
      ...(alias === null ? [] : [changePart(alias, change, values, leadsTo(request))]),
    ]);
  };

  const changePart = async (Key: Item, change: string, values: Item, condition: Condition): Promise<void> => {
    const all = { ...condition.ExpressionAttributeValues, ...values };
    await unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key,
          UpdateExpression: change,
          ConditionExpression: condition.ConditionExpression,
          ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, '#ttl': table.ttl },
          ...(Object.keys(all).length > 0 && { ExpressionAttributeValues: all }),
        }),
      ),
    );
  };

  return { get, put, putAlias, becomeAlias, keepParts };
};

interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Item;
}

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
