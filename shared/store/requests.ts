/** All that the store does with signature requests, for those who need more than to read and write one. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { historyStore } from './history-item.ts';
import { requestEnds } from './request-ends.ts';
import { requestImages } from './request-images.ts';
import { requestIndexes } from './request-indexes.ts';

export type { DueEntry, ListEntry } from './request-indexes.ts';

export const requestStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const images = requestImages(client, tableName, retentionDays);
  return {
    ...images,
    ...requestIndexes(client, tableName, images.get),
    ...requestEnds(client, tableName),
    olderHistory: historyStore(client, tableName).read,
  };
};

export type RequestStore = ReturnType<typeof requestStore>;
