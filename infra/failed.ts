/**
 * Lists what was given up, and starts it over, over all tenants and with the rights of whoever runs it: on AWS with
 * `--table` and `--stack` and the usual AWS credentials, else on the local stack that is running.
 *
 *   npm run failed -- list  [--provider P] [--type T] [--tenant T]
 *   npm run failed -- retry [--provider P] [--type T] [--tenant T] [--yes] [--per-second N]
 *
 * A retry is the one of `POST …/cancel/retry`: one conditional write, then a hint. So what meanwhile was retried by a
 * client, or was proven, is left as it is, and a second run finds what the first one left.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Ports } from '../shared/cancellation/apply.ts';
import { retryCancellation } from '../shared/cancellation/request-cancellation.ts';
import type { Instant } from '../shared/domain/ids.ts';
import {
  type CancellationErrorType,
  cancellationErrorTypes,
  type SignatureRequest,
} from '../shared/domain/signature-request.ts';
import { needsPerson } from '../shared/domain/waiting.ts';
import { isPassing } from '../shared/http/failure.ts';
import { errorFields } from '../shared/log.ts';
import { subscriptions } from '../shared/notify/subscriptions.ts';
import { policyOf } from '../shared/policy.ts';
import { providerNamed, providerNames } from '../shared/providers/registry.ts';
import { sendMessage } from '../shared/queue/messages.ts';
import { readSetting } from '../shared/settings.ts';
import type { Item } from '../shared/store/attributes.ts';
import { endpointReads } from '../shared/store/endpoint-reads.ts';
import { failedShard, openShards } from '../shared/store/request-item.ts';
import { type RequestStore, requestStore } from '../shared/store/requests.ts';
import { inTrace } from '../shared/trace/invocation.ts';
import { newTrace } from '../shared/trace/trace.ts';
import { perSecondGiven } from './per-second.ts';
import { connectToQueues } from './queue-connection.ts';
import { connectToTable } from './table-connection.ts';

const usage =
  'usage: npm run failed -- list|retry [--provider P] [--type T] [--tenant T] [--yes] [--per-second N] [--table NAME --stack NAME] [--region R]';

interface Wanted {
  readonly provider: string | undefined;
  readonly type: string | undefined;
  readonly tenant: string | undefined;
}

const pageSize = 100;

/** All that waits for a person. What is yet to be told of lies among the open ones until it is told. */
async function* waitingForPerson(requests: RequestStore): AsyncGenerator<SignatureRequest> {
  for (const shard of [failedShard, ...openShards]) {
    let start: Item | undefined;
    do {
      const page = await requests.due(shard, Number.MAX_SAFE_INTEGER as Instant, pageSize, start);
      for (const { tenant, id } of page.entries) {
        const request = await requests.get(tenant, id);
        if (request !== null && needsPerson(request)) yield request;
      }
      start = page.next;
    } while (start !== undefined);
  }
}

const errorTypeOf = ({ cancellation, creation }: SignatureRequest): CancellationErrorType | null => {
  if (cancellation?.state === 'failed') return cancellation.error.type;
  return creation?.state === 'undecided' ? creation.error.type : null;
};

const isWanted = (request: SignatureRequest, { provider, type, tenant }: Wanted): boolean =>
  (provider === undefined || request.provider === provider) &&
  (type === undefined || errorTypeOf(request) === type) &&
  (tenant === undefined || request.tenant === tenant);

const isRetryable = ({ cancellation }: SignatureRequest): boolean => cancellation?.state === 'failed';

const lineOf = (request: SignatureRequest): string => {
  const { tenant, id, provider, accountId, updatedAt } = request;
  const what = isRetryable(request) ? 'cancellation' : 'creation (POST …/resolve)';
  const since = new Date(updatedAt).toISOString();
  return [since, tenant, id, provider, accountId, errorTypeOf(request), what].join('  ');
};

