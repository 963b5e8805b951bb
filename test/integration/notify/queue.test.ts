/** The notify function as it is deployed, on a real queue and the real clock: its settings, its messages, its answer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedSqs } from '../../../infra/local/embedded-sqs.ts';
import { localAws } from '../../../infra/local/local-aws.ts';
import type { Instant, RequestId, Tenant } from '../../../shared/domain/ids.ts';
import { environmentNames } from '../../../shared/environment.ts';
import type { EndpointId, EndpointUid } from '../../../shared/notify/endpoint.ts';
import { type Notice, noticeSender } from '../../../shared/queue/notices.ts';
import { deliveryStore } from '../../../shared/store/deliveries.ts';
import { endpointStore } from '../../../shared/store/endpoints.ts';
import { context } from '../../unit/http/examples.ts';
import { accountFunction, endpointSecretPrefix } from '../edge/account-function.ts';
import { startTableServer, type TableServer } from '../edge/table-server.ts';
import { openReceiver, type Receiver } from './receiver.ts';

type Handler = typeof import('../../../functions/notify/handler.ts')['handler'];

let folder: string;
let server: TableServer;
let sqs: Awaited<ReturnType<typeof startEmbeddedSqs>>;
let client: SQSClient;
let queueUrl: string;
let handler: Handler;
let receiver: Receiver;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rescind-notify-'));
  server = await startTableServer();
  sqs = await startEmbeddedSqs(folder);
  receiver = await openReceiver();
  client = new SQSClient({
    endpoint: sqs.endpoint,
    region: localAws.region,
    credentials: localAws.credentials,
  });
  queueUrl = (await client.send(new CreateQueueCommand({ QueueName: 'notify' }))).QueueUrl ?? '';
  Object.assign(process.env, {
    AWS_REGION: localAws.region,
    AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: server.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.secretsEndpoint,
    [environmentNames.table]: server.tableName,
    [environmentNames.notifyQueue]: queueUrl,
    [environmentNames.endpointSecretPrefix]: endpointSecretPrefix,
    ALLOW_LOOPBACK_TARGETS: 'on',
    EVENT_RETRY_SECONDS: '1,1',
  });
  // Its module reads the environment, so it comes after it.
  ({ handler } = await import('../../../functions/notify/handler.ts'));
});
afterAll(async () => {
  client.destroy();
  await sqs.close();
  await server.close();
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the event source mapping does: takes a batch, invokes, deletes what did not fail. @returns the failures */
const poll = async (): Promise<readonly string[] | null> => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  );
  if (Messages.length === 0) return null;
  const Records = Messages.map(({ MessageId = '', Body = '', Attributes = {} }) => ({
    messageId: MessageId,
    body: Body,
    attributes: { ApproximateReceiveCount: Attributes.ApproximateReceiveCount },
  }));
  const event: Pick<SQSEvent, 'Records'> = { Records: Records as SQSEvent['Records'] };
  const { batchItemFailures } = await handler(event, context(60_000));
  const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  for (const { MessageId, ReceiptHandle } of Messages) {
    if (MessageId !== undefined && failed.includes(MessageId)) continue;
    await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  return failed;
};

test('a replay brings an event back through the queue, with its retries a second apart', async () => {
  const now = () => Date.now() as Instant;
  const sendNotice = noticeSender(client);
  const { call } = accountFunction(server, 'demo', { now, sendNotice, allowLoopback: true });
  const route = '/v1/webhook_endpoints/{endpoint_id}';
  const { body: endpoint } = await call(`PUT ${route}`, 'app', { url: receiver.url });
  receiver.state.secrets = [endpoint.secret];
  const id = await recordFailed(server, now());
  receiver.state.answer = 500;
  expect((await call(`POST ${route}/replay`, 'app', { since: '2020-01-01T00:00:00Z' })).status).toBe(202);
  for (const deadline = Date.now() + 20_000; receiver.taken().length === 0 && Date.now() < deadline; ) {
    if (receiver.received.length === 1) receiver.state.answer = 204;
    expect((await poll()) ?? []).toEqual([]);
    await sleep(50);
  }
  expect(receiver.received.map((received) => [received.id, received.status])).toEqual([
    [id, 500],
    [id, 204],
  ]);
  const [first, second] = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']));
  expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(1);
  const { body } = await call(`GET ${route}/deliveries`, 'app');
  expect(body.items).toMatchObject([{ id, state: 'delivered', attempt_count: 2 }]);
  expect(await poll()).toBe(null);
});

test('a message that nobody sent is dropped, and poisons no batch', async () => {
  const known: Notice = { kind: 'tell', tenant: 'demo' as Tenant, id: `sr_${'0'.repeat(32)}` as RequestId };
  for (const MessageBody of ['{"kind":"say"}', 'nonsense', JSON.stringify(known)]) {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  }
  const failures = [];
  for (let answer = await poll(); answer !== null; answer = await poll()) failures.push(...answer);
  expect(failures).toEqual([]);
});

test('what could not be done comes back, by its message alone', async () => {
  const position = `2026-11-21T10:00:00.000Z#evt_${'1'.repeat(32)}`;
  const endpoint = 'b'.repeat(24) as EndpointUid;
  await noticeSender(client)({ kind: 'deliver', tenant: 'demo' as Tenant, endpoint, position }, 0);
  // An item that this code did not write cannot be decided on.
  const key = { pk: { S: `deliveries#demo#${endpoint}` }, sk: { S: position } };
  await server.dynamoDB.send(new PutItemCommand({ TableName: server.tableName, Item: key }));
  await noticeSender(client)(
    { kind: 'tell', tenant: 'demo' as Tenant, id: `sr_${'0'.repeat(32)}` as RequestId },
    0,
  );
  const failures = [];
  for (let answer = await poll(); answer !== null; answer = await poll()) failures.push(...answer);
  expect(failures).toHaveLength(1);
});

/** An event that was given up before. @returns its id */
const recordFailed = async (table: TableServer, at: Instant): Promise<string> => {
  const endpoints = await endpointStore(table.dynamoDB, table.tableName).list('demo' as Tenant);
  const endpoint = endpoints.find(({ id }) => id === ('app' as EndpointId));
  if (endpoint === undefined) throw new Error('the endpoint was not stored');
  const id = `evt_${'a'.repeat(32)}`;
  await deliveryStore(table.dynamoDB, table.tableName, 30).create(
    {
      tenant: endpoint.tenant,
      endpoint: endpoint.uid,
      position: `${new Date(at).toISOString()}#${id}`,
      state: 'failed',
      failure: 'endpoint-disabled',
      body: JSON.stringify({
        type: 'cancellation.queued',
        timestamp: new Date(at).toISOString(),
        data: { id: `sr_${'0'.repeat(32)}` },
      }),
      count: 0,
      attempts: [],
      nextAt: null,
      keptUntil: null,
    },
    null,
    at,
  );
  return id;
};
