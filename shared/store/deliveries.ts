/** Deliveries in the table: one item for each event and endpoint, at a place that follows from both. */
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Instant } from '../domain/ids.ts';
import type { Delivery, DeliveryPlace, DeliveryState } from '../notify/delivery.ts';
import { type Item, toItem } from './attributes.ts';
import {
  clearedFields,
  deliveryFields,
  deliveryItem,
  deliveryKey,
  expiresAt,
  parseDelivery,
} from './delivery-item.ts';
import { table } from './table.ts';
import { unlessRefused } from './unless-refused.ts';

type Receiver = Pick<DeliveryPlace, 'tenant' | 'endpoint'>;

const dayMs = 86_400_000;
/** TTL must not take what is still to be attempted. */
const untilTried = (keptUntil: Instant, nextAt: Instant | null): Instant =>
  Math.max(keptUntil, nextAt === null ? 0 : nextAt + dayMs) as Instant;

/** With a filter, one call reads at most so many; its page is short then, and `next` goes on. */
const mostExamined = 100;

export const deliveryStore = (client: DynamoDBClient, TableName: string, retentionDays: number) => {
  const expiry = ({ nextAt }: Delivery, now: Instant) =>
    untilTried((now + retentionDays * dayMs) as Instant, nextAt);

  /** Null when there is none, or when its retention has ended and TTL has not caught up. */
  const get = async (place: DeliveryPlace, now: Instant): Promise<Delivery | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: deliveryKey(place), ConsistentRead: true }),
    );
    return Item === undefined || isExpired(Item, now) ? null : parseDelivery(Item);
  };

  /** @param wakeAt of a pending one. @returns false when there is one already: somebody else has handled the event. */
  const create = (delivery: Delivery, wakeAt: Instant | null, now: Instant): Promise<boolean> =>
    unlessRefused(
      client.send(
        new PutItemCommand({
          TableName,
          Item: deliveryItem(delivery, wakeAt, expiry(delivery, now)),
          ConditionExpression: 'attribute_not_exists(#pk) OR #ttl < :now',
          ExpressionAttributeNames: { '#pk': table.partitionKey, '#ttl': table.ttl },
          ExpressionAttributeValues: toItem({ ':now': Math.floor(now / 1000) }),
        }),
      ),
    );

  /** @returns false when it is no longer as it was read: somebody else goes on with it. */
  const save = (before: Delivery, next: Delivery, wakeAt: Instant | null): Promise<boolean> =>
    update(before, {
      ...deliveryFields(next, wakeAt),
      ...expiresAt(untilTried(before.keptUntil ?? (0 as Instant), next.nextAt)),
    });

  /** As `save`, and kept from now on as long as a new one. */
  const revive = (before: Delivery, next: Delivery, wakeAt: Instant | null, now: Instant): Promise<boolean> =>
    update(before, {
      ...deliveryFields(next, wakeAt),
      ...expiresAt(expiry(next, now)),
    });

  const update = (before: Delivery, fields: Item): Promise<boolean> => {
    const set = Object.keys(fields);
    const gone = clearedFields.filter((name) => !(name in fields));
    const removal = gone.length === 0 ? '' : ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}`;
    const unmoved = before.nextAt === null ? 'attribute_not_exists(#next)' : '#next = :seen_next';
    const values = set.map((name) => [`:${name}`, fields[name]]);
    return unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: deliveryKey(before),
          UpdateExpression: `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}${removal}`,
          ConditionExpression: `#state = :seen_state AND #n = :seen_n AND ${unmoved}`,
          ExpressionAttributeNames: Object.fromEntries(
            [...set, ...gone, 'next'].map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: {
            ...Object.fromEntries(values),
            ...toItem({
              ':seen_state': before.state,
              ':seen_n': before.count,
              ':seen_next': before.nextAt,
            }),
          },
        }),
      ),
    );
  };

  /** Newest first. @param before a position, exclusive; null for the newest. */
  const list = async (
    receiver: Receiver,
    { limit, before, state }: ListWish,
    now: Instant,
  ): Promise<{ readonly found: readonly Delivery[]; readonly next: string | null }> => {
    const { Items = [], LastEvaluatedKey } = await query(receiver, {
      ScanIndexForward: false,
      Limit: state === undefined ? limit : mostExamined,
      ...(before !== null && { ExclusiveStartKey: deliveryKey({ ...receiver, position: before }) }),
    });
    const fitting = Items.filter((item) => !isExpired(item, now))
      .map(parseDelivery)
      .filter((delivery) => state === undefined || delivery.state === state);
    const found = fitting.slice(0, limit);
    const cut = fitting.length > found.length ? found.at(-1)?.position : undefined;
    return { found, next: cut ?? LastEvaluatedKey?.[table.sortKey]?.S ?? null };
  };

  /** Those of a time, oldest first. @param after a position, exclusive; null for the first page. */
  const between = async (
    receiver: Receiver,
    { since, until, after, limit }: Range,
  ): Promise<{ readonly found: readonly Delivery[]; readonly next: string | null }> => {
    // The service refuses such a range, however often it is asked.
    if (since > until) return { found: [], next: null };
    const { Items = [], LastEvaluatedKey } = await query(receiver, {
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :since AND :until',
      ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
      ExpressionAttributeValues: toItem({
        ':since': new Date(since).toISOString(),
        // The sign after the one that separates the time from the id.
        ':until': `${new Date(until).toISOString()}$`,
      }),
      Limit: limit,
      ConsistentRead: true,
      ...(after !== null && { ExclusiveStartKey: deliveryKey({ ...receiver, position: after }) }),
    });
    return { found: Items.map(parseDelivery), next: LastEvaluatedKey?.[table.sortKey]?.S ?? null };
  };

  const query = (receiver: Receiver, wanted: Omit<QueryCommandInput, 'TableName'>) => {
    const { [table.partitionKey]: pk = { S: '' } } = deliveryKey({ ...receiver, position: '' });
    return client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': table.partitionKey },
        ...wanted,
        ExpressionAttributeValues: { ...wanted.ExpressionAttributeValues, ':pk': pk },
      }),
    );
  };

  return { get, create, save, revive, list, between };
};
export type DeliveryStore = ReturnType<typeof deliveryStore>;

interface ListWish {
  readonly limit: number;
  readonly before: string | null;
  readonly state: DeliveryState | undefined;
}

interface Range {
  readonly since: Instant;
  readonly until: Instant;
  readonly after: string | null;
  readonly limit: number;
}

const isExpired = (item: Item, now: Instant): boolean => {
  const ttl = item[table.ttl]?.N;
  return ttl !== undefined && Number(ttl) * 1000 < now;
};
