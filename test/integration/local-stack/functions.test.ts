/** Function processes: one invocation each, more on demand, replaced when they die; schedules; watching AWS calls. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FunctionPool } from '../../../infra/local/lambda/function-pool.ts';
import { localAws } from '../../../infra/local/local-aws.ts';
import { type LocalStack, startLocalStack } from '../../../infra/local/local-stack.ts';
import { startSchedule } from '../../../infra/local/schedule.ts';
import {
  eventually,
  lambdaFunction,
  queue,
  quietEnvironment,
  secret,
  table,
  writeAssembly,
} from './assembly.ts';

const worker = `
let running = 0;
export const handler = async ({ ms = 0, print }) => {
  running += 1;
  if (print) console.log(print);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const together = running;
  running -= 1;
  return { pid: process.pid, together, secret: process.env.SECRET };
};`;

const seen: string[] = [];
let refused: string | null = null;
let stack: LocalStack;
let pool: FunctionPool;

beforeAll(async () => {
  stack = await startLocalStack({
    environment: quietEnvironment(),
    assembly: writeAssembly(
      {
        Worker: lambdaFunction('worker', { Environment: { Variables: { SECRET: { Ref: 'Secret' } } } }),
        Table: table,
        Queue: queue(),
        Secret: secret(),
      },
      { worker },
    ),
    watcher: {
      before: ({ operation }) => {
        if (operation === refused) throw new Error('refused');
      },
      after: ({ service, operation, input }, { status }) => {
        seen.push(`${service} ${operation} ${status} ${typeof input}`);
      },
    },
  });
  const found = stack.functions.get('worker');
  if (!found) throw new Error('no pool');
  pool = found;
});
afterAll(() => stack.close());

const invoke = async (event: object): Promise<{ pid: number; together: number; secret?: string }> => {
  const result = await pool.invoke(event);
  if (result.kind === 'failed') throw new Error(result.errorType);
  return JSON.parse(result.payload);
};

test('a process takes one invocation at a time, and others take the rest', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => invoke({ ms: 300 })));
  expect(results.every(({ together }) => together === 1)).toBe(true);
  expect(new Set(results.map(({ pid }) => pid)).size).toBeGreaterThan(2);
  expect(pool.invocations()).toBe(8);
});

test('a process that is killed fails its invocation and is replaced', async () => {
  const { pid } = await invoke({});
  const running = pool.invoke({ ms: 5_000 });
  await eventually(() => pool.invocations() === 10);
  for (const each of pool.pids()) pool.kill(each);
  expect(await running).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' });
  expect((await invoke({})).pid).not.toBe(pid);
});

test('a function is told the ARN of a secret that the template generates, as on AWS', async () => {
  const { secret: SecretId } = await invoke({});
  expect(SecretId).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:Secret-\w{6}$/);
  const { region, credentials } = localAws;
  const client = new SecretsManagerClient({ region, credentials, endpoint: stack.endpoints.secretsManager });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
  expect(SecretString).toMatch(/^[A-Za-z0-9]{64}$/);
});

test('what a function prints is in the log with its name, JSON or not', async () => {
  await invoke({ print: JSON.stringify({ time: 't', level: 'info', event: 'spoke', id: 'x' }) });
  await invoke({ print: 'Segmentation fault' });
  const path = join(stack.configuration.dataDir, 'logs', 'rescind.jsonl');
  const lines = await eventually(() => {
    const text = readFileSync(path, 'utf8');
    return (
      text.includes('Segmentation') &&
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    );
  });
  expect(lines).toContainEqual({ function: 'worker', time: 't', level: 'info', event: 'spoke', id: 'x' });
  expect(lines).toContainEqual(
    expect.objectContaining({ function: 'worker', event: 'text', text: 'Segmentation fault' }),
  );
});

test('a schedule is kept, and never runs twice at once', async () => {
  const events: unknown[] = [];
  let running = 0;
  const schedule = startSchedule('arn:rule', 20, [
    {
      invoke: async (event) => {
        running += 1;
        expect(running).toBe(1);
        events.push(event);
        await new Promise((resolve) => setTimeout(resolve, 70));
        running -= 1;
        return { kind: 'returned', payload: 'null' };
      },
    },
  ]);
  await eventually(() => events.length === 3);
  schedule.stop();
  expect(events[0]).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    resources: ['arn:rule'],
  });
});

test('a watcher sees every call to the embedded services and can make one fail', async () => {
  const { region, credentials } = localAws;
  const common = { region, credentials, maxAttempts: 1 };
  const dynamodb = new DynamoDBClient({ ...common, endpoint: stack.endpoints.dynamodb });
  const sqs = new SQSClient({ ...common, endpoint: stack.endpoints.sqs });
  const secrets = new SecretsManagerClient({ ...common, endpoint: stack.endpoints.secretsManager });
  const put = () =>
    dynamodb.send(new PutItemCommand({ TableName: stack.stores.get('Table'), Item: { pk: { S: 'x' } } }));
  const send = () =>
    sqs.send(new SendMessageCommand({ QueueUrl: stack.stores.get('Queue'), MessageBody: 'x' }));
  const create = (Name: string) => secrets.send(new CreateSecretCommand({ Name, SecretString: 'x' }));
  seen.length = 0;
  await Promise.all([put(), send(), create('a')]);
  expect(seen.toSorted()).toEqual([
    'dynamodb PutItem 200 object',
    'secretsmanager CreateSecret 200 object',
    'sqs SendMessage 200 object',
  ]);
  for (const [operation, call] of [
    ['PutItem', put],
    ['SendMessage', send],
    ['CreateSecret', () => create('b')],
  ] as const) {
    refused = operation;
    await expect(call()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  }
  refused = null;
});

test('a stop does not wait for a function that does not end', async () => {
  const assembly = writeAssembly({ Worker: lambdaFunction('worker', { Timeout: 60 }) }, { worker });
  const busy = await startLocalStack({ environment: quietEnvironment(), assembly });
  const invocation = busy.functions.get('worker')?.invoke({ ms: 50_000 });
  await eventually(() => busy.functions.get('worker')?.invocations());
  const begun = performance.now();
  await busy.close();
  expect(performance.now() - begun).toBeLessThan(4_000);
  expect(await invocation).toMatchObject({ kind: 'failed' });
});
