/** An event source mapping: receives batches from a queue, invokes the function, deletes what succeeded. */
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FunctionPool } from '../lambda/function-pool.ts';
import { succeededMessages } from './batch-outcome.ts';
import { sqsEvent } from './sqs-event.ts';

export interface EventSourceMapping {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly reportsFailures: boolean;
}

export interface Poller {
  /** Stops receiving at once and waits up to `graceMs` for the batches under way. */
  stop(graceMs: number): Promise<void>;
}

const longPollSeconds = 20;
const pauseAfterErrorMs = 1_000;

export const startPoller = (
  sqs: SQSClient,
  mapping: EventSourceMapping,
  target: Pick<FunctionPool, 'invoke'>,
  report: (error: unknown) => void,
): Poller => {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const handle = async (messages: readonly Message[]): Promise<void> => {
    const result = await target.invoke(sqsEvent(messages, mapping.queueArn));
    const ids = messages.map((message) => message.MessageId ?? '');
    const done = succeededMessages(ids, result, mapping.reportsFailures);
    await deleteMessages(
      sqs,
      mapping.queueUrl,
      messages.filter((message) => done.includes(message.MessageId ?? '')),
    );
  };
  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (underWay.size >= mapping.maximumConcurrency) {
        await Promise.race(underWay);
        continue;
      }
      const messages = await receive(sqs, mapping, stopping.signal);
      if (messages.length === 0) continue;
      const batch: Promise<void> = handle(messages)
        .catch(report)
        .finally(() => underWay.delete(batch));
      underWay.add(batch);
    }
  };
  const pollForEver = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await poll().catch(async (error: unknown) => {
        if (stopping.signal.aborted) return;
        report(error);
        await pause(pauseAfterErrorMs);
      });
    }
  };
  const polling = pollForEver();

  return {
    stop: async (graceMs) => {
      stopping.abort();
      await Promise.race([Promise.all([polling, ...underWay]), pause(graceMs)]);
    },
  };
};

const receive = async (
  sqs: SQSClient,
  mapping: EventSourceMapping,
  abortSignal: AbortSignal,
): Promise<Message[]> => {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: mapping.queueUrl,
      MaxNumberOfMessages: Math.min(mapping.batchSize, 10),
      WaitTimeSeconds: longPollSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
    { abortSignal },
  );
  return Messages ?? [];
};

const deleteMessages = async (
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
): Promise<void> => {
  if (messages.length === 0) return;
  const Entries = messages.map((message, index) => ({
    Id: String(index),
    ReceiptHandle: message.ReceiptHandle ?? '',
  }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
