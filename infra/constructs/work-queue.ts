/**
 * A queue that feeds one function, with a dead-letter queue of its own. There is one for each provider, so that one
 * provider's trouble never delays another's, and one for the notices of what clients are to be told.
 */
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { queueUrlName } from '../../shared/environment.ts';
import type { RescindFunction } from './rescind-function.ts';

export interface WorkQueueProps {
  /** A provider's name, e.g. `dropbox-sign`, or what else the queue is for. */
  readonly name: string;
  /** Time-out of the function that consumes the queue. */
  readonly consumerTimeout: Duration;
  /** How many batches are handled at the same time, 2 at least. */
  readonly concurrency: number;
}

export class WorkQueue extends Construct {
  readonly name: string;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly #concurrency: number;

  constructor(scope: Construct, id: string, { name, consumerTimeout, concurrency }: WorkQueueProps) {
    super(scope, id);
    this.name = name;
    this.#concurrency = concurrency;
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.queue = new Queue(this, 'Queue', {
      // Lambda retries a throttled batch within this time; six time-outs is AWS's own figure.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 5 },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
  }

  /** Invokes the function with batches. What it may do at the queue is in its role: see `consumeFrom`. */
  feed(consumer: RescindFunction): void {
    new EventSourceMapping(this, 'Mapping', {
      target: consumer.function,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      // A bound per queue. Reserved concurrency would throw throttled messages into the dead-letter queue.
      maxConcurrency: this.#concurrency,
    });
  }
}

/** The environment of a function that sends hints to providers' queues. */
export const queueUrls = (queues: readonly WorkQueue[]): Record<string, string> =>
  Object.fromEntries(queues.map(({ name, queue }) => [queueUrlName(name), queue.queueUrl]));

export const sendTo = (queues: readonly WorkQueue[]): PolicyStatement =>
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: arns(queues) });

/** What an event source mapping does with its function's role. */
export const consumeFrom = (queues: readonly WorkQueue[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: arns(queues),
  });

const arns = (queues: readonly WorkQueue[]): string[] => queues.map(({ queue }) => queue.queueArn);
