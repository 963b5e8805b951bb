/** Reads out of the template what is to run here: pure, no server is touched. */
import { resolve as resolvePath } from 'node:path';
import * as z from 'zod/mini';
import { type References, type ResourceReference, resolveText } from './intrinsics.ts';
import type { FunctionDefinition } from './lambda/invocation.ts';
import { localArn } from './local-aws.ts';
import { parseRate } from './schedule.ts';
import { type Resource, resourcesOf, type Template } from './template.ts';

export interface MappingDefinition {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly reportsFailures: boolean;
}

export interface RuleDefinition {
  readonly arn: string;
  readonly intervalMs: number;
  readonly functionArns: readonly string[];
}

export interface RouteDefinition {
  readonly routeKey: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
}

/** What the functions, and all that refer to them, answer to `Ref` and `Fn::GetAtt`. */
export const functionReferences = (template: Template): References =>
  new Map(
    resourcesOf(template, 'AWS::Lambda::Function').map(([logicalId]): [string, ResourceReference] => [
      logicalId,
      { ref: logicalId, attributes: { Arn: localArn('lambda', `function:${logicalId}`) } },
    ]),
  );

const functionSchema = z.object({
  Handler: z.string(),
  Timeout: z._default(z.number(), 3),
  MemorySize: z._default(z.number(), 128),
  Environment: z._default(z.object({ Variables: z._default(z.record(z.string(), z.unknown()), {}) }), {
    Variables: {},
  }),
});

/** @param endpoints environment variables that every function gets beside its own */
export const functionDefinitions = (
  template: Template,
  references: References,
  endpoints: Readonly<Record<string, string>>,
): readonly FunctionDefinition[] =>
  resourcesOf(template, 'AWS::Lambda::Function').map(([logicalId, resource]) => {
    const properties = parse(functionSchema, logicalId, resource);
    const variables = Object.entries(properties.Environment.Variables);
    return {
      logicalId,
      name: shortName(logicalId, resource),
      arn: localArn('lambda', `function:${logicalId}`),
      codeDirectory: resolvePath(template.directory, z.string().parse(resource.Metadata['aws:asset:path'])),
      handler: properties.Handler,
      timeoutMs: properties.Timeout * 1_000,
      memoryMb: properties.MemorySize,
      environment: {
        ...Object.fromEntries(variables.map(([name, value]) => [name, resolveText(value, references)])),
        ...endpoints,
      },
    };
  });

const mappingSchema = z.strictObject({
  EventSourceArn: z.unknown(),
  FunctionName: z.unknown(),
  BatchSize: z._default(z.number(), 10),
  Enabled: z.optional(z.literal(true)),
  FunctionResponseTypes: z._default(z.array(z.string()), []),
  ScalingConfig: z._default(z.object({ MaximumConcurrency: z._default(z.number(), 5) }), {
    MaximumConcurrency: 5,
  }),
  Tags: z.optional(z.unknown()),
});

export const mappingDefinitions = (
  template: Template,
  references: References,
): readonly MappingDefinition[] =>
  resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(([logicalId, resource]) => {
    const properties = parse(mappingSchema, logicalId, resource);
    return {
      queueArn: resolveText(properties.EventSourceArn, references),
      functionArn: functionArn(resolveText(properties.FunctionName, references)),
      batchSize: properties.BatchSize,
      maximumConcurrency: properties.ScalingConfig.MaximumConcurrency,
      reportsFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    };
  });

const ruleSchema = z.strictObject({
  ScheduleExpression: z.string(),
  State: z.optional(z.literal('ENABLED')),
  Description: z.optional(z.string()),
  Tags: z.optional(z.unknown()),
  Targets: z.array(
    z.strictObject({
      Arn: z.unknown(),
      Id: z.string(),
      // A failed run is not repeated here: the next one is due soon enough.
      RetryPolicy: z.optional(z.unknown()),
    }),
  ),
});

/** A run that fails is not repeated here, and nobody is told of it: a template that wants that is refused. */
const eventInvokeSchema = z.strictObject({
  FunctionName: z.unknown(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: z.literal(0),
  // Nothing waits to be invoked here.
  MaximumEventAgeInSeconds: z.optional(z.number()),
});

export const ruleDefinitions = (template: Template, references: References): readonly RuleDefinition[] => {
  for (const each of resourcesOf(template, 'AWS::Lambda::EventInvokeConfig'))
    parse(eventInvokeSchema, ...each);
  return resourcesOf(template, 'AWS::Events::Rule').map(([logicalId, resource]) => {
    const properties = parse(ruleSchema, logicalId, resource);
    return {
      arn: localArn('events', `rule/${logicalId}`),
      intervalMs: parseRate(properties.ScheduleExpression),
      functionArns: properties.Targets.map(({ Arn }) => resolveText(Arn, references)),
    };
  });
};

const routeSchema = z.object({ RouteKey: z.string(), Target: z.unknown() });
const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.unknown(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z._default(z.number(), 30_000),
});

export const routeDefinitions = (template: Template, references: References): readonly RouteDefinition[] => {
  const integrations = resourcesOf(template, 'AWS::ApiGatewayV2::Integration');
  const withIntegrations: References = new Map([
    ...references,
    ...integrations.map(([id]): [string, ResourceReference] => [id, { ref: id, attributes: {} }]),
  ]);
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([logicalId, resource]) => {
    const { RouteKey, Target } = parse(routeSchema, logicalId, resource);
    const integrationId = resolveText(Target, withIntegrations).replace('integrations/', '');
    const integration = integrations.find(([id]) => id === integrationId);
    if (!integration) throw new Error(`${logicalId}: no integration ${integrationId}`);
    const properties = parse(integrationSchema, ...integration);
    return {
      routeKey: RouteKey,
      functionArn: functionArn(resolveText(properties.IntegrationUri, references)),
      timeoutMs: properties.TimeoutInMillis,
    };
  });
};

/** Of a function's name, its ARN, or the path that API Gateway wraps around an ARN. */
const functionArn = (given: string): string => {
  const [, wrapped] = /\/functions\/(.+)\/invocations$/.exec(given) ?? [];
  const plain = wrapped ?? given;
  return plain.startsWith('arn:') ? plain : localArn('lambda', `function:${plain}`);
};

/** `Rescind/Dispatch/Function/Resource` → `dispatch` */
const shortName = (logicalId: string, resource: Resource): string => {
  const path = resource.Metadata['aws:cdk:path'];
  const construct = typeof path === 'string' ? path.split('/')[1] : undefined;
  return construct?.toLowerCase() ?? logicalId;
};

/** @throws Error that names the resource and what of it is not understood. */
export const parse = <T>(schema: z.ZodMiniType<T>, logicalId: string, resource: Resource): T => {
  const parsed = schema.safeParse(resource.Properties);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
  throw new Error(
    `${logicalId} (${resource.Type}): the local stack does not know this: ${issues.join('; ')}`,
  );
};
