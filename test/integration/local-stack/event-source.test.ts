/** What becomes of a batch, as Lambda does it. If this is wrong, messages are lost here or stay for ever on AWS. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localAws } from '../../../infra/local/local-aws.ts';
import { type LocalStack, startLocalStack } from '../../../infra/local/local-stack.ts';
import {
  eventually,
  lambdaFunction,
  mapping,
  queue,
  quietEnvironment,
  temporaryDirectory,
  writeAssembly,
} from './assembly.ts';

/** Writes down each receipt, then does what the case says at the first one, and succeeds afterwards. */
const consumer = `
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
const act = {
  null: () => null,
  nothing: () => undefined,
  emptyObject: () => ({}),
  emptyList: () => ({ batchItemFailures: [] }),
  nullList: () => ({ batchItemFailures: null }),
  second: (records) => ({ batchItemFailures: [{ itemIdentifier: records[1]?.messageId ?? records[0].messageId }] }),
  all: (records) => ({ batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) }),
  unknownId: (records) => ({ batchItemFailures: [{ itemIdentifier: 'unknown' }] }),
  emptyId: () => ({ batchItemFailures: [{ itemIdentifier: '' }] }),
  nullId: () => ({ batchItemFailures: [{ itemIdentifier: null }] }),
  wrongKey: (records) => ({ batchItemFailures: [{ messageId: records[0].messageId }] }),
  text: () => 'done',
  array: () => [],
  noList: () => ({ batchItemFailures: 'all' }),
  throws: () => { throw new Error('on purpose'); },
  overruns: () => new Promise((resolve) => setTimeout(resolve, 30_000)),
  spins: () => { while (true); },
  dies: () => process.exit(3),
};
export const handler = ({ Records }) => {
  const { kind } = JSON.parse(Records[0].body);
  for (const { body, attributes, eventSourceARN } of Records) {
    const line = JSON.stringify({ ...JSON.parse(body), count: attributes.ApproximateReceiveCount, size: Records.length });
    appendFileSync(join(process.env.RECORD_DIR, kind), line + '\\n');
  }
  return Records[0].attributes.ApproximateReceiveCount === '1' ? act[kind](Records) : {};
};`;

type Receipt = { readonly item: number; readonly count: string; readonly size: number };

/** Receipts of the first and of the second message of a batch of two. */
const once = ['1'];
const twice = ['1', '2'];
const cases: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  null: [once, once],
  nothing: [once, once],
  emptyObject: [once, once],
  emptyList: [once, once],
  nullList: [once, once],
  second: [once, twice],
  all: [twice, twice],
  unknownId: [twice, twice],
  emptyId: [twice, twice],
  nullId: [twice, twice],
  wrongKey: [twice, twice],
  text: [twice, twice],
  array: [twice, twice],
  noList: [twice, twice],
  throws: [twice, twice],
  overruns: [twice, twice],
  spins: [twice, twice],
  dies: [twice, twice],
};

const recordDir = temporaryDirectory();
const receiptsOf = (kind: string): readonly Receipt[] => {
  const path = join(recordDir, kind);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

let stack: LocalStack;
let sqs: SQSClient;

const send = (queueId: string, kind: string, items: readonly number[]) =>
  sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: stack.stores.get(queueId),
      Entries: items.map((item) => ({ Id: String(item), MessageBody: JSON.stringify({ kind, item }) })),
    }),
  );

const messagesIn = async (queueId: string): Promise<number> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: stack.stores.get(queueId), AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  );
};

beforeAll(async () => {
  const queues = Object.keys(cases).flatMap((kind) => [
    [`${kind}Queue`, queue({ VisibilityTimeout: 2 })],
    [`${kind}Mapping`, mapping(`${kind}Queue`, 'Consumer')],
  ]);
  const assembly = writeAssembly(
    {
      Consumer: lambdaFunction('consumer', {
        Timeout: 1,
        Environment: { Variables: { RECORD_DIR: recordDir } },
      }),
      ...Object.fromEntries(queues),
      Silent: queue({ VisibilityTimeout: 2 }),
      SilentMapping: mapping('Silent', 'Consumer', { FunctionResponseTypes: [] }),
      Dead: queue(),
      Poisoned: queue({
        VisibilityTimeout: 1,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1 },
      }),
      PoisonedMapping: mapping('Poisoned', 'Consumer'),
    },
    { consumer },
  );
  stack = await startLocalStack({ environment: quietEnvironment(), assembly });
  sqs = new SQSClient({
    endpoint: stack.endpoints.sqs,
    region: localAws.region,
    credentials: localAws.credentials,
  });
});

afterAll(async () => {
  sqs.destroy();
  await stack.close();
});

describe('a batch with ReportBatchItemFailures', () => {
  test.concurrent.each(Object.entries(cases))('%s', async (kind, expected) => {
    await send(`${kind}Queue`, kind, [0, 1]);
    const [first, second] = expected;
    await eventually(() => receiptsOf(kind).length === first.length + second.length, 20_000);
    await eventually(async () => (await messagesIn(`${kind}Queue`)) === 0);
    const receipts = receiptsOf(kind);
    expect(receipts[0]?.size).toBe(2);
    expect(
      [0, 1].map((item) => receipts.filter((receipt) => receipt.item === item).map(({ count }) => count)),
    ).toEqual(expected);
  });
});

test('without ReportBatchItemFailures the response is ignored', async () => {
  await send('Silent', 'all', [7]);
  await eventually(() => receiptsOf('all').find(({ item }) => item === 7));
  await eventually(async () => (await messagesIn('Silent')) === 0);
  expect(receiptsOf('all').filter(({ item }) => item === 7)).toHaveLength(1);
});

test('what fails too often goes to the dead-letter queue', async () => {
  await send('Poisoned', 'throws', [9]);
  await eventually(async () => (await messagesIn('Dead')) === 1);
  expect(await messagesIn('Poisoned')).toBe(0);
});
