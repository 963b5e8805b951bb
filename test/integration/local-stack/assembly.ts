/** Writes small cloud assemblies by hand: a template of real resource types, and bundles of a few lines. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

type Resources = Readonly<Record<string, object>>;

const directories: string[] = [];
// Registered first and so run last: after the stacks that use them have ended.
afterAll(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'rescind-test-'));
  directories.push(directory);
  return directory;
};

/** @param bundles source of `index.mjs` by folder @returns the assembly's folder */
export const writeAssembly = (resources: Resources, bundles: Readonly<Record<string, string>>): string => {
  const directory = temporaryDirectory();
  for (const [name, source] of Object.entries(bundles)) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'index.mjs'), source);
  }
  writeFileSync(join(directory, 'Rescind.template.json'), JSON.stringify({ Resources: resources }));
  return directory;
};

export const lambdaFunction = (name: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Handler: 'index.handler',
    Timeout: 5,
    Code: {},
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    ...properties,
  },
  Metadata: { 'aws:asset:path': name, 'aws:cdk:path': `Rescind/${name}/Function/Resource` },
});

/** The role that every function of an assembly has. One that is left out allows everything. */
export const role = (...statements: readonly object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {},
    Policies: [
      {
        PolicyName: 'Exact',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
        },
      },
    ],
  },
});

export const queue = (properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

export const mapping = (queueId: string, functionId: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
    FunctionName: { Ref: functionId },
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 5 },
    ...properties,
  },
});

/** As CloudFormation generates one. */
export const secret = (properties: object = {}) => ({
  Type: 'AWS::SecretsManager::Secret',
  Properties: { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true }, ...properties },
});

/** An HTTP API with routes to functions, by logical id. */
export const httpApi = (routes: Readonly<Record<string, string>>): Resources => ({
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
  ...Object.fromEntries(
    Object.entries(routes).flatMap(([routeKey, functionId], index) => [
      [
        `Integration${index}`,
        {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            ApiId: { Ref: 'Api' },
            IntegrationType: 'AWS_PROXY',
            IntegrationUri: { 'Fn::GetAtt': [functionId, 'Arn'] },
            PayloadFormatVersion: '2.0',
          },
        },
      ],
      [
        `Route${index}`,
        {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ApiId: { Ref: 'Api' },
            RouteKey: routeKey,
            Target: { 'Fn::Join': ['', ['integrations/', { Ref: `Integration${index}` }]] },
          },
        },
      ],
    ]),
  ),
});

export const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'shard', AttributeType: 'S' },
      { AttributeName: 'wake', AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'due',
        KeySchema: [
          { AttributeName: 'shard', KeyType: 'HASH' },
          { AttributeName: 'wake', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  },
};

/** Settings for a stack of a test: free ports, no simulated providers. */
export const quietEnvironment = (dataDir = temporaryDirectory()) => ({
  PORT: '0',
  SIMULATORS: 'off',
  DATA_DIR: dataDir,
});

/** Waits until `probe` gives something. @throws Error after `timeoutMs` */
export const eventually = async <T>(
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 10_000,
): Promise<T> => {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    const found = await probe();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it did not happen in time');
};
