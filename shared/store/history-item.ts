/** The history that no longer fits into the hot item: one cold item beside it, newest entries last. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { HistoryEntry, SignatureRequest } from '../domain/signature-request.ts';
import { decodeHistory, encodeHistory, requestKey } from './request-item.ts';

/** Repeats are folded before they come here, so this is years of a stubborn provider. */
const mostEntries = 500;
const mostTries = 5;

type Subject = Pick<SignatureRequest, 'tenant' | 'id' | 'createdAt'>;

export const historyStore = (client: DynamoDBClient, tableName: string) => {
  const load = async (request: Subject) => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: keyOf(request),
        ConsistentRead: true,
      }),
    );
    const entries = Item?.entries?.S === undefined ? [] : decodeHistory(Item.entries.S, request.createdAt);
    return { entries, revision: Number(Item?.revision?.N ?? 0) };
  };

  /** Adds entries that are already written elsewhere; adding one twice changes nothing. */
  const add = async (request: Subject, added: readonly HistoryEntry[]): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const { entries, revision } = await load(request);
      const known = new Set(entries.map((entry) => entry.version));
      const fresh = added.filter((entry) => !known.has(entry.version));
      if (fresh.length === 0) return;
      const merged = [...entries, ...fresh].sort((a, b) => a.version - b.version).slice(-mostEntries);
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: {
              ...keyOf(request),
              entries: { S: encodeHistory(merged, request.createdAt) },
              revision: { N: String(revision + 1) },
            },
            ConditionExpression: 'attribute_not_exists(revision) OR revision = :revision',
            ExpressionAttributeValues: { ':revision': { N: String(revision) } },
          }),
        );
        return;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || tries === mostTries) throw error;
      }
    }
  };

  const read = async (request: Subject): Promise<readonly HistoryEntry[]> => (await load(request)).entries;

  return { add, read };
};

/** With the time of creation: a request that comes back after its retention has a history of its own. */
export const historyPart = ({ createdAt }: Pick<SignatureRequest, 'createdAt'>): string =>
  `history#${createdAt.toString(36)}`;

const keyOf = (request: Subject) => requestKey(request.tenant, request.id, historyPart(request));
