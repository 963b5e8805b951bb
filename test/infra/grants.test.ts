/** Who may do what: the tables in docs/security.md are what the template grants, line by line, and nothing else. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { functionNames } from '../../infra/bundle.ts';
import { documentedGrants, tableBelow } from './documented-grants.ts';
import { synthesize } from './synthesize.ts';

const { resources, ofType, template } = synthesize();

const howToUpdate = 'if the template is right, say so in the table of docs/security.md, with a reason';

describe('grants', () => {
  test('each function may do exactly what its lines in docs/security.md say', () => {
    const found = functions().flatMap((fn) => grantsOf(fn).map((line) => `${fn.name}: ${line}`));
    expect(found.sort(), howToUpdate).toEqual(documentedGrants(functions().map(({ name }) => name)).sort());
  });

  test('each function is invoked by exactly what docs/security.md says, and by that alone', () => {
    const found = [...permissions(), ...mappings()].map(([fn, by]) => `${fn}: ${by}`);
    const documented = tableBelow('Who may invoke them').map(([fn, by]) => `${fn}: ${by}`);
    expect(found.sort(), howToUpdate).toEqual(documented.sort());
  });

  test.each([
    ['architecture.md', /^ {2}([a-z]+) +\S.*$/gm, 'functions/', '\nshared/\n'],
    ['operations.md', /^\| ([a-z]+) \|/gm, '\n## Functions and what they may do\n', '\n## '],
  ])('docs/%s tells each function', async (page, line, from, to) => {
    const text = await readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
    const begin = text.indexOf(from) + from.length;
    const part = text.slice(begin, text.indexOf(to, begin));
    const told = [...part.matchAll(line)].map(([, name]) => name).filter((name) => name !== 'function');
    expect(told.toSorted()).toEqual([...functionNames].toSorted());
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
    expect(writers.map(({ name }) => name)).toEqual(['accounts']);
  });

  test('a role is there for Lambda alone', () => {
    for (const [, { AssumeRolePolicyDocument }] of ofType('AWS::IAM::Role')) {
      expect(AssumeRolePolicyDocument).toEqual({
        Statement: [
          { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
        Version: '2012-10-17',
      });
    }
  });

  test("a queue's policy only takes rights away: who sends or receives does so by a role of this account", () => {
    for (const [, properties] of ofType('AWS::SQS::QueuePolicy'))
      expect(statementsIn(properties).map(({ Effect }) => Effect)).toEqual(['Deny']);
  });

  test('no table and no secret is opened to others by a policy of its own', () => {
    for (const [, properties] of ofType('AWS::DynamoDB::Table'))
      expect(properties).not.toHaveProperty('ResourcePolicy');
    template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0);
  });
});

const Permission = z.object({
  Action: z.literal('lambda:InvokeFunction'),
  FunctionName: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  Principal: z.string(),
  SourceArn: z.unknown(),
});

/** Function and who may invoke it, by the policy of the function. */
const permissions = (): string[][] =>
  ofType('AWS::Lambda::Permission').map(([, properties]) => {
    const { FunctionName, Principal, SourceArn } = Permission.parse(properties);
    return [nameOf(FunctionName['Fn::GetAtt'][0]), `${Principal} for ${sourceOf(arnText(SourceArn))}`];
  });

const sourceOf = (arn: string): string => {
  const [api] = ofType('AWS::ApiGatewayV2::Api').map(([id]) => id);
  const [rule] = ofType('AWS::Events::Rule').map(([id]) => id);
  const words: Record<string, string> = {
    [`arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:${api}/*/*`]: 'the routes of this API',
    [`${rule}`]: 'the schedule of this stack',
  };
  return words[arn] ?? arn;
};

/** Function and queue: Lambda itself polls, in the name of the function's role. */
const mappings = (): string[][] => {
  const Mapping = z.object({ FunctionName: z.object({ Ref: z.string() }), EventSourceArn: z.unknown() });
  const fed = ofType('AWS::Lambda::EventSourceMapping').map(([, properties]) => {
    const { FunctionName, EventSourceArn } = Mapping.parse(properties);
    return { consumer: nameOf(FunctionName.Ref), queue: EventSourceArn };
  });
  return [...new Set(fed.map(({ consumer }) => consumer))].flatMap((consumer) => {
    const ofConsumer = fed.filter((each) => each.consumer === consumer).map(({ queue }) => queue);
    return targets(ofConsumer, '').map((target) => [consumer, `Lambda's poller of ${target}`]);
  });
};

const oneOrMore = <T extends z.ZodMiniType>(item: T) =>
  z.pipe(
    z.transform((value) => (Array.isArray(value) ? value : [value])),
    z.array(item),
  );
/** Strict: NotAction and NotResource grant what no line of a table could say. */
const Statement = z.strictObject({
  Effect: z.string(),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()),
  Principal: z.optional(z.unknown()),
  Condition: z.optional(z.unknown()),
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

const nameOf = (functionId: string): string => functionId.replace(/Function[0-9A-F]{8}$/, '').toLowerCase();

interface FunctionUnderTest {
  readonly name: string;
  readonly role: string;
  readonly logGroup: string;
}

const functions = (): FunctionUnderTest[] =>
  ofType('AWS::Lambda::Function').map(([id, properties]) => {
    const { Role, LoggingConfig } = FunctionProperties.parse(properties);
    return {
      name: nameOf(id),
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
      return Action.flatMap((action) =>
        targets(Resource, fn.logGroup).map((target) => `${action} on ${target}`),
      );
    })
    .sort();

/** What a statement's resources are, in words. All of the providers' queues together are `every provider queue`. */
const targets = (list: readonly unknown[], logGroup: string): string[] => {
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
    [logGroup]: 'its log group',
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
