/** A call that AWS would refuse for want of a grant is refused here too, by service, action and resource. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsCall } from '../../../infra/local/aws-calls.ts';
import { type LocalStack, startLocalStack } from '../../../infra/local/local-stack.ts';
import {
  httpApi,
  lambdaFunction,
  mapping,
  queue,
  quietEnvironment,
  role,
  secret,
  table,
  writeAssembly,
} from './assembly.ts';

const sdk = (client: string) => JSON.stringify(import.meta.resolve(`@aws-sdk/client-${client}`));
/** Carries out what it is asked for, and answers what came of it. */
const caller = `
import * as dynamodb from ${sdk('dynamodb')};
import * as sqs from ${sdk('sqs')};
import * as secretsManager from ${sdk('secrets-manager')};
const clients = {
  dynamodb: new dynamodb.DynamoDBClient(),
  sqs: new sqs.SQSClient(),
  'secrets-manager': new secretsManager.SecretsManagerClient(),
};
const modules = { dynamodb, sqs, 'secrets-manager': secretsManager };
export const handler = async ({ body }) => {
  const { service, operation, input } = JSON.parse(body);
  try {
    await clients[service].send(new modules[service][operation + 'Command'](input));
    return 'done';
  } catch (error) {
    return error.name + ' ' + error.$metadata.httpStatusCode;
  }
};`;

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const below = (base: object, path: string) => ({ 'Fn::Join': ['', [base, path]] });
const consumes = {
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Resource: arn('Queue'),
};

let stack: LocalStack;
const seen: AwsCall[] = [];

beforeAll(async () => {
  const assembly = writeAssembly(
    {
      Table: table,
      Queue: queue(),
      Other: queue(),
      Key: secret(),
      Role: role(
        { Action: ['dynamodb:PutItem', 'dynamodb:GetItem'], Resource: arn('Table') },
        { Action: 'dynamodb:Query', Resource: below(arn('Table'), '/index/due') },
        { Action: 'sqs:SendMessage', Resource: [arn('Queue')] },
        { Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Key' } },
        {
          Action: 'secretsmanager:CreateSecret',
          Resource: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:mine/*',
        },
        { Action: 'logs:PutLogEvents', Resource: arn('LogGroupThatIsNotHere') },
      ),
      Caller: lambdaFunction('caller'),
      ...httpApi({ 'POST /': 'Caller' }),
    },
    { caller },
  );
  const before = (call: AwsCall) => void seen.push(call);
  stack = await startLocalStack({ environment: quietEnvironment(), assembly, watcher: { before } });
});
afterAll(() => stack.close());

const call = async (service: string, operation: string, input: object): Promise<string> => {
  const body = JSON.stringify({ service, operation, input });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(stack.url, { method: 'POST', headers, body })).text();
};
const storeOf = (id: string) => stack.stores.get(id);
const query = {
  KeyConditionExpression: '#shard = :s',
  ExpressionAttributeNames: { '#shard': 'shard' },
  ExpressionAttributeValues: { ':s': { S: 'a' } },
};

describe('a function', () => {
  test('may do what its role says', async () => {
    const TableName = storeOf('Table');
    const answers = [
      await call('dynamodb', 'PutItem', { TableName, Item: { pk: { S: 'a' } } }),
      await call('dynamodb', 'GetItem', { TableName, Key: { pk: { S: 'a' } } }),
      await call('dynamodb', 'Query', { TableName, IndexName: 'due', ...query }),
      await call('sqs', 'SendMessage', { QueueUrl: storeOf('Queue'), MessageBody: 'text' }),
      await call('secrets-manager', 'GetSecretValue', { SecretId: storeOf('Key') }),
      await call('secrets-manager', 'CreateSecret', { Name: 'mine/one', SecretString: 'text' }),
    ];
    expect(answers).toEqual(answers.map(() => '"done"'));
  });

  test('may do nothing else: another action, another resource, an index or a prefix that is not its own', async () => {
    const before = seen.length;
    const TableName = storeOf('Table');
    const answers = [
      await call('dynamodb', 'DeleteItem', { TableName, Key: { pk: { S: 'a' } } }),
      await call('dynamodb', 'Scan', { TableName }),
      await call('dynamodb', 'Query', { TableName, ...query }),
      await call('dynamodb', 'BatchGetItem', { RequestItems: { Table: { Keys: [{ pk: { S: 'a' } }] } } }),
      await call('sqs', 'SendMessage', { QueueUrl: storeOf('Other'), MessageBody: 'text' }),
      await call('sqs', 'ReceiveMessage', { QueueUrl: storeOf('Queue') }),
      await call('secrets-manager', 'GetSecretValue', { SecretId: 'mine/one' }),
      await call('secrets-manager', 'CreateSecret', { Name: 'mine', SecretString: 'text' }),
      await call('secrets-manager', 'CreateSecret', { Name: 'others/one', SecretString: 'text' }),
    ];
    expect(answers).toEqual(answers.map(() => '"AccessDeniedException 400"'));
    // None was carried out, nor shown as if it had been.
    expect(seen).toHaveLength(before);
  });
});

describe('a stack does not start', () => {
  const start = (resources: Readonly<Record<string, object>>) =>
    startLocalStack({
      environment: quietEnvironment(),
      assembly: writeAssembly({ Queue: queue(), Caller: lambdaFunction('caller'), ...resources }, { caller }),
    });

  test('with a function that may not take the messages that it is fed: Lambda refuses such a mapping', async () => {
    const lacking = role({ ...consumes, Action: consumes.Action.slice(0, 2) });
    await expect(start({ Role: lacking, Mapping: mapping('Queue', 'Caller') })).rejects.toThrow(
      /Caller .*Queue: its role lacks sqs:GetQueueAttributes/,
    );
  });

  const managed = { ...role().Properties, ManagedPolicyArns: ['arn:aws:iam::aws:policy/All'] };
  test.each([
    ['a condition', role({ ...consumes, Condition: {} }), /Condition/],
    ['a denial', role({ ...consumes, Effect: 'Deny' }), /Effect/],
    ['a wildcard in the middle', role({ ...consumes, Resource: 'arn:*:queue' }), /arn:\*:queue/],
    ["a policy of AWS's own", { ...role(), Properties: managed }, /ManagedPolicyArns/],
  ])('with %s in a role: it is not understood here', async (_, Role, complaint) => {
    await expect(start({ Role })).rejects.toThrow(complaint);
  });
});
