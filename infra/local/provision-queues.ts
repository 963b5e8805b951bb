/** Creates the template's queues over the wire; the same queues after a restart. */
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { parse } from './deployment.ts';
import { type ResourceReference, resolveText } from './intrinsics.ts';
import { resourcesOf, type Template } from './template.ts';

const queueSchema = z.object({
  VisibilityTimeout: z._default(z.number(), 30),
  MessageRetentionPeriod: z._default(z.number(), 345_600),
  DelaySeconds: z._default(z.number(), 0),
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() })),
  FifoQueue: z.optional(z.literal(false)),
});

/** @param endpoint base of the queue URLs */
export const provisionQueues = async (
  sqs: SQSClient,
  template: Template,
  endpoint: string,
): Promise<ReadonlyMap<string, ResourceReference>> => {
  const references = new Map<string, ResourceReference>();
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  for (const [logicalId] of queues) {
    references.set(logicalId, await createQueue(sqs, logicalId, endpoint));
  }
  for (const [logicalId, resource] of queues) {
    const { RedrivePolicy, VisibilityTimeout, MessageRetentionPeriod, DelaySeconds } = parse(
      queueSchema,
      logicalId,
      resource,
    );
    const redrive = RedrivePolicy && {
      deadLetterTargetArn: resolveText(RedrivePolicy.deadLetterTargetArn, references),
      maxReceiveCount: RedrivePolicy.maxReceiveCount,
    };
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: references.get(logicalId)?.ref,
        Attributes: {
          VisibilityTimeout: String(VisibilityTimeout),
          MessageRetentionPeriod: String(MessageRetentionPeriod),
          DelaySeconds: String(DelaySeconds),
          ...(redrive ? { RedrivePolicy: JSON.stringify(redrive) } : {}),
        },
      }),
    );
  }
  return references;
};

/** Created without attributes: a queue that stands with others would be refused. They are set afterwards. */
const createQueue = async (sqs: SQSClient, name: string, endpoint: string): Promise<ResourceReference> => {
  const { QueueUrl: given = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  // A queue that outlived a restart still bears the address of the server that made it.
  const ref = new URL(new URL(given).pathname, endpoint).href;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: ref, AttributeNames: ['QueueArn'] }),
  );
  return { ref, attributes: { Arn: Attributes?.QueueArn ?? '', QueueName: name } };
};
