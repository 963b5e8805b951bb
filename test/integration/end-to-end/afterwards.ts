/** What must be so after all other tests of a file, whatever they did. */
import { join } from 'node:path';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { localAws } from '../../../infra/local/local-aws.ts';
import type { LocalStack } from '../../../infra/local/local-stack.ts';
import { providerNames } from '../../../shared/providers/registry.ts';
import { filesHolding } from './files-holding.ts';
import type { Rescind } from './rescind.ts';

export const describeAfterwards = (open: () => Rescind): void => {
  describe('afterwards', () => {
    test('no secret stands in plain text in a file outside the secret store, nor on the terminal', () => {
      const { stack, secrets, printed } = open();
      const { dataDir } = stack.configuration;
      expect(filesHolding(secrets, dataDir)).toEqual([]);
      expect(printed.filter((line) => [...secrets].some((secret) => line.includes(secret)))).toEqual([]);
      // A search that finds nothing anywhere would pass too.
      expect(printed.length).toBeGreaterThan(0);
      expect(filesHolding(secrets, join(dataDir, 'secrets'))).not.toEqual([]);
    });

    test('the dead-letter queues are empty', async () => {
      expect(await deadLetters(open().stack)).toEqual({ queues: providerNames.length + 1, messages: 0 });
    });
  });
};

const deadLetters = async ({ stores, endpoints }: LocalStack) => {
  const { region, credentials } = localAws;
  const sqs = new SQSClient({ endpoint: endpoints.sqs, region, credentials });
  const queues = [...stores].filter(([id]) => id.includes('DeadLetter'));
  const counts = await Promise.all(
    queues.map(async ([, QueueUrl]) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes['ApproximateNumberOfMessages']) +
        Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
      );
    }),
  );
  sqs.destroy();
  return { queues: queues.length, messages: counts.reduce((sum, count) => sum + count, 0) };
};
