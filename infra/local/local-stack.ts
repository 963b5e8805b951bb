/** Runs the synthesized template on this machine: its tables, queues, functions, routes, mappings and schedules. */
import { join } from 'node:path';
import type { Simulators } from '../../test/simulators/server.ts';
import type { AwsWatcher } from './aws-calls.ts';
import { type AwsEndpoints, announceEndpoints, openClients, startAwsServices } from './aws-services.ts';
import { type Configuration, type Environment, readConfiguration } from './configuration.ts';
import { lockDataDir } from './data-lock.ts';
import { functionReferences, mappingDefinitions } from './deployment.ts';
import { startGateway } from './gateway/gateway.ts';
import type { FunctionPool } from './lambda/function-pool.ts';
import { startRuntimeApi } from './lambda/runtime-api.ts';
import { openLogSink } from './log-sink.ts';
import { checkMappings, permissionGate, permissionsIn } from './permissions.ts';
import { provisionQueues } from './provision-queues.ts';
import { provisionSecrets } from './provision-secrets.ts';
import { provisionTables } from './provision-table.ts';
import { runFunctions } from './running-functions.ts';
import { type SeededAccount, seed } from './seed.ts';
import { synthesize } from './synthesize.ts';
import { readTemplate, type Template } from './template.ts';

export interface LocalStackOptions {
  /** The settings, by their names; nothing is read from the process's own environment. */
  readonly environment: Environment;
  /** A folder with a template to run in place of this project's app. Nothing is seeded into it. */
  readonly assembly?: string;
  /** Sees every call to the embedded AWS services. */
  readonly watcher?: AwsWatcher;
  /** Receives a short line per event. */
  readonly print?: (line: string) => void;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
}

export interface LocalStack {
  /** The gateway. */
  readonly url: string;
  readonly configuration: Configuration;
  readonly endpoints: AwsEndpoints;
  /** Physical name (table), URL (queue) or ARN (secret) by logical id. */
  readonly stores: ReadonlyMap<string, string>;
  readonly simulators: Simulators | null;
  readonly seeded: readonly SeededAccount[];
  /** One for each function of the template, by its short name: `api`, `dispatch`. */
  readonly functions: ReadonlyMap<string, FunctionPool>;
  /** Takes at most 5 s and leaves nothing running. */
  close(): Promise<void>;
}

/** How long functions may finish what they do; closing the servers takes the rest of the five seconds. */
const graceMs = 2_500;

/** @throws Error whose message tells the user what is wrong; nothing is left running then. */
export const startLocalStack = async (options: LocalStackOptions): Promise<LocalStack> => {
  const parts = new AsyncDisposableStack();
  try {
    return await start(options, parts);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
};

const start = async (options: LocalStackOptions, parts: AsyncDisposableStack): Promise<LocalStack> => {
  const configuration = readConfiguration(options.environment);
  parts.use(lockDataDir(configuration.dataDir));
  const log = openLogSink(join(configuration.dataDir, 'logs'), options.print ?? (() => {}));
  parts.defer(() => log.close());
  // First, because its address goes into the template; until it is opened it answers 503.
  const gateway = await startGateway(configuration.port, (served) => log.event('info', 'request', served));
  parts.defer(() => gateway.close());
  const url = `http://127.0.0.1:${gateway.port}`;
  const simulators = await startSimulatedProviders(configuration, parts);

  const gate = permissionGate(({ caller, service, operation }) =>
    log.event('error', 'access_denied', { function: caller ?? '', action: `${service}:${operation}` }),
  );
  const [template, endpoints, runtimeApi] = await allSettled([
    synthesizedTemplate(options, configuration, { PUBLIC_BASE_URL: url, ...simulators?.baseUrls }),
    startAwsServices(configuration, gate.guard(options.watcher), parts),
    startRuntimeApi(join(configuration.dataDir, 'runtime')).then((api) => {
      parts.defer(() => api.close());
      return api;
    }),
  ]);
  const clients = openClients(endpoints, parts);
  const tables = await provisionTables(clients.dynamodb, template);
  const queues = await provisionQueues(clients.sqs, template, endpoints.sqs);
  const secrets = await provisionSecrets(clients.secretsManager, template);
  const stores = new Map([...tables, ...queues, ...secrets]);
  const permissions = permissionsIn(template, stores);
  gate.enforce(permissions);
  checkMappings(
    mappingDefinitions(template, new Map([...stores, ...functionReferences(template)])),
    permissions,
  );
  const { sweepIntervalMs } = configuration;
  const functions = runFunctions({
    template,
    stores,
    endpoints,
    runtimeApi,
    sqs: clients.sqs,
    log,
    sweepIntervalMs,
  });
  parts.defer(() => functions.close(graceMs));
  gateway.open(functions.routes);
  parts.defer(() => gateway.shut());
  functions.listen();

  const [table = ''] = tables.keys();
  parts.defer(announceEndpoints(configuration.dataDir, endpoints, table));
  const seeded = options.assembly
    ? []
    : await seed(configuration, { dynamodb: clients.dynamodb, table, url, simulators });
  options.signal?.throwIfAborted();
  return {
    url,
    configuration,
    endpoints,
    stores: new Map([...stores].map(([id, { ref }]) => [id, ref])),
    simulators,
    seeded,
    functions: new Map(functions.pools.map((pool) => [pool.definition.name, pool])),
    close: () => parts.disposeAsync(),
  };
};

const synthesizedTemplate = async (
  { assembly, signal }: LocalStackOptions,
  { dataDir, context }: Configuration,
  addresses: Readonly<Record<string, string>>,
): Promise<Template> => {
  const outdir =
    assembly ?? (await synthesize(join(dataDir, 'cdk.out'), { ...addresses, ...context }, signal));
  return readTemplate(outdir);
};

/** Loaded only when wanted: they are scaffolding beside the scaffolding. */
const startSimulatedProviders = async (
  { simulators: wanted, simulatorPort, dataDir }: Configuration,
  parts: AsyncDisposableStack,
): Promise<Simulators | null> => {
  if (!wanted) return null;
  const { startSimulators } = await import('../../test/simulators/server.ts');
  const simulators = await startSimulators({
    port: simulatorPort,
    dataDir: join(dataDir, 'simulators'),
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Error(`port ${simulatorPort} is already in use`) : error;
  });
  parts.defer(() => simulators.close());
  return simulators;
};

/** All of them, or the first failure once none is under way any more: what started can then be ended. */
const allSettled = async <A, B, C>(started: [Promise<A>, Promise<B>, Promise<C>]): Promise<[A, B, C]> => {
  await Promise.allSettled(started);
  return Promise.all(started);
};
