/** The faults are told by the real SDK as AWS's own, and those that come after the act have acted. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedServer } from '../../../infra/local/embedded-dynamodb.ts';
import { startEmbeddedSqs } from '../../../infra/local/embedded-sqs.ts';
import { diceFor } from '../../chaos/dice.ts';
import { type FaultyProxy, startFaultyProxy } from '../../chaos/faulty-proxy.ts';
import { type ProxiedService, type WireFault, wireFaultNames } from '../../chaos/wire-faults.ts';
import { temporaryDirectory } from '../local-stack/assembly.ts';
import { startTestDynamoDB, tableName } from '../support/dynamodb.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'us-east-1';
const stallMs = [300, 300] as const;

let dynamoDB: Awaited<ReturnType<typeof startTestDynamoDB>>;
let sqs: EmbeddedServer;
const proxies: FaultyProxy[] = [];
beforeAll(async () => {
  dynamoDB = await startTestDynamoDB();
  sqs = await startEmbeddedSqs(temporaryDirectory());
});
afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await dynamoDB?.close();
  await sqs?.close();
});

/** Every call through it goes wrong in this one way. */
const proxyFor = async (service: ProxiedService, target: string, fault: WireFault): Promise<FaultyProxy> => {
  const dice = diceFor(1, fault);
  const proxy = await startFaultyProxy({ service, dice, stallMs, kinds: [fault] });
  proxies.push(proxy);
  proxy.setTarget(target);
  proxy.setTrouble(1);
  return proxy;
};

const dynamoDBEndpoint = async (): Promise<string> => {
  const { hostname, port } = (await dynamoDB.client.config.endpoint?.()) ?? { hostname: '', port: 0 };
  return `http://${hostname}:${port}`;
};

const item = (id: string) => ({ pk: { S: id }, sk: { S: 'hot' } });
const isThere = async (id: string): Promise<boolean> =>
  (await dynamoDB.client.send(new GetItemCommand({ TableName: tableName, Key: item(id) }))).Item !==
  undefined;

/** One attempt. @returns the name of the error, or `none` */
const putThrough = async (endpoint: string, id: string): Promise<string> => {
  const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
  return client.send(new PutItemCommand({ TableName: tableName, Item: item(id) })).then(
    () => 'none',
    (error: Error & { readonly code?: string }) => error.code ?? error.name,
  );
};

describe('a write to DynamoDB', () => {
  const expected: Readonly<Record<WireFault, { readonly told: RegExp; readonly acts: boolean }>> = {
    throttled: {
      told: /^(ProvisionedThroughputExceededException|ThrottlingException|RequestLimitExceeded)$/,
      acts: false,
    },
    server_error: { told: /^(InternalServerError|ServiceUnavailableException)$/, acts: false },
    reset_before: { told: /^ECONNRESET$/, acts: false },
    reset_after: { told: /^ECONNRESET$/, acts: true },
    stall_before: { told: /^none$/, acts: true },
    stall_after: { told: /^none$/, acts: true },
  };
  test.each(wireFaultNames)('%s', async (fault) => {
    const proxy = await proxyFor('dynamodb', await dynamoDBEndpoint(), fault);
    const begun = performance.now();
    expect(await putThrough(proxy.endpoint, fault)).toMatch(expected[fault].told);
    expect(await isThere(fault)).toBe(expected[fault].acts);
    if (fault.startsWith('stall')) expect(performance.now() - begun).toBeGreaterThanOrEqual(stallMs[0] - 5);
    expect(proxy.counts).toMatchObject({ calls: 1, injected: { [fault]: 1 } });
  });

  test('that stalled past the patience of its caller is still carried out', async () => {
    const proxy = await proxyFor('dynamodb', await dynamoDBEndpoint(), 'stall_before');
    const client = new DynamoDBClient({
      endpoint: proxy.endpoint,
      region,
      credentials,
      maxAttempts: 1,
      requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
    });
    const put = client.send(new PutItemCommand({ TableName: tableName, Item: item('late') }));
    await expect(put).rejects.toThrow();
    expect(await isThere('late')).toBe(false);
    await expect.poll(() => isThere('late'), { timeout: 5_000 }).toBe(true);
  });

  test('succeeds through faults that the SDK repeats', async () => {
    const proxy = await startFaultyProxy({
      service: 'dynamodb',
      dice: diceFor(7, 'retries'),
      stallMs: [1, 1],
    });
    proxies.push(proxy);
    proxy.setTarget(await dynamoDBEndpoint());
    proxy.setTrouble(0.3);
    const client = new DynamoDBClient({ endpoint: proxy.endpoint, region, credentials, maxAttempts: 10 });
    for (let n = 0; n < 30; n += 1)
      await client.send(new PutItemCommand({ TableName: tableName, Item: item(`again-${n}`) }));
    expect(Object.values(proxy.counts.injected).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3);
    expect(await isThere('again-29')).toBe(true);
  });
});

test.each(['throttled', 'server_error'] as const)('a message to SQS: %s', async (fault) => {
  const direct = new SQSClient({ endpoint: sqs.endpoint, region, credentials });
  const { QueueUrl = '' } = await direct.send(new CreateQueueCommand({ QueueName: fault }));
  const proxy = await proxyFor('sqs', sqs.endpoint, fault);
  const client = new SQSClient({ endpoint: proxy.endpoint, region, credentials, maxAttempts: 1 });
  const through = new URL(new URL(QueueUrl).pathname, proxy.endpoint).href;
  const names = {
    throttled: /^(RequestThrottled|ThrottlingException)$/,
    server_error: /^(InternalFailure|ServiceUnavailable)$/,
  };
  const sent = client.send(new SendMessageCommand({ QueueUrl: through, MessageBody: '{}' }));
  await expect(sent).rejects.toSatisfy((error: Error) => names[fault].test(error.name));
});
