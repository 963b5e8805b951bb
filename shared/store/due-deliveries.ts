/** What of the deliveries and replays is due, as the index knows it: it lags a little behind the items. */
import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../domain/ids.ts';
import type { DeliveryPlace } from '../notify/delivery.ts';
import type { ReplayPlace } from '../notify/replay.ts';
import { type Item, toItem } from './attributes.ts';
import { deliveryKey, deliveryShard, placeOfKey } from './delivery-item.ts';
import { replayKey, replayOfKey } from './replays.ts';
import { table } from './table.ts';
import { unlessRefused } from './unless-refused.ts';

export type DueDelivery = { readonly wakeAt: Instant } & (
  | { readonly kind: 'deliver'; readonly place: DeliveryPlace }
  | { readonly kind: 'replay'; readonly place: ReplayPlace }
);

export const dueDeliveryStore = (client: DynamoDBClient, TableName: string) => {
  /** A page of those whose wake time has come, oldest first. `start` is the `next` of the page before. */
  const due = async (
    until: Instant,
    limit: number,
    start?: Item,
  ): Promise<{ readonly entries: readonly DueDelivery[]; readonly next: Item | undefined }> => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: table.due.index,
        KeyConditionExpression: '#shard = :shard AND #wake <= :until',
        ExpressionAttributeNames: { '#shard': table.due.partitionKey, '#wake': table.due.sortKey },
        ExpressionAttributeValues: toItem({ ':shard': deliveryShard, ':until': until }),
        Limit: limit,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    return { entries: Items.flatMap((item) => entryOf(item) ?? []), next: LastEvaluatedKey };
  };

  /** @returns false when it has moved already, or waits for nothing more. */
  const moveWake = (entry: DueDelivery, to: Instant): Promise<boolean> =>
    unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: entry.kind === 'deliver' ? deliveryKey(entry.place) : replayKey(entry.place),
          UpdateExpression: 'SET #wake = :to',
          ConditionExpression: '#wake = :seen',
          ExpressionAttributeNames: { '#wake': table.due.sortKey },
          ExpressionAttributeValues: toItem({ ':to': to, ':seen': entry.wakeAt }),
        }),
      ),
    );

  return { due, moveWake };
};
export type DueDeliveryStore = ReturnType<typeof dueDeliveryStore>;

const entryOf = (item: Item): DueDelivery | null => {
  const wakeAt = Number(item[table.due.sortKey]?.N) as Instant;
  const delivery = placeOfKey(item);
  if (delivery !== null) return { kind: 'deliver', place: delivery, wakeAt };
  const replay = replayOfKey(item);
  return replay && { kind: 'replay', place: replay, wakeAt };
};
