/** What of a template is understood, and that the rest is refused by name instead of being left out in silence. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../../infra/local/configuration.ts';
import { mappingDefinitions, ruleDefinitions } from '../../../infra/local/deployment.ts';
import { type References, resolve } from '../../../infra/local/intrinsics.ts';
import { provisionSecrets } from '../../../infra/local/provision-secrets.ts';
import { parseRate } from '../../../infra/local/schedule.ts';
import { readTemplate } from '../../../infra/local/template.ts';
import { mapping, queue, secret, writeAssembly } from './assembly.ts';

const references: References = new Map([
  ['Queue', { ref: 'http://queue', attributes: { Arn: 'arn:queue' } }],
  ['Function', { ref: 'Function', attributes: { Arn: 'arn:function' } }],
]);

describe('intrinsic functions', () => {
  test.each([
    [{ Ref: 'Queue' }, 'http://queue'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Queue' }]] }, 'a-http://queue'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'queue'],
    [{ 'Fn::Sub': '$' + '{Queue.Arn}/$' + '{AWS::Partition}/$' + '{!kept}' }, 'arn:queue/aws/$' + '{kept}'],
    [{ 'Fn::Sub': ['$' + '{x}', { x: { Ref: 'Queue' } }] }, 'http://queue'],
    [[{ a: { Ref: 'Queue' } }], [{ a: 'http://queue' }]],
  ])('%j', (value, expected) => {
    expect(resolve(value, references)).toEqual(expected);
  });

  test.each([
    [{ Ref: 'Nothing' }],
    [{ 'Fn::GetAtt': ['Queue', 'Nothing'] }],
    [{ 'Fn::ImportValue': 'Nothing' }],
  ])('%j is refused by name', (value) => {
    expect(() => resolve(value, references)).toThrow(/Nothing|ImportValue/);
  });
});

describe('what would be run only in part is refused', () => {
  const read = (resources: Readonly<Record<string, object>>) => readTemplate(writeAssembly(resources, {}));

  test('a resource type', async () => {
    await expect(read({ Machine: { Type: 'AWS::StepFunctions::StateMachine' } })).rejects.toThrow(
      'Machine: the local stack does not know how to run AWS::StepFunctions::StateMachine',
    );
  });

  test('a filter on a mapping', async () => {
    const template = await read({
      Queue: queue(),
      Mapping: mapping('Queue', 'Function', { FilterCriteria: { Filters: [] } }),
    });
    expect(() => mappingDefinitions(template, references)).toThrow(/Mapping .*FilterCriteria/);
  });

  test.each([
    ['a value in plain text', { SecretString: 'plain' }],
    ['a template to fill', { GenerateSecretString: { GenerateStringKey: 'password' } }],
    ['a key of its own', { KmsKeyId: 'alias/ours' }],
  ])('a secret with %s', async (_, properties) => {
    const template = await read({ Secret: secret(properties) });
    const client = new SecretsManagerClient({ region: 'us-east-1' });
    await expect(provisionSecrets(client, template)).rejects.toThrow(
      'Secret (AWS::SecretsManager::Secret): the local stack does not know this',
    );
  });

  test('a transformed input of a rule', async () => {
    const targets = [{ Id: 'x', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] }, Input: '{}' }];
    const template = await read({
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression: 'rate(1 minute)', Targets: targets },
      },
    });
    expect(() => ruleDefinitions(template, references)).toThrow(/Rule .*Input/);
  });

  test.each([
    ['repeats an event that failed', { MaximumRetryAttempts: 2 }],
    ['sends on an event that failed', { DestinationConfig: { OnFailure: { Destination: 'arn:queue' } } }],
  ])('a function that %s', async (_, properties) => {
    const template = await read({
      Config: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Function' },
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 0,
          ...properties,
        },
      },
    });
    expect(() => ruleDefinitions(template, references)).toThrow(
      new RegExp(`Config .*${Object.keys(properties)[0]}`),
    );
  });
});

test('only on this machine may events and file URLs go to this machine, unless a setting says otherwise', () => {
  expect(readConfiguration({}).context).toEqual({ ALLOW_LOOPBACK_TARGETS: 'on' });
  const given = { ALLOW_LOOPBACK_TARGETS: 'off', RETRY_BASE_MS: '5' };
  expect(readConfiguration(given).context).toEqual(given);
});

test('rates', () => {
  expect(['rate(1 minute)', 'rate(5 minutes)', 'rate(1 hour)'].map(parseRate)).toEqual([
    60_000, 300_000, 3_600_000,
  ]);
  expect(() => parseRate('cron(0 0 * * ? *)')).toThrow('cron(0 0 * * ? *)');
});
