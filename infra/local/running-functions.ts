/** Everything of the template that runs functions: their pools, and what invokes them. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsEndpoints } from './aws-services.ts';
import {
  functionDefinitions,
  functionReferences,
  mappingDefinitions,
  type RouteDefinition,
  routeDefinitions,
  ruleDefinitions,
} from './deployment.ts';
import { startPoller } from './event-source/poller.ts';
import type { Integration } from './gateway/gateway.ts';
import { createRouteTable, type RouteTable } from './gateway/route-table.ts';
import type { References, ResourceReference } from './intrinsics.ts';
import { createFunctionPool, type FunctionPool } from './lambda/function-pool.ts';
import type { RuntimeApi } from './lambda/runtime-api.ts';
import type { LogSink } from './log-sink.ts';
import { startSchedule } from './schedule.ts';
import { resourcesOf, type Template } from './template.ts';

export interface RunningFunctions {
  readonly pools: readonly FunctionPool[];
  readonly routes: RouteTable<Integration>;
  /** Begins to receive messages and to keep schedules. */
  listen(): void;
  /** Ends what listens at once, and functions when they are done or after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface RunningParts {
  readonly template: Template;
  /** Of tables, queues and secrets, by logical id. */
  readonly stores: References;
  readonly endpoints: AwsEndpoints;
  readonly runtimeApi: RuntimeApi;
  readonly sqs: SQSClient;
  readonly log: LogSink;
  /** In place of the template's rate, which knows whole minutes only. */
  readonly sweepIntervalMs: number;
}

export const runFunctions = (parts: RunningParts): RunningFunctions => {
  const { template, runtimeApi, log } = parts;
  const references: References = new Map([
    ...parts.stores,
    ...functionReferences(template),
    ...apiReferences(template),
  ]);
  const pools = functionDefinitions(template, references, endpointVariables(parts.endpoints)).map(
    (definition) =>
      createFunctionPool(definition, runtimeApi, (text) => log.functionLine(definition.name, text)),
  );
  const poolOf = (arn: string): FunctionPool => {
    const pool = pools.find(({ definition }) => definition.arn === arn);
    if (!pool) throw new Error(`the template has no function ${arn}`);
    return pool;
  };
  const mappings = mappingDefinitions(template, references);
  const rules = ruleDefinitions(template, references);
  const stops: ((graceMs: number) => Promise<void>)[] = [];
  for (const pool of pools) pool.warm();

  return {
    pools,
    routes: createRouteTable(routeDefinitions(template, references).map((route) => integrate(route, poolOf))),
    listen: () => {
      for (const mapping of mappings) {
        const queueUrl = urlOf(parts.stores, mapping.queueArn);
        const report = (error: unknown) =>
          log.event('error', 'event_source_failed', { error: nameOf(error) });
        const poller = startPoller(parts.sqs, { ...mapping, queueUrl }, poolOf(mapping.functionArn), report);
        stops.push((graceMs) => poller.stop(graceMs));
      }
      for (const rule of rules) {
        const schedule = startSchedule(rule.arn, parts.sweepIntervalMs, rule.functionArns.map(poolOf));
        stops.push(async () => schedule.stop());
      }
    },
    close: async (graceMs) => {
      await Promise.all([...stops.map((stop) => stop(graceMs)), ...pools.map((pool) => pool.close(graceMs))]);
    },
  };
};

const integrate = (
  { routeKey, functionArn, timeoutMs }: RouteDefinition,
  poolOf: (arn: string) => FunctionPool,
) => ({
  routeKey,
  target: { timeoutMs, invoke: poolOf(functionArn).invoke },
});

/** The address of the API is given to the app as a setting; its id is in the template all the same. */
const apiReferences = (template: Template): References =>
  new Map(
    resourcesOf(template, 'AWS::ApiGatewayV2::Api').map(([id]): [string, ResourceReference] => [
      id,
      { ref: 'local', attributes: {} },
    ]),
  );

const urlOf = (stores: References, queueArn: string): string => {
  const queue = [...stores.values()].find(({ attributes }) => attributes['Arn'] === queueArn);
  if (!queue) throw new Error(`the template has no queue ${queueArn}`);
  return queue.ref;
};

/** What points the SDK in every function at this machine. */
const endpointVariables = ({ dynamodb, sqs, secretsManager }: AwsEndpoints) => ({
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
});

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
