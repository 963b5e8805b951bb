/** What must not be lost: the table, the key to what it holds sealed, and the messages on their way through the queues. */
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { providerNames } from '../../shared/providers/registry.ts';
import { synthesize } from './synthesize.ts';

const { template, resources, ofType } = synthesize();

describe('the table', () => {
  test('is on-demand, encrypted by a named key, recoverable, and expires what has ended', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  test('outlives its stack, and a change that would replace it', () => {
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('is deleted by nobody in passing: its protection has to be switched off before', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  test('has two indexes of keys alone: a wider one would cost more with every write', () => {
    const keys = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ];
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by_tenant',
          KeySchema: keys('list', 'created'),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        { IndexName: 'due', KeySchema: keys('shard', 'wake'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
      AttributeDefinitions: Match.arrayWith([{ AttributeName: 'wake', AttributeType: 'N' }]),
    });
  });
});

describe('the sealing key', () => {
  test('is generated, and long', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 1);
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    });
  });

  test('outlives its stack, as the table does: what it sealed could not be opened without it', () => {
    template.hasResource('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('has no name of its own: it is still there when the stack is deployed again', () => {
    for (const [, properties] of ofType('AWS::SecretsManager::Secret'))
      expect(properties).not.toHaveProperty('Name');
  });
});

const Queue = z.object({
  VisibilityTimeout: z.number(),
  RedrivePolicy: z.object({
    maxReceiveCount: z.number(),
    deadLetterTargetArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  }),
});
const Mapping = z.object({
  EventSourceArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  FunctionName: z.object({ Ref: z.string() }),
  BatchSize: z.number(),
  FunctionResponseTypes: z.array(z.string()),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
});
const Timed = z.object({ Timeout: z.number() });

const allQueues = ofType('AWS::SQS::Queue');
const queues = allQueues.filter(([, { RedrivePolicy }]) => RedrivePolicy !== undefined);
const deadLetterQueueOf = (queue: unknown) =>
  Queue.parse(queue).RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0];

describe('the queues', () => {
  test('there is one for each provider and one for notices, with dead-letter queues that they do not share', () => {
    const nameOf = (id: string) => id.replace(/Queue[0-9A-F]{8}$/, '');
    const names = [...providerNames, 'notify'].map((name) => name.replaceAll('-', ''));
    expect(queues.map(([id]) => nameOf(id)).sort()).toEqual(names.sort());
    expect(new Set(queues.map(([, queue]) => deadLetterQueueOf(queue))).size).toBe(names.length);
    expect(allQueues).toHaveLength(2 * names.length);
  });

  test('a dead letter is kept for the 14 days that SQS offers at most', () => {
    for (const [, queue] of queues) {
      expect(resources[deadLetterQueueOf(queue)]?.Properties['MessageRetentionPeriod']).toBe(14 * 86_400);
    }
  });

  test('a message is tried five times before it is a dead letter', () => {
    for (const [, queue] of queues) expect(Queue.parse(queue).RedrivePolicy.maxReceiveCount).toBe(5);
  });

  test('all are encrypted, and refuse what does not come over TLS', () => {
    for (const [id, properties] of allQueues) {
      expect(properties['SqsManagedSseEnabled']).toBe(true);
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      });
    }
  });

  test('each feeds a function that reports single failures, within a sixth of its visibility time-out', () => {
    for (const [id, queue] of queues) {
      const mappings = ofType('AWS::Lambda::EventSourceMapping')
        .map(([, properties]) => Mapping.parse(properties))
        .filter(({ EventSourceArn }) => EventSourceArn['Fn::GetAtt'][0] === id);
      expect(mappings).toHaveLength(1);
      for (const { FunctionName, FunctionResponseTypes, BatchSize, ScalingConfig } of mappings) {
        const { Timeout } = Timed.parse(resources[FunctionName.Ref]?.Properties);
        expect(Queue.parse(queue).VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
        expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
        expect(BatchSize).toBe(10);
        expect(ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
      }
    }
  });

  test('notices feed the function that tells, all others the one that acts', () => {
    const consumers = ofType('AWS::Lambda::EventSourceMapping').map(([, properties]) => {
      const { EventSourceArn, FunctionName } = Mapping.parse(properties);
      const [queue, consumer] = [EventSourceArn['Fn::GetAtt'][0], FunctionName.Ref];
      return [queue.startsWith('notify'), consumer.replace(/Function[0-9A-F]{8}$/, '')];
    });
    expect(consumers).toHaveLength(queues.length);
    for (const [isNotify, consumer] of consumers) expect(consumer).toBe(isNotify ? 'Notify' : 'Dispatch');
  });
});
