/** The functions, one for each privilege: how long each may run, what it is told and all that it may do. */
import { Duration } from 'aws-cdk-lib';
import { environmentNames } from '../shared/environment.ts';
import type { FunctionName } from './bundle.ts';
import type { AccountSecrets } from './constructs/account-secrets.ts';
import type { CancellationTable } from './constructs/cancellation-table.ts';
import type { HttpGateway } from './constructs/http-gateway.ts';
import { consumeFrom, type ProviderQueue, queueUrls, sendTo } from './constructs/provider-queue.ts';
import type { RescindFunctionProps } from './constructs/rescind-function.ts';
import type { DeploymentSettings } from './context.ts';

/** Also sets the visibility time-out of the queues that dispatch consumes. */
export const dispatchTimeout = Duration.seconds(60);

interface Parts {
  readonly table: CancellationTable;
  readonly secrets: AccountSecrets;
  readonly gateway: HttpGateway;
  readonly queues: readonly ProviderQueue[];
  readonly settings: DeploymentSettings;
}
type Definition = Pick<RescindFunctionProps, 'description' | 'timeout' | 'environment' | 'allow'>;

export const functionDefinitions = (parts: Parts): Record<FunctionName, Definition> => {
  const { table, secrets, queues } = parts;
  const { stored, secret, hints, addresses } = environments(parts);
  return {
    api: {
      description: 'Takes the wishes of clients and answers how they stand.',
      // A client may wait 25 s for an outcome; the gateway gives up after 30.
      timeout: Duration.seconds(29),
      environment: { ...stored, ...hints },
      allow: [table.items('GetItem', 'PutItem'), table.query('byTenant'), sendTo(queues)],
    },
    accounts: {
      description: 'Keeps connections to providers, and tries them; the only function that writes secrets.',
      // Two calls to a provider, a token and what it is for, within what the gateway waits.
      timeout: Duration.seconds(29),
      environment: { ...stored, ...secret, ...addresses },
      allow: [
        table.items('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
        table.query('byTenant', 'due'),
        secrets.readAndWrite(),
      ],
    },
    dispatch: {
      description: 'Takes the next step of a cancellation; the only function that cancels at a provider.',
      timeout: dispatchTimeout,
      environment: { ...stored, ...secret, ...hints, ...addresses },
      allow: [
        table.items('GetItem', 'PutItem', 'UpdateItem'),
        sendTo(queues),
        consumeFrom(queues),
        secrets.read(),
      ],
    },
    webhook: {
      description: 'Verifies callbacks of providers and records what they prove.',
      timeout: Duration.seconds(15),
      environment: { ...stored, ...secret, ...hints, ...addresses },
      allow: [table.items('GetItem', 'PutItem'), sendTo(queues), secrets.read()],
    },
    sweep: {
      description: 'Finds what is due: lost hints, missing proof, passed deadlines.',
      timeout: Duration.seconds(60),
      environment: { ...stored, ...hints },
      allow: [table.items('GetItem', 'PutItem', 'UpdateItem'), table.query('due'), sendTo(queues)],
    },
    docs: {
      description: 'Serves the OpenAPI document and the page that shows it.',
      timeout: Duration.seconds(5),
      environment: {},
      allow: [],
    },
  };
};

const environments = ({ table, secrets, gateway, queues, settings }: Parts) => ({
  stored: {
    [environmentNames.table]: table.name,
    PUBLIC_BASE_URL: gateway.url,
    ...settings.functionEnvironment,
  },
  secret: { [environmentNames.secretPrefix]: secrets.prefix },
  hints: queueUrls(queues),
  addresses: settings.addressOverrides,
});
