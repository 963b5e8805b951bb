/** What lies in the dead-letter queues, and whether it is known why. */
import { readFileSync } from 'node:fs';
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { localAws } from '../../infra/local/local-aws.ts';
import { awsErrorNames } from './wire-faults.ts';

export interface DeadLetter {
  readonly queue: string;
  readonly body: string;
}

export const sqsAt = (endpoint: string): SQSClient => {
  const { region, credentials } = localAws;
  return new SQSClient({ endpoint, region, credentials });
};

/** @param endpoint of the service itself */
export const readDeadLetters = async (
  endpoint: string,
): Promise<{ readonly queues: number; readonly letters: readonly DeadLetter[] }> => {
  const sqs = sqsAt(endpoint);
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1_000 }));
  const urls = QueueUrls.filter((url) => url.includes('DeadLetter'));
  const letters: DeadLetter[] = [];
  for (const url of urls) {
    const { pathname } = new URL(url);
    const receive = new ReceiveMessageCommand({
      QueueUrl: new URL(pathname, endpoint).href,
      MaxNumberOfMessages: 10,
    });
    for (let more = true; more; ) {
      const { Messages = [] } = await sqs.send(receive);
      for (const { Body = '' } of Messages)
        letters.push({ queue: pathname.split('/').at(-1) ?? '', body: Body });
      more = Messages.length > 0;
    }
  }
  sqs.destroy();
  return { queues: urls.length, letters };
};

const failedHint = z.object({
  event: z.literal('hint.failed'),
  id: z.string(),
  error: z.string(),
  at: z.nullish(z.string()),
});

/**
 * A message becomes a dead letter after five receipts that failed. With an AWS that fails on purpose that may happen, and
 * is explained if the log shows failures of the request's hints, and none but those that AWS made.
 * @param logPath JSON lines
 * @returns the ids of the requests whose dead letters are explained
 */
export const explainedBy = (logPath: string): ReadonlySet<string> => {
  const explained = new Map<string, boolean>();
  for (const line of readFileSync(logPath, 'utf8').split('\n')) {
    if (!line.includes('"hint.failed"')) continue;
    const { id, error, at } = z.parse(failedHint, JSON.parse(line));
    const isOfAws = awsErrorNames.has(error) || (error === 'Error' && /node:internal/.test(at ?? ''));
    explained.set(id, isOfAws && explained.get(id) !== false);
  }
  return new Set([...explained].filter(([, isExplained]) => isExplained).map(([id]) => id));
};
