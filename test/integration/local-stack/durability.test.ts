/** Kill -9 at any time: what was acknowledged is there afterwards, and no function process outlives the stack. */
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import type { AwsEndpoints } from '../../../infra/local/aws-services.ts';
import { localAws } from '../../../infra/local/local-aws.ts';
import {
  eventually,
  lambdaFunction,
  queue,
  secret,
  table,
  temporaryDirectory,
  writeAssembly,
} from './assembly.ts';
import { killMentioning, processesMentioning, type Started, startCommand } from './processes.ts';

const assembly = writeAssembly(
  {
    Table: table,
    Queue: queue({ VisibilityTimeout: 1 }),
    Secret: secret(),
    Function: lambdaFunction('idle'),
  },
  { idle: 'export const handler = () => null;' },
);
const dataDir = temporaryDirectory();

interface Announced {
  readonly endpoints: AwsEndpoints;
  readonly stores: Readonly<Record<string, string>>;
}

const run = async (): Promise<Started & Announced> => {
  const started = startCommand(
    'node',
    ['test/integration/local-stack/run-assembly.ts', dataDir, assembly],
    {},
  );
  const line = await eventually(() => started.lines[0], 20_000);
  const announced: Announced = JSON.parse(line);
  return { ...started, ...announced };
};

afterEach(() => killMentioning(dataDir));

const clients = (endpoints: AwsEndpoints) => {
  const { region, credentials } = localAws;
  return {
    dynamodb: new DynamoDBClient({ endpoint: endpoints.dynamodb, region, credentials }),
    sqs: new SQSClient({ endpoint: endpoints.sqs, region, credentials }),
    secrets: new SecretsManagerClient({ endpoint: endpoints.secretsManager, region, credentials }),
  };
};

const Key = { pk: { S: 'one' } };
const itemCount = 20;

test('items, messages and secrets survive', async () => {
  const first = await run();
  const before = clients(first.endpoints);
  for (let wake = 0; wake < itemCount; wake += 1) {
    const Item = { pk: { S: `item ${wake}` }, shard: { S: 'open' }, wake: { N: String(wake) } };
    await before.dynamodb.send(new PutItemCommand({ TableName: 'Table', Item }));
  }
  await before.dynamodb.send(
    new PutItemCommand({ TableName: 'Table', Item: { ...Key, text: { S: 'kept' } } }),
  );
  await before.sqs.send(new SendMessageCommand({ QueueUrl: first.stores['Queue'], MessageBody: 'received' }));
  await before.sqs.send(new ReceiveMessageCommand({ QueueUrl: first.stores['Queue'] }));
  await before.sqs.send(new SendMessageCommand({ QueueUrl: first.stores['Queue'], MessageBody: 'waiting' }));
  await before.secrets.send(new CreateSecretCommand({ Name: 'secret', SecretString: 'kept' }));
  const generated = await before.secrets.send(
    new GetSecretValueCommand({ SecretId: first.stores['Secret'] }),
  );
  first.process.kill('SIGKILL');
  await first.exited;
  await eventually(() => processesMentioning(assembly).length === 0, 3_000);

  const second = await run();
  const after = clients(second.endpoints);
  expect((await after.dynamodb.send(new GetItemCommand({ TableName: 'Table', Key }))).Item?.['text']).toEqual(
    { S: 'kept' },
  );
  const due = await after.dynamodb.send(
    new QueryCommand({
      TableName: 'Table',
      IndexName: 'due',
      KeyConditionExpression: '#shard = :open',
      ExpressionAttributeNames: { '#shard': 'shard' },
      ExpressionAttributeValues: { ':open': { S: 'open' } },
    }),
  );
  expect(due.Items?.map(({ wake }) => Number(wake?.N))).toEqual([...Array(itemCount).keys()]);
  expect((await after.secrets.send(new GetSecretValueCommand({ SecretId: 'secret' }))).SecretString).toBe(
    'kept',
  );
  // Another value would make all that the first one sealed unreadable.
  expect(second.stores['Secret']).toBe(first.stores['Secret']);
  expect(generated.SecretString).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(
    (await after.secrets.send(new GetSecretValueCommand({ SecretId: second.stores['Secret'] }))).SecretString,
  ).toBe(generated.SecretString);
  const bodies = new Set<string>();
  await eventually(async () => {
    const { Messages = [] } = await after.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: second.stores['Queue'],
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
      }),
    );
    for (const { Body = '' } of Messages) bodies.add(Body);
    return bodies.size === 2;
  });
});
