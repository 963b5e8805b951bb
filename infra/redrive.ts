/**
 * Shows what lies in the dead-letter queues, and with `--yes` moves it back, with the rights of whoever runs it: on AWS
 * with `--stack` and the usual AWS credentials, else on the local stack that is running.
 *
 *   npm run redrive -- [--queue NAME] [--yes] [--per-second N] [--stack NAME] [--region R]
 *
 * A message is deleted after it was sent, so a crash leaves it in both queues: hints and notices may be doubled. A hint
 * goes back as one of the sweep's, because whatever crashed may have acted: it looks before it sends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { isPassing } from '../shared/http/failure.ts';
import { parseHint } from '../shared/queue/hints.ts';
import { parseNotice } from '../shared/queue/notices.ts';
import { perSecondGiven } from './per-second.ts';
import { connectToQueues, type DeployedQueue } from './queue-connection.ts';

const usage = 'usage: npm run redrive -- [--queue NAME] [--yes] [--per-second N] [--stack NAME] [--region R]';

/** Hidden for so long from anybody else who looks; a message that is not moved is given back at the end. */
const hiddenSeconds = 300;
/** Not at once: the embedded server loses a message whose time-out is set to 0. */
const soonSeconds = 1;
/** Of one queue in one run. */
const mostMessages = 10_000;

interface Work {
  readonly client: SQSClient;
  readonly queue: DeployedQueue;
  readonly moves: boolean;
  readonly pauseMs: number;
}

interface Outcome {
  readonly seen: number;
  readonly moved: number;
  /** Left where they are: no function of this version would know what to do with them. */
  readonly unreadable: number;
}

const redrive = async (work: Work): Promise<Outcome> => {
  const tally = { seen: 0, moved: 0, unreadable: 0 };
  const hidden = new Map<string | undefined, Message>();
  try {
    while (tally.seen < mostMessages) {
      const messages = await receive(work);
      if (messages.length === 0) break;
      // One that is left comes into sight again while a long row is moved: it is given back by its newest handle.
      const unseen = messages.filter(({ MessageId }) => !hidden.has(MessageId));
      for (const message of messages) hidden.set(message.MessageId, message);
      for (const message of unseen) {
        const body = bodyToSend(work.queue, message);
        tally.seen += 1;
        console.log(lineOf(work.queue, message, body !== null));
        if (body === null) tally.unreadable += 1;
        if (body === null || !work.moves) continue;
        await move(work, message, body);
        hidden.delete(message.MessageId);
        tally.moved += 1;
        await sleep(work.pauseMs);
      }
    }
  } finally {
    await giveBack(work, [...hidden.values()]);
  }
  return tally;
};

const receive = async ({ client, queue }: Work): Promise<readonly Message[]> => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.deadLetterUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: hiddenSeconds,
      // Long enough that every server of the queue is asked.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
};

/** Null: it is none that this version reads. */
const bodyToSend = ({ name }: DeployedQueue, { Body = '' }: Message): string | null => {
  if (name === 'notify') return parseNotice(Body) === null ? null : Body;
  const hint = parseHint(Body);
  if (hint === null) return null;
  const { tenant, id, version } = hint;
  return JSON.stringify({ tenant, id, version, cause: 'sweep' });
};

const move = async ({ client, queue }: Work, message: Message, MessageBody: string): Promise<void> => {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody,
      MessageAttributes: message.MessageAttributes,
    }),
  );
  await client.send(
    new DeleteMessageCommand({ QueueUrl: queue.deadLetterUrl, ReceiptHandle: message.ReceiptHandle }),
  );
};

const giveBack = async ({ client, queue }: Work, hidden: readonly Message[]): Promise<void> => {
  for (let start = 0; start < hidden.length; start += 10) {
    const Entries = hidden.slice(start, start + 10).map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: soonSeconds,
    }));
    const { Failed = [] } = await client.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.deadLetterUrl, Entries }),
    );
    if (Failed.length > 0)
      console.error(`${Failed.length} of ${queue.name} stay hidden for ${hiddenSeconds} s`);
  }
};

/** Ids and causes; what is unreadable is not repeated, for nobody knows what stands in it. */
const lineOf = (
  { name }: DeployedQueue,
  { Body = '', MessageId, Attributes }: Message,
  readable: boolean,
): string => {
  const sent = new Date(Number(Attributes?.SentTimestamp ?? 0)).toISOString();
  const what = readable
    ? fieldsOf(name, Body)
    : `unreadable message_id=${MessageId} bytes=${Buffer.byteLength(Body)}`;
  return `${name.padEnd(12)}  ${sent}  ${what}`;
};

const fieldsOf = (name: string, body: string): string => {
  const notice = name === 'notify' ? parseNotice(body) : null;
  const message = notice ?? parseHint(body);
  return Object.entries(message ?? {})
    .map(([field, value]) => `${field}=${value}`)
    .join(' ');
};

const run = async (): Promise<void> => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { queue: text, yes: { type: 'boolean' }, 'per-second': text, stack: text, region: text },
  });
  const perSecond = perSecondGiven(values['per-second'], usage);
  const { client, queues } = await connectToQueues(values, process.env);
  const wanted = queues.filter(({ name }) => values.queue === undefined || name === values.queue);
  if (wanted.length === 0) {
    throw new Error(`--queue is one of ${queues.map(({ name }) => name).join(', ')}\n${usage}`);
  }
  const moves = values.yes === true;
  // Beside each other: each may have to wait for its servers to be asked.
  const outcomes = await Promise.all(
    wanted.map((queue) => redrive({ client, queue, moves, pauseMs: 1000 / perSecond })),
  );
  const total = (of: keyof Outcome) => outcomes.reduce((sum, outcome) => sum + outcome[of], 0);
  const [seen, moved, unreadable] = [total('seen'), total('moved'), total('unreadable')];
  console.log(`${seen} dead letters, ${unreadable} of them unreadable, ${moved} moved back`);
  if (!moves && seen > unreadable) console.log(`add --yes to move ${seen - unreadable}`);
};

try {
  await run();
} catch (error) {
  const message = error instanceof Error ? error.message || error.name : String(error);
  console.error(isPassing(error) ? `the queues cannot be reached (${String(error)})` : message);
  process.exitCode = 1;
}
