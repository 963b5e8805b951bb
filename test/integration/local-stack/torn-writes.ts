/** Writes that move an item within its index, into it and out of it. */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { tableName } from '../support/dynamodb.ts';

type Write = (client: DynamoDBClient) => Promise<unknown>;

export const key = { pk: { S: 'a tenant' }, sk: { S: 'a request' } };

/** What stands there before each write. */
export const before = { ...key, v: { N: '1' }, shard: { S: 'open' }, wake: { N: '1' } };

const ifVersion = {
  ConditionExpression: 'v = :v',
  ExpressionAttributeValues: { ':v': { N: '1' } },
};

const writes: Readonly<Record<string, Write>> = {
  'a put that moves it': (client) =>
    client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { ...before, v: { N: '2' }, wake: { N: '2' } },
        ...ifVersion,
      }),
    ),
  'a put that takes it out': (client) =>
    client.send(new PutItemCommand({ TableName: tableName, Item: { ...key, v: { N: '2' } }, ...ifVersion })),
  'an update that moves it': (client) =>
    client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: 'SET wake = :w',
        ExpressionAttributeValues: { ':w': { N: '3' } },
      }),
    ),
  'a delete': (client) => client.send(new DeleteItemCommand({ TableName: tableName, Key: key })),
};

export const writeNames = Object.keys(writes);

/** @throws Error for a name that is not among `writeNames` */
export const writeNamed = (name: string): Write => {
  const write = writes[name];
  if (write === undefined) throw new Error(`no write is named ${name}`);
  return write;
};
