/** The queue of hints for one provider, with its own dead-letter queue: one provider's trouble never delays another's. */
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { queueUrlName } from '../../shared/environment.ts';
import { mappingConcurrency } from '../../shared/queue/concurrency.ts';
import type { RescindFunction } from './rescind-function.ts';

export interface ProviderQueueProps {
  /** The provider's name, e.g. `dropbox-sign`. */
  readonly provider: string;
  /** Time-out of the function that consumes the queue. */
  readonly consumerTimeout: Duration;
}

export class ProviderQueue extends Construct {
  readonly provider: string;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { provider, consumerTimeout }: ProviderQueueProps) {
    super(scope, id);
    this.provider = provider;
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
      // A bound per provider. Reserved concurrency would throw throttled messages into the dead-letter queue.
      maxConcurrency: mappingConcurrency,
    });
  }
}

/** The environment of a function that sends hints. */
export const queueUrls = (queues: readonly ProviderQueue[]): Record<string, string> =>
  Object.fromEntries(queues.map(({ provider, queue }) => [queueUrlName(provider), queue.queueUrl]));

export const sendTo = (queues: readonly ProviderQueue[]): PolicyStatement =>
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: arns(queues) });

/** What an event source mapping does with its function's role. */
export const consumeFrom = (queues: readonly ProviderQueue[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: arns(queues),
  });

const arns = (queues: readonly ProviderQueue[]): string[] => queues.map(({ queue }) => queue.queueArn);
