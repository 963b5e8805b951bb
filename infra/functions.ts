/** The functions, one for each privilege: how long each may run, what it is told and all that it may do. */
import { Duration } from 'aws-cdk-lib';
import { environmentNames } from '../shared/environment.ts';
import { mappingConcurrency } from '../shared/queue/concurrency.ts';
import type { FunctionName } from './bundle.ts';
import type { CancellationTable } from './constructs/cancellation-table.ts';
import type { HttpGateway } from './constructs/http-gateway.ts';
import type { RescindFunctionProps } from './constructs/rescind-function.ts';
import type { RuntimeSecrets } from './constructs/runtime-secrets.ts';
import type { SealingKey } from './constructs/sealing-key.ts';
import { consumeFrom, queueUrls, sendTo, type WorkQueue } from './constructs/work-queue.ts';
import type { DeploymentSettings } from './context.ts';

/** How the queues are consumed; the time-outs are the functions' own. */
export const dispatchWork = { consumerTimeout: Duration.seconds(60), concurrency: mappingConcurrency };
/** So many at once bound the burst that an endpoint gets when it is back after an outage. */
export const notifyWork = { consumerTimeout: Duration.seconds(60), concurrency: 5 };

interface Parts {
  readonly table: CancellationTable;
  readonly secrets: {
    readonly ofAccounts: RuntimeSecrets;
    readonly ofEndpoints: RuntimeSecrets;
    readonly sealingKey: SealingKey;
  };
  readonly gateway: HttpGateway;
  readonly providerQueues: readonly WorkQueue[];
  readonly notifyQueue: WorkQueue;
  readonly settings: DeploymentSettings;
}
type Definition = Omit<RescindFunctionProps, 'code' | 'logRetention'>;

/** In MB. */
const usualMemory = 256;

export const functionDefinitions = (parts: Parts): Record<FunctionName, Definition> => ({
  ...clientFunctions(parts),
  ...workingFunctions(parts),
  docs: {
    description: 'Serves the OpenAPI document and the page that shows it.',
    memorySize: usualMemory,
    timeout: Duration.seconds(5),
    environment: {},
    allow: [],
  },
});

/** Called by clients. */
const clientFunctions = (parts: Parts): Record<'api' | 'dialects' | 'accounts', Definition> => {
  const { table, secrets, providerQueues, notifyQueue } = parts;
  const { stored, accountSecrets, endpointSecrets, sealing, hints, notices, addresses } = environments(parts);
  const takesWishes = {
    memorySize: usualMemory,
    // A client may wait 25 s for an outcome; the gateway gives up after 30.
    timeout: Duration.seconds(29),
    environment: { ...stored, ...sealing, ...hints, ...notices },
    allow: [
      table.items('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
      table.query('byTenant'),
      sendTo([...providerQueues, notifyQueue]),
      secrets.sealingKey.read(),
    ],
  };
  return {
    api: { description: 'Takes the wishes of clients and answers how they stand.', ...takesWishes },
    dialects: { description: "Takes the same wishes in the providers' own calls.", ...takesWishes },
    accounts: {
      description:
        'Keeps connections to providers and clients, tries them; the only function that writes secrets.',
      memorySize: usualMemory,
      // Two calls to a provider, a token and what it is for, within what the gateway waits.
      timeout: Duration.seconds(29),
      environment: { ...stored, ...accountSecrets, ...endpointSecrets, ...notices, ...addresses },
      allow: [
        table.items('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
        table.query('table', 'byTenant', 'due'),
        sendTo([notifyQueue]),
        secrets.ofAccounts.readAndWrite(),
        secrets.ofEndpoints.readAndWrite(),
      ],
    },
  };
};

/** Called by queues, providers and the clock. */
const workingFunctions = (parts: Parts): Record<'dispatch' | 'webhook' | 'sweep' | 'notify', Definition> => {
  const { table, secrets, providerQueues, notifyQueue } = parts;
  const { stored, accountSecrets, endpointSecrets, sealing, hints, notices, addresses } = environments(parts);
  return {
    dispatch: {
      description: 'Takes the next step of a request; the only function that acts at a provider.',
      // A file of 10 MB, encoded and on its way, beside other visits: 240 MB were measured.
      memorySize: 512,
      timeout: dispatchWork.consumerTimeout,
      feedsItself: true,
      environment: { ...stored, ...accountSecrets, ...sealing, ...hints, ...notices, ...addresses },
      allow: [
        table.items('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
        sendTo([...providerQueues, notifyQueue]),
        consumeFrom(providerQueues),
        secrets.ofAccounts.read(),
        secrets.sealingKey.read(),
      ],
    },
    webhook: {
      description: 'Verifies callbacks of providers and records what they prove.',
      memorySize: usualMemory,
      timeout: Duration.seconds(15),
      environment: { ...stored, ...accountSecrets, ...hints, ...notices, ...addresses },
      allow: [
        table.items('GetItem', 'PutItem', 'UpdateItem'),
        sendTo([...providerQueues, notifyQueue]),
        secrets.ofAccounts.read(),
      ],
    },
    sweep: {
      description: 'Finds what is due: lost hints and notices, missing proof, passed deadlines.',
      memorySize: usualMemory,
      timeout: Duration.seconds(60),
      scheduled: true,
      environment: { ...stored, ...hints, ...notices },
      allow: [
        table.items('GetItem', 'PutItem', 'UpdateItem'),
        table.query('due'),
        sendTo([...providerQueues, notifyQueue]),
      ],
    },
    notify: {
      description: 'Tells the endpoints of clients what happened; knows no credentials of providers.',
      memorySize: usualMemory,
      timeout: notifyWork.consumerTimeout,
      feedsItself: true,
      environment: { ...stored, ...endpointSecrets, ...notices },
      allow: [
        table.items('GetItem', 'PutItem', 'UpdateItem'),
        table.query('table'),
        sendTo([notifyQueue]),
        consumeFrom([notifyQueue]),
        secrets.ofEndpoints.read(),
      ],
    },
  };
};

const environments = ({ table, secrets, gateway, providerQueues, notifyQueue, settings }: Parts) => ({
  stored: {
    [environmentNames.table]: table.name,
    PUBLIC_BASE_URL: gateway.url,
    ...settings.functionEnvironment,
  },
  accountSecrets: { [environmentNames.secretPrefix]: secrets.ofAccounts.prefix },
  endpointSecrets: { [environmentNames.endpointSecretPrefix]: secrets.ofEndpoints.prefix },
  sealing: { [environmentNames.sealingKey]: secrets.sealingKey.secretArn },
  hints: queueUrls(providerQueues),
  notices: { [environmentNames.notifyQueue]: notifyQueue.queue.queueUrl },
  addresses: settings.addressOverrides,
});
