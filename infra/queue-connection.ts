/** Where a command finds the queues: on AWS by the name of the stack, else in the local stack that is running. */
import { paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { providerNames } from '../shared/providers/registry.ts';
import { localEndpoints } from './local-endpoints.ts';

interface Given {
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
}

export interface DeployedQueue {
  /** A provider's name, or `notify`. */
  readonly name: string;
  readonly url: string;
  readonly deadLetterUrl: string;
}

interface QueueConnection {
  readonly client: SQSClient;
  readonly queues: readonly DeployedQueue[];
}

/** @throws Error that tells a person what to do, when no such stack has queues and no local stack runs. */
export const connectToQueues = async (
  { stack, region }: Given,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<QueueConnection> => {
  if (stack !== undefined) {
    const client = new SQSClient(region === undefined ? {} : { region });
    return { client, queues: queuesAmong(await listQueues(client, `${stack}-`), stack) };
  }
  const { sqs, region: here, credentials } = await localEndpoints(environment, '--stack');
  if (sqs === undefined) throw new Error('the local stack is of an older version: start it again');
  const client = new SQSClient({ endpoint: sqs, region: here, credentials });
  // A queue that outlived a restart still bears the address of the server that made it.
  const urls = (await listQueues(client)).map((url) => new URL(new URL(url).pathname, sqs).href);
  return { client, queues: queuesAmong(urls) };
};

const listQueues = async (client: SQSClient, QueueNamePrefix?: string): Promise<readonly string[]> => {
  const urls: string[] = [];
  const given = QueueNamePrefix === undefined ? {} : { QueueNamePrefix };
  for await (const { QueueUrls = [] } of paginateListQueues({ client, pageSize: 1000 }, given)) {
    urls.push(...QueueUrls);
  }
  return urls;
};

/** Each with its dead-letter queue, by the names that the template gives them. @throws Error if one is missing */
export const queuesAmong = (urls: readonly string[], stack?: string): readonly DeployedQueue[] =>
  [...providerNames, 'notify'].map((name) => ({
    name,
    url: onlyQueue(urls, `${logicalName(name)}Queue`, stack),
    deadLetterUrl: onlyQueue(urls, `${logicalName(name)}DeadLetterQueue`, stack),
  }));

/** CloudFormation's logical ids have letters and digits alone. */
const logicalName = (name: string): string => name.replaceAll('-', '');

/** On this machine a queue has its logical id for a name; CloudFormation puts the stack before and eight letters or more behind. */
const onlyQueue = (urls: readonly string[], id: string, stack: string | undefined): string => {
  const pattern = stack === undefined ? `^${id}[0-9A-F]{8}$` : `^${stack}-${id}[0-9A-F]{8}-[A-Za-z0-9]+$`;
  const found = urls.filter((url) => new RegExp(pattern).test(url.slice(url.lastIndexOf('/') + 1)));
  const [url] = found;
  if (url !== undefined && found.length === 1) return url;
  const where = stack === undefined ? 'the local stack' : `a stack named ${stack}`;
  throw new Error(
    `${found.length} queues of ${where} are named ${id}…: is the name of the stack right, and the region?`,
  );
};
