/** Requests by tenant, and by when something is to be done for them. The indexes hold keys alone. */
import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AccountUid, Instant, RequestId, Tenant } from '../domain/ids.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import { hasNextStep } from '../domain/waiting.ts';
import type { Item } from './attributes.ts';
import { failedShard, openShards, requestKey, requestOfKey } from './request-item.ts';
import { table } from './table.ts';
import { unlessRefused } from './unless-refused.ts';

/** A place in a tenant's list: creation time and id. Newest first. */
export interface ListEntry {
  readonly id: RequestId;
  readonly position: string;
}

export interface DueEntry {
  readonly tenant: Tenant;
  readonly id: RequestId;
}

export const requestIndexes = (
  client: DynamoDBClient,
  tableName: string,
  get: (tenant: Tenant, id: RequestId) => Promise<SignatureRequest | null>,
) => {
  /** Moves the wake time alone; an unrelated transition in between leaves it, which only wakes the item early. */
  const moveWake = async (request: SignatureRequest, wakeAt: Instant): Promise<boolean> =>
    unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: requestKey(request.tenant, request.id),
          UpdateExpression: 'SET #wake = :wake',
          ConditionExpression: '#v = :v',
          ExpressionAttributeNames: { '#wake': table.due.sortKey, '#v': 'v' },
          ExpressionAttributeValues: { ':wake': { N: String(wakeAt) }, ':v': { N: String(request.version) } },
        }),
      ),
    );

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

  return { moveWake, list, due, hasOpenWork, countFailed };
};
