/** Reads a synthesized CloudFormation template, and refuses one that this machine would run only in part. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

// Without these, zod/mini says no more than "Invalid input".
z.config(z.locales.en());

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z._default(z.record(z.string(), z.unknown()), {}),
  Metadata: z._default(z.record(z.string(), z.unknown()), {}),
});
export type Resource = z.output<typeof resourceSchema>;

export interface Template {
  /** The cloud assembly's folder; asset paths are relative to it. */
  readonly directory: string;
  readonly resources: ReadonlyMap<string, Resource>;
}

/** Run here. */
const runTypes = [
  'AWS::DynamoDB::Table',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
  'AWS::Lambda::Function',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::IAM::Role',
  'AWS::Events::Rule',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Stage',
] as const;
export type RunType = (typeof runTypes)[number];

/** Without effect on what the functions do: who may reach them and their queues, logs and the watching of them. */
const skippedTypes: readonly string[] = [
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::KMS::Key',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
];

export const stackName = 'Rescind';

/** @throws Error that names a resource type which the local stack does not know. */
export const readTemplate = async (directory: string): Promise<Template> => {
  const text = await readFile(join(directory, `${stackName}.template.json`), 'utf8');
  const { Resources } = z.object({ Resources: z.record(z.string(), resourceSchema) }).parse(JSON.parse(text));
  const known: readonly string[] = [...runTypes, ...skippedTypes];
  for (const [logicalId, { Type }] of Object.entries(Resources)) {
    if (!known.includes(Type))
      throw new Error(`${logicalId}: the local stack does not know how to run ${Type}`);
  }
  return { directory, resources: new Map(Object.entries(Resources)) };
};

export const resourcesOf = (template: Template, type: RunType): readonly (readonly [string, Resource])[] =>
  [...template.resources].filter(([, resource]) => resource.Type === type);
