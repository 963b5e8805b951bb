/** What lies in the dead-letter queues. */
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localAws } from '../../infra/local/local-aws.ts';

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