/** What the use-case needs, as the functions have it. */
const portsFor = async (
  dynamoDB: DynamoDBClient,
  tableName: string,
  requests: RequestStore,
  given: { readonly stack?: string | undefined; readonly region?: string | undefined },
): Promise<Ports> => {
  const { client, queues } = await connectToQueues(given, process.env);
  const urlOf = (name: string): string => {
    const url = queues.find((queue) => queue.name === name)?.url;
    if (url === undefined) throw new Error(`no queue of ${name} is deployed`);
    return url;
  };
  const now = () => Date.now() as Instant;
  return {
    requests,
    sendHint: (provider, hint, delayMs) => sendMessage(client, urlOf(provider), hint, delayMs),
    telling: {
      isWanted: subscriptions({ endpoints: endpointReads(dynamoDB, tableName), now }),
      sendHint: (tenant, id) => sendMessage(client, urlOf('notify'), { kind: 'tell', tenant, id }, 0),
    },
    policy: policyOf(process.env),
    now,
    dice: Math.random,
    // A hint that could not be sent is found by the sweep; a person is told all the same.
    log: (level, event, fields) => {
      if (level !== 'info') console.error(event, fields);
    },
  };
};

const retryAll = async (
  found: readonly SignatureRequest[],
  ports: Ports,
  perSecond: number,
): Promise<string> => {
  const tally = { retried: 0, changed: 0, errors: 0 };
  for (const request of found) {
    try {
      const provider = providerNamed(request.provider);
      if (provider === null) throw new Error(`no provider named ${request.provider}`);
      const { retried } = await inTrace(newTrace(), () => retryCancellation(ports, request, provider));
      tally[retried ? 'retried' : 'changed'] += 1;
    } catch (error) {
      tally.errors += 1;
      console.error(`${request.tenant} ${request.id} is left as it is`, errorFields(error));
    }
    await sleep(1000 / perSecond);
  }
  if (tally.errors > 0) process.exitCode = 1;
  return `${tally.retried} retried, ${tally.changed} changed meanwhile and left as they are, ${tally.errors} not reached`;
};

const run = async (): Promise<void> => {
  const text = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      provider: text,
      type: text,
      tenant: text,
      yes: { type: 'boolean' },
      'per-second': text,
      table: text,
      stack: text,
      region: text,
    },
  });
  const [command, ...surplus] = positionals;
  if ((command !== 'list' && command !== 'retry') || surplus.length > 0) throw new Error(usage);
  checkOneOf('provider', values.provider, providerNames);
  checkOneOf('type', values.type, cancellationErrorTypes);
  const perSecond = perSecondGiven(values['per-second'], usage);
  if (command === 'retry' && (values.table === undefined) !== (values.stack === undefined)) {
    throw new Error(`on AWS, retry needs --table and --stack\n${usage}`);
  }
  const { client, tableName } = await connectToTable(values, process.env);
  const requests = requestStore(client, tableName, readSetting(process.env, 'RETENTION_DAYS'));
  const { provider, type, tenant } = values;
  const found: SignatureRequest[] = [];
  for await (const request of waitingForPerson(requests)) {
    if (isWanted(request, { provider, type, tenant })) found.push(request);
  }
  for (const request of found) console.log(lineOf(request));
  const retryable = found.filter(isRetryable);
  console.log(
    `${found.length} wait for a person: ${retryable.length} cancellations, ${found.length - retryable.length} creations`,
  );
  if (command === 'list') return;
  if (values.yes !== true) return console.log(`add --yes to retry ${retryable.length}`);
  console.log(await retryAll(retryable, await portsFor(client, tableName, requests, values), perSecond));
};

/** A word that nothing has would only find nothing. */
const checkOneOf = (option: string, given: string | undefined, known: readonly string[]): void => {
  if (given === undefined || known.includes(given)) return;
  throw new Error(`--${option} is one of ${known.join(', ')}\n${usage}`);
};

try {
  await run();
} catch (error) {
  const message = error instanceof Error ? error.message || error.name : String(error);
  console.error(isPassing(error) ? `the table or the queues cannot be reached (${String(error)})` : message);
  process.exitCode = 1;
}
