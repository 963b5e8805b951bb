/** `npm run redrive` on a real SQS-compatible server: what it shows, what it moves, and that nothing is lost on the way. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AwsCall } from '../../../infra/local/aws-calls.ts';
import { startEmbeddedSqs } from '../../../infra/local/embedded-sqs.ts';
import { localAws } from '../../../infra/local/local-aws.ts';
import { queuesAmong } from '../../../infra/queue-connection.ts';
import { providerNames } from '../../../shared/providers/registry.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { runCommand } from './run-command.ts';

/** As the template names them. */
const queueNames = synthesize()
  .ofType('AWS::SQS::Queue')
  .map(([id]) => id);

const parts = new AsyncDisposableStack();
let dataDir: string;
let client: SQSClient;
let queues: ReturnType<typeof queuesAmong>;
const calls: AwsCall[] = [];
/** What it throws makes the call fail with a 500. */
let before: (call: AwsCall) => void = () => undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rescind-redrive-'));
  parts.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startEmbeddedSqs(join(dataDir, 'sqs'), {
    before: (call) => {
      calls.push(call);
      before(call);
    },
  });
  parts.defer(() => server.close());
  const endpoints = {
    dynamodb: server.endpoint,
    sqs: server.endpoint,
    table: 'none',
    region: localAws.region,
  };
  await writeFile(join(dataDir, 'endpoints.json'), JSON.stringify(endpoints));
  client = new SQSClient({
    endpoint: server.endpoint,
    region: localAws.region,
    credentials: localAws.credentials,
  });
  parts.defer(() => client.destroy());
  const urls: string[] = [];
  for (const QueueName of queueNames) {
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName }));
    urls.push(QueueUrl);
  }
  queues = queuesAmong(urls);
});
afterAll(() => parts.disposeAsync());

beforeEach(async () => {
  before = () => undefined;
  for (const { url, deadLetterUrl } of queues) {
    for (const QueueUrl of [url, deadLetterUrl]) await client.send(new PurgeQueueCommand({ QueueUrl }));
  }
  calls.splice(0);
});

const redrive = (...args: string[]) =>
  runCommand('infra/redrive.ts', ['--per-second', '100', ...args], { DATA_DIR: dataDir });

const queueOf = (name: string) => {
  const queue = queues.find((each) => each.name === name);
  if (queue === undefined) throw new Error(`no queue of ${name}`);
  return queue;
};
const send = (QueueUrl: string, body: object | string, traceparent?: string) =>
  client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      ...(traceparent !== undefined && {
        MessageAttributes: { traceparent: { DataType: 'String', StringValue: traceparent } },
      }),
    }),
  );
/** How many lie there, in sight and under way. */
const depth = async (QueueUrl: string): Promise<readonly number[]> => {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
  );
  return names.map((name) => Number(Attributes?.[name]));
};
const held = async (url: string): Promise<number> =>
  (await depth(url)).reduce((sum, count) => sum + count, 0);
const receiveAll = async (QueueUrl: string) => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  return Messages;
};

const hint = (digit: number) => ({
  tenant: 'acme',
  id: `sr_${String(digit).repeat(32)}`,
  version: 3,
  cause: 'new',
  permit: true,
});
const notice = { kind: 'tell', tenant: 'acme', id: hint(7).id };
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

