/** What of a template is understood, and that the rest is refused by name instead of being left out in silence. */
import { describe, expect, test } from 'vitest';
import { mappingDefinitions, ruleDefinitions } from '../../../infra/local/deployment.ts';
import { type References, resolve } from '../../../infra/local/intrinsics.ts';
import { parseRate } from '../../../infra/local/schedule.ts';
import { readTemplate } from '../../../infra/local/template.ts';
import { mapping, queue, writeAssembly } from './assembly.ts';

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
});

test('rates', () => {
  expect(['rate(1 minute)', 'rate(5 minutes)', 'rate(1 hour)'].map(parseRate)).toEqual([
    60_000, 300_000, 3_600_000,
  ]);
  expect(() => parseRate('cron(0 0 * * ? *)')).toThrow('cron(0 0 * * ? *)');
});
