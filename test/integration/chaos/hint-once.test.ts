/**
 * The hint that allows a call without a look must not be in the queue twice: each of the two would be at its first receipt.
 * SQS acts, and the answer is lost: whoever repeats the call doubles the message.
 */
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { EmbeddedServer } from '../../../infra/local/embedded-dynamodb.ts';
import { startEmbeddedSqs } from '../../../infra/local/embedded-sqs.ts';
import { sqsClient, sqsOnceClient } from '../../../shared/aws/clients.ts';
import type { RequestId, Tenant } from '../../../shared/domain/ids.ts';
import { hintCauses } from '../../../shared/domain/transition.ts';
import { queueUrlName } from '../../../shared/environment.ts';
import { hintSender } from '../../../shared/queue/hints.ts';
import { diceFor } from '../../chaos/dice.ts';
import { type FaultyProxy, startFaultyProxy } from '../../chaos/faulty-proxy.ts';
import { temporaryDirectory } from '../local-stack/assembly.ts';

let sqs: EmbeddedServer;
let proxy: FaultyProxy;
let direct: SQSClient;
beforeAll(async () => {
  sqs = await startEmbeddedSqs(temporaryDirectory());
  const kinds = ['reset_after'] as const;
  proxy = await startFaultyProxy({ service: 'sqs', dice: diceFor(1, 'once'), stallMs: [0, 0], kinds });
  proxy.setTarget(sqs.endpoint);
  proxy.setTrouble(1);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  direct = new SQSClient({ endpoint: sqs.endpoint, region: 'us-east-1', credentials });
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', proxy.endpoint);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  direct?.destroy();
  await proxy?.close();
  await sqs?.close();
});

test.each(hintCauses)('a hint with cause %s', async (cause) => {
  const { QueueUrl = '' } = await direct.send(new CreateQueueCommand({ QueueName: `hints-${cause}` }));
  const through = new URL(new URL(QueueUrl).pathname, proxy.endpoint).href;
  vi.stubEnv(queueUrlName('dropbox-sign'), through);
  const hint = { tenant: 'demo' as Tenant, id: `sr_${'0'.repeat(32)}` as RequestId, version: 1, cause };
  await expect(hintSender(sqsClient(), sqsOnceClient())('dropbox-sign', hint, 0)).rejects.toThrow();
  const { Attributes } = await direct.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  const messages = Number(Attributes?.ApproximateNumberOfMessages);
  // The others look first, and are better doubled than lost.
  expect(messages).toBe(cause === 'new' ? 1 : 3);
});