describe('redrive', () => {
  test('shows what lies there, and leaves it there for the next who looks', async () => {
    await send(queueOf('truto').deadLetterUrl, hint(1));
    await send(queueOf('notify').deadLetterUrl, notice);
    for (const _ of [1, 2]) {
      const { code, out } = await redrive();
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^truto .* tenant=acme id=${hint(1).id} version=3 cause=new`, 'm'));
      expect(out).toMatch(new RegExp(`^notify .* kind=tell tenant=acme id=${hint(7).id}`, 'm'));
      expect(out).toContain('2 dead letters, 0 of them unreadable, 0 moved back\nadd --yes to move 2');
      expect(await held(queueOf('truto').deadLetterUrl)).toBe(1);
      expect(await held(queueOf('notify').deadLetterUrl)).toBe(1);
      // In sight again after a second.
      await sleep(1_200);
    }
    expect(calls.filter(({ operation }) => operation === 'SendMessage')).toHaveLength(2);
    expect(await held(queueOf('truto').deadLetterUrl)).toBe(1);
  });

  test.each([...providerNames, 'notify'])(
    'moves what lies behind the queue of %s back to it, and nowhere else',
    async (name) => {
      const body = name === 'notify' ? notice : hint(1);
      await send(queueOf(name).deadLetterUrl, body, traceparent);
      expect((await redrive('--yes')).out).toContain('1 dead letters, 0 of them unreadable, 1 moved back');
      const [moved, ...more] = await receiveAll(queueOf(name).url);
      expect(more).toEqual([]);
      expect(moved?.MessageAttributes).toMatchObject({ traceparent: { StringValue: traceparent } });
      // Whatever crashed may have acted: it may not send without a look, nor keep what was reserved for it.
      const { permit: _, ...plain } = hint(1);
      expect(JSON.parse(moved?.Body ?? '')).toEqual(
        name === 'notify' ? notice : { ...plain, cause: 'sweep' },
      );
      expect(await depth(queueOf(name).deadLetterUrl)).toEqual([0, 0]);
      for (const queue of queues.filter((each) => each.name !== name))
        expect(await depth(queue.url)).toEqual([0, 0]);
    },
  );

  test('moves all of many, and a second run none', async () => {
    const many = 23;
    for (let sent = 0; sent < many; sent += 1)
      await send(queueOf('box-sign').deadLetterUrl, { ...hint(1), version: sent + 1 });
    expect((await redrive('--yes')).out).toContain(`${many} moved back`);
    expect((await redrive('--yes')).out).toContain('0 dead letters, 0 of them unreadable, 0 moved back');
    expect(await depth(queueOf('box-sign').url)).toEqual([many, 0]);
  });

  test('moves those of one queue alone where it is told so', async () => {
    await send(queueOf('truto').deadLetterUrl, hint(1));
    await send(queueOf('ironclad').deadLetterUrl, hint(2));
    expect((await redrive('--yes', '--queue', 'ironclad')).out).toContain('1 moved back');
    expect(await depth(queueOf('truto').deadLetterUrl)).toEqual([1, 0]);
    expect(await depth(queueOf('ironclad').url)).toEqual([1, 0]);
  });

  test('leaves what no function reads, and repeats nothing of it', async () => {
    await send(queueOf('truto').deadLetterUrl, '{"signer": "ann@example.com"}');
    await send(queueOf('truto').deadLetterUrl, hint(1));
    const { out } = await redrive('--yes');
    expect(out).toContain('2 dead letters, 1 of them unreadable, 1 moved back');
    expect(out).not.toContain('ann@');
    expect(await held(queueOf('truto').deadLetterUrl)).toBe(1);
  });

  test.each(['SendMessage', 'DeleteMessage'])(
    'that fails at %s loses nothing: it is still there, or there twice',
    async (operation) => {
      await send(queueOf('truto').deadLetterUrl, hint(1));
      before = (call) => {
        if (call.operation === operation) throw new Error('away');
      };
      const { code, err } = await redrive('--yes');
      expect([code, err]).toEqual([1, expect.stringContaining('the queues cannot be reached')]);
      before = () => undefined;
      const deadLetters = await depth(queueOf('truto').deadLetterUrl);
      expect(deadLetters.reduce((sum, count) => sum + count, 0)).toBe(1);
      expect(await depth(queueOf('truto').url)).toEqual([operation === 'SendMessage' ? 0 : 1, 0]);
    },
  );

  test('that fails on its way gives back what it had taken and not moved', async () => {
    for (const digit of [1, 2, 3]) await send(queueOf('truto').deadLetterUrl, hint(digit));
    let sent = 0;
    before = ({ operation }) => {
      if (operation === 'SendMessage') sent += 1;
      if (operation === 'SendMessage' && sent > 1) throw new Error('away');
    };
    expect((await redrive('--yes')).code).toBe(1);
    before = () => undefined;
    await sleep(1_200);
    expect((await redrive('--yes')).out).toContain('2 dead letters, 0 of them unreadable, 2 moved back');
  });

  test('counts what it leaves once, however long it takes with the rest', async () => {
    await send(queueOf('truto').deadLetterUrl, 'nothing that a function reads');
    for (let sent = 0; sent < 33; sent += 1)
      await send(queueOf('truto').deadLetterUrl, { ...hint(1), version: sent + 1 });
    // As if the row were so long that what is left comes into sight again.
    before = ({ operation, input }) => {
      if (operation === 'ReceiveMessage') Object.assign(Object(input), { VisibilityTimeout: 3 });
    };
    const { out } = await redrive('--yes', '--per-second', '9');
    before = () => undefined;
    expect(out).toContain('34 dead letters, 1 of them unreadable, 33 moved back');
    expect(await held(queueOf('truto').deadLetterUrl)).toBe(1);
  });

  test.each([
    [['--queue', 'nothing'], '--queue is one of dropbox-sign'],
    [['--per-second', '0'], '--per-second is a whole number'],
    [['--per-second', 'many'], '--per-second is a whole number'],
    [['--stock', 'x'], 'stock'],
  ])('%j is refused in one understandable line', async (args, part) => {
    const { code, err } = await runCommand('infra/redrive.ts', args, { DATA_DIR: dataDir });
    expect([code, err]).toEqual([1, expect.stringContaining(part)]);
  });

  test('says what to do where no stack runs', async () => {
    const { code, err } = await runCommand('infra/redrive.ts', [], { DATA_DIR: join(dataDir, 'nowhere') });
    expect([code, err]).toEqual([1, expect.stringContaining('--stack')]);
  });
});

describe('the queues of a stack', () => {
  const onAws = (stack: string) =>
    queueNames.map((id) => `https://sqs.eu-central-1.amazonaws.com/1/${stack}-${id}-AbC123xyz`);

  test('are told from those of another whose name begins alike', () => {
    const found = queuesAmong(
      [...onAws('Rescind-two'), ...onAws('Rescind'), ...onAws('Rescinded')],
      'Rescind',
    );
    expect(found.map(({ name }) => name)).toEqual([...providerNames, 'notify']);
    for (const { url, deadLetterUrl } of found) {
      expect(url).toMatch(/\/Rescind-[a-z]+Queue/);
      expect(deadLetterUrl).toMatch(/\/Rescind-[a-z]+DeadLetterQueue/);
    }
  });

  test('that is not there are missed by name', () => {
    expect(() => queuesAmong(onAws('Rescind'), 'Other')).toThrow('a stack named Other');
  });
});
