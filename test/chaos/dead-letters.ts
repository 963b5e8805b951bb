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

const logged = z.object({
  function: z.optional(z.string()),
  event: z.optional(z.string()),
  id: z.optional(z.string()),
  error: z.optional(z.string()),
  at: z.nullish(z.string()),
});

export interface OwnFailures {
  /** Requests whose hints failed for another reason than a failure of AWS. */
  readonly requests: ReadonlySet<string>;
  /** Whether dispatch died with a stack trace, as no kill makes it. */
  readonly crashed: boolean;
}

/**
 * What of the log is Rescind's own failure. A message becomes a dead letter when it was handed out five times and not
 * deleted; while AWS fails, processes are killed and the queue hands out again soon, that happens without any.
 * @param logPath JSON lines
 */
export const ownFailures = (logPath: string): OwnFailures => {
  const requests = new Set<string>();
  let crashed = false;
  for (const line of readFileSync(logPath, 'utf8').split('\n')) {
    if (!/"event":"(hint\.failed|text)"/.test(line)) continue;
    const entry = z.parse(logged, JSON.parse(line));
    if (entry.function !== 'dispatch') continue;
    if (entry.event === 'text') crashed = true;
    else if (!isOfAws(entry.error ?? '', entry.at ?? '')) requests.add(entry.id ?? '');
  }
  return { requests, crashed };
};

const isOfAws = (error: string, at: string): boolean =>
  awsErrorNames.has(error) || (error === 'Error' && at.includes('node:internal'));
