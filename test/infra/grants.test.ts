/** What each function may do, as a table to read. A grant that is wider, or missing, is a line that differs. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { synthesize } from './synthesize.ts';

const granted: Record<string, readonly string[]> = {
  Accounts: [
    'dynamodb:DeleteItem on the table',
    'dynamodb:GetItem on the table',
    'dynamodb:PutItem on the table',
    'dynamodb:Query on the index by_tenant',
    'dynamodb:Query on the index due',
    'dynamodb:Query on the table',
    'dynamodb:UpdateItem on the table',
    'secretsmanager:CreateSecret on the account secrets',
    'secretsmanager:CreateSecret on the endpoint secrets',
    'secretsmanager:DeleteSecret on the account secrets',
    'secretsmanager:DeleteSecret on the endpoint secrets',
    'secretsmanager:GetSecretValue on the account secrets',
    'secretsmanager:GetSecretValue on the endpoint secrets',
    'secretsmanager:PutSecretValue on the account secrets',
    'secretsmanager:PutSecretValue on the endpoint secrets',
    'sqs:SendMessage on the notify queue',
  ],
  Api: [
    'dynamodb:DeleteItem on the table',
    'dynamodb:GetItem on the table',
    'dynamodb:PutItem on the table',
    'dynamodb:Query on the index by_tenant',
    'dynamodb:UpdateItem on the table',
    'secretsmanager:GetSecretValue on the sealing key',
    'sqs:SendMessage on every provider queue',
    'sqs:SendMessage on the notify queue',
  ],
  Dispatch: [
    'dynamodb:DeleteItem on the table',
    'dynamodb:GetItem on the table',
    'dynamodb:PutItem on the table',
    'dynamodb:UpdateItem on the table',
    'secretsmanager:GetSecretValue on the account secrets',
    'secretsmanager:GetSecretValue on the sealing key',
    'sqs:DeleteMessage on every provider queue',
    'sqs:GetQueueAttributes on every provider queue',
    'sqs:ReceiveMessage on every provider queue',
    'sqs:SendMessage on every provider queue',
    'sqs:SendMessage on the notify queue',
  ],
  Docs: [],
  Notify: [
    'dynamodb:GetItem on the table',
    'dynamodb:PutItem on the table',
    'dynamodb:Query on the index due',
    'dynamodb:Query on the table',
    'dynamodb:UpdateItem on the table',
    'secretsmanager:GetSecretValue on the endpoint secrets',
    'sqs:DeleteMessage on the notify queue',
    'sqs:GetQueueAttributes on the notify queue',
    'sqs:ReceiveMessage on the notify queue',
    'sqs:SendMessage on the notify queue',
  ],
  Sweep: [
    'dynamodb:GetItem on the table',
    'dynamodb:PutItem on the table',
    'dynamodb:Query on the index due',
    'dynamodb:UpdateItem on the table',
    'sqs:SendMessage on every provider queue',
    'sqs:SendMessage on the notify queue',
  ],
  Webhook: [
    'dynamodb:GetItem on the table',
    'dynamodb:PutItem on the table',
    'dynamodb:UpdateItem on the table',
    'secretsmanager:GetSecretValue on the account secrets',
    'sqs:SendMessage on every provider queue',
    'sqs:SendMessage on the notify queue',
  ],
};
const everyFunction = ['logs:CreateLogStream on its log group', 'logs:PutLogEvents on its log group'];

const { resources, ofType, template } = synthesize();

describe('grants', () => {
  test('each function may do exactly what its line says', () => {
    const found = Object.fromEntries(functions().map((fn) => [fn.name, grantsOf(fn)]));
    const expected = Object.entries(granted).map(([name, lines]) => [
      name,
      [...lines, ...everyFunction].sort(),
    ]);
    expect(found).toEqual(Object.fromEntries(expected));
  });

  test('each function has a role of its own, which nothing else adds to', () => {
    expect(new Set(functions().map(({ role }) => role)).size).toBe(functions().length);
    template.resourceCountIs('AWS::IAM::Role', functions().length);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    for (const [, role] of ofType('AWS::IAM::Role')) expect(role).not.toHaveProperty('ManagedPolicyArns');
  });

  test('no allowed action is a wildcard, and no resource is everything', () => {
    const policies = [...ofType('AWS::IAM::Role'), ...ofType('AWS::SQS::QueuePolicy')].flatMap(
      ([, properties]) => statementsIn(properties),
    );
    for (const statement of policies.filter(({ Effect }) => Effect === 'Allow')) {
      expect(statement.Action.filter((action) => action.includes('*'))).toEqual([]);
      expect(statement.Resource).not.toContain('*');
    }
  });

  test('one function alone writes secrets', () => {
    const writes = /^secretsmanager:(?!GetSecretValue|DescribeSecret)/;
    const writers = functions().filter((fn) => grantsOf(fn).some((line) => writes.test(line)));
    expect(writers.map(({ name }) => name)).toEqual(['Accounts']);
  });

  test('a route may only be invoked by this API, the sweep only by its schedule', () => {
    const invokers = ofType('AWS::Lambda::Permission').map(([, { Principal, SourceArn }]) => [
      Principal,
      !!SourceArn,
    ]);
    expect(new Set(invokers.map(String))).toEqual(
      new Set(['apigateway.amazonaws.com,true', 'events.amazonaws.com,true']),
    );
  });
});

const oneOrMore = <T extends z.ZodMiniType>(item: T) =>
  z.pipe(
    z.transform((value) => (Array.isArray(value) ? value : [value])),
    z.array(item),
  );
const Statement = z.object({
  Effect: z.string(),
  Action: oneOrMore(z.string()),
  Resource: z._default(oneOrMore(z.unknown()), []),
});
const Policy = z.object({ Statement: z.array(Statement) });
const WithPolicies = z.object({
  Policies: z._default(z.array(z.object({ PolicyDocument: Policy })), []),
  PolicyDocument: z.optional(Policy),
});
const FunctionProperties = z.object({
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }),
});

interface FunctionUnderTest {
  readonly name: string;
  readonly role: string;
  readonly logGroup: string;
}

const functions = (): FunctionUnderTest[] =>
  ofType('AWS::Lambda::Function').map(([id, properties]) => {
    const { Role, LoggingConfig } = FunctionProperties.parse(properties);
    return {
      name: id.replace(/Function[0-9A-F]{8}$/, ''),
      role: Role['Fn::GetAtt'][0],
      logGroup: LoggingConfig.LogGroup.Ref,
    };
  });

const statementsIn = (properties: unknown) => {
  const { Policies, PolicyDocument } = WithPolicies.parse(properties);
  return [...Policies.map((policy) => policy.PolicyDocument), PolicyDocument ?? { Statement: [] }].flatMap(
    (policy) => policy.Statement,
  );
};

const grantsOf = (fn: FunctionUnderTest): string[] =>
  statementsIn(resources[fn.role]?.Properties)
    .flatMap(({ Effect, Action, Resource }) => {
      expect(Effect).toBe('Allow');
      return Action.flatMap((action) => targets(Resource, fn).map((target) => `${action} on ${target}`));
    })
    .sort();

/** What a statement's resources are, in words. All of the providers' queues together are `every provider queue`. */
const targets = (list: readonly unknown[], fn: FunctionUnderTest): string[] => {
  const arns = list.map(arnText);
  const ofProviders = queues.filter((id) => id !== notifyQueue);
  const all = ofProviders.every((queue) => arns.includes(queue));
  const [table = ''] = ofType('AWS::DynamoDB::Table').map(([id]) => id);
  const [sealingKey = ''] = ofType('AWS::SecretsManager::Secret').map(([id]) => id);
  const secrets = 'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:Rescind';
  const words: Record<string, string> = {
    [table]: 'the table',
    [`${table}/index/by_tenant`]: 'the index by_tenant',
    [`${table}/index/due`]: 'the index due',
    [fn.logGroup]: 'its log group',
    [notifyQueue]: 'the notify queue',
    [sealingKey]: 'the sealing key',
    [`${secrets}/accounts/*`]: 'the account secrets',
    [`${secrets}/endpoints/*`]: 'the endpoint secrets',
  };
  const others = arns.filter((arn) => !all || !ofProviders.includes(arn)).map((arn) => words[arn] ?? arn);
  return all ? ['every provider queue', ...others] : others;
};

const queues = ofType('AWS::SQS::Queue').flatMap(([id, { RedrivePolicy }]) => (RedrivePolicy ? [id] : []));
const notifyQueue = queues.find((id) => id.startsWith('notify')) ?? '';

const Arn = z.union([
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
  z.object({ Ref: z.string() }),
  z.string(),
]);

/** An ARN as text, with logical ids and pseudo parameters in the place of what they stand for. */
const arnText = (value: unknown): string => {
  const arn = Arn.parse(value);
  if (typeof arn === 'string') return arn;
  if ('Ref' in arn) return arn.Ref;
  return 'Fn::GetAtt' in arn ? arn['Fn::GetAtt'][0] : arn['Fn::Join'][1].map(arnText).join('');
};
