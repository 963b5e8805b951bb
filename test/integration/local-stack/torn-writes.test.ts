/** The embedded DynamoDB is killed between any two steps of a write: afterwards the item and its index agree. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { startEmbeddedDynamoDB } from '../../../infra/local/embedded-dynamodb.ts';
import { createTestTable, tableName } from '../support/dynamodb.ts';
import { temporaryDirectory } from './assembly.ts';
import { before, key, writeNames } from './torn-writes.ts';

const within = async <T>(folder: string, work: (client: DynamoDBClient) => Promise<T>): Promise<T> => {
  const server = await startEmbeddedDynamoDB(folder);
  const client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    return await work(client);
  } finally {
    client.destroy();
    await server.close();
  }
};

/** @returns whether the process died at that step, or there was no such step */
const writeAndDie = (folder: string, step: number, write: string): boolean => {
  const script = join(import.meta.dirname, 'write-and-die.ts');
  const { status, signal, stderr } = spawnSync('node', [script, folder, String(step), write]);
  if (signal !== 'SIGKILL' && status !== 0) throw new Error(stderr.toString());
  return signal === 'SIGKILL';
};

const wakeTimes = async (client: DynamoDBClient) => {
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key }));
  const { Items } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'due',
      KeyConditionExpression: '#shard = :open',
      ExpressionAttributeNames: { '#shard': 'shard' },
      ExpressionAttributeValues: { ':open': { S: 'open' } },
    }),
  );
  return { item: Item?.['wake']?.N, index: (Items ?? []).map(({ wake }) => wake?.N) };
};

test.each(writeNames)('%s', async (write) => {
  for (let step = 1; ; step += 1) {
    const folder = temporaryDirectory();
    await within(folder, async (client) => {
      await createTestTable(client);
      await client.send(new PutItemCommand({ TableName: tableName, Item: before }));
    });
    const died = writeAndDie(folder, step, write);
    const { item, index } = await within(folder, wakeTimes);
    expect({ step, index }).toEqual({ step, index: item === undefined ? [] : [item] });
    if (!died) {
      // The item, and at least one change to its index.
      expect(step).toBeGreaterThan(2);
      break;
    }
  }
});
