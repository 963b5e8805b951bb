/**
 * Replays under way: which deliveries of an endpoint are to be sent again, and how far that has come. An item stands in
 * the due index until its replay is done, so that a crash ends none of them.
 */
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { Instant, Tenant } from '../domain/ids.ts';
import type { EndpointUid } from '../notify/endpoint.ts';
import { type Replay, type ReplayPlace, type ReplayWish, replayStates, widened } from '../notify/replay.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import { deliveryShard } from './delivery-item.ts';
import { table } from './table.ts';
import { unlessRefused } from './unless-refused.ts';

/** What is left of one that is done. */
const keptDoneMs = 86_400_000;
const mostRaces = 5;

export const replayStore = (client: DynamoDBClient, TableName: string) => {
  /** @returns what is replayed now, with what was asked for before; null after too many races. */
  const begin = async (wish: ReplayWish, now: Instant): Promise<Replay | null> => {
    for (let races = 0; races < mostRaces; races += 1) {
      const running = await get(wish);
      const replay = widened(running, wish, now);
      if (await put(replay, running, now)) return replay;
    }
    return null;
  };

  const put = (replay: Replay, running: Replay | null, now: Instant): Promise<boolean> =>
    unlessRefused(
      client.send(
        new PutItemCommand({
          TableName,
          Item: {
            ...replayKey(replay),
            ...toItem({
              since: replay.since,
              until: replay.until,
              state: replay.state,
              after: replay.after,
              [table.due.partitionKey]: deliveryShard,
              [table.due.sortKey]: now,
            }),
          },
          ...(running === null
            ? {
                ConditionExpression: 'attribute_not_exists(#shard)',
                ExpressionAttributeNames: { '#shard': table.due.partitionKey },
              }
            : {
                ConditionExpression: 'attribute_exists(#shard) AND #until = :until',
                ExpressionAttributeNames: { '#shard': table.due.partitionKey, '#until': 'until' },
                ExpressionAttributeValues: toItem({ ':until': running.until }),
              }),
        }),
      ),
    );

  /** Null when it is done. */
  const get = async ({ tenant, endpoint }: ReplayPlace): Promise<Replay | null> => {
    const place = { tenant, endpoint };
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: replayKey(place), ConsistentRead: true }),
    );
    return Item?.[table.due.partitionKey] === undefined
      ? null
      : { ...place, ...storedReplay.parse(fromItem(Item)) };
  };

  /** @param after null: all is done. @returns false when somebody else has moved it, or a wish has begun it again. */
  const advance = (replay: Replay, after: string | null, wakeAt: Instant, now: Instant): Promise<boolean> => {
    const done = after === null;
    const { after: seen } = replay;
    return unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: replayKey(replay),
          UpdateExpression: done
            ? 'SET #ttl = :ttl REMOVE #shard, #wake'
            : 'SET #after = :after, #wake = :wake',
          ConditionExpression: `#until = :until AND attribute_exists(#shard) AND ${seen === null ? 'attribute_not_exists(#after)' : '#after = :seen'}`,
          ExpressionAttributeNames: {
            '#after': 'after',
            '#until': 'until',
            '#shard': table.due.partitionKey,
            '#wake': table.due.sortKey,
            ...(done && { '#ttl': table.ttl }),
          },
          ExpressionAttributeValues: toItem({
            ':until': replay.until,
            ':seen': seen,
            ...(done
              ? { ':ttl': Math.floor((now + keptDoneMs) / 1000) }
              : { ':after': after, ':wake': wakeAt }),
          }),
        }),
      ),
    );
  };

  return { begin, get, advance };
};
export type ReplayStore = ReturnType<typeof replayStore>;

export const replayKey = ({ tenant, endpoint }: ReplayPlace): Item =>
  toItem({ [table.partitionKey]: `replays#${tenant}#${endpoint}`, [table.sortKey]: 'replay' });

/** Null for the key of anything else. */
export const replayOfKey = (key: Item): ReplayPlace | null => {
  const match = /^replays#([^#]+)#([0-9a-f]{24})$/.exec(key[table.partitionKey]?.S ?? '');
  return match && { tenant: match[1] as Tenant, endpoint: match[2] as EndpointUid };
};

const time = z.pipe(
  z.number(),
  z.transform((milliseconds) => milliseconds as Instant),
);
const storedReplay = z.object({
  since: time,
  until: time,
  state: z.enum(replayStates),
  after: z._default(z.nullable(z.string()), null),
});
