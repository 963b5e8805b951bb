/** Nothing goes wrong in silence. */
import { readFile } from 'node:fs/promises';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { metricNames } from '../../shared/metrics.ts';
import { synthesize } from './synthesize.ts';

const { template, ofType } = synthesize();
const mailed = synthesize({ ALARM_EMAIL: 'ops@example.com' });

const anyFrom1 = {
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
};

describe('alarms', () => {
  test('each queue: its first dead letter, and a message that nobody takes', () => {
    for (const [id, { RedrivePolicy }] of ofType('AWS::SQS::Queue')) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/SQS',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        ...(RedrivePolicy === undefined
          ? { MetricName: 'ApproximateNumberOfMessagesVisible', ...anyFrom1 }
          : { MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 1_800 }),
      });
    }
  });

  test('each function: its first error', () => {
    for (const [id] of ofType('AWS::Lambda::Function')) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
        Statistic: 'Sum',
        ...anyFrom1,
      });
    }
  });

  test('cancellations that were given up or never attempted, as the sweep counts them', () => {
    const [sweepId] = ofType('AWS::Lambda::Function').find(([id]) => id.startsWith('Sweep')) ?? [];
    expect(sweepId).toBeDefined();
    for (const MetricName of metricNames) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'Rescind',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: sweepId } }],
        Statistic: 'Maximum',
        ...anyFrom1,
      });
    }
  });

  test('a sweep that does not run, which would keep the counts above silent', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('each says where the runbook goes on, and there is such a section', async () => {
    const runbook = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    for (const [, { AlarmDescription }] of ofType('AWS::CloudWatch::Alarm')) {
      const [, section] = /\. See docs\/operations\.md#([a-z-]+)$/.exec(String(AlarmDescription)) ?? [];
      expect(runbook).toContain(`\n### ${section}\n`);
    }
  });

  test('without an address nobody is mailed, and no key is paid for', () => {
    for (const type of ['AWS::SNS::Topic', 'AWS::SNS::Subscription', 'AWS::KMS::Key'])
      template.resourceCountIs(type, 0);
    for (const [, alarm] of ofType('AWS::CloudWatch::Alarm'))
      expect(alarm).not.toHaveProperty('AlarmActions');
  });
});

describe('alarms with an address', () => {
  const [topic = ''] = mailed.ofType('AWS::SNS::Topic').map(([id]) => id);

  test('all are mailed there', () => {
    mailed.template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    for (const [, { AlarmActions }] of mailed.ofType('AWS::CloudWatch::Alarm'))
      expect(AlarmActions).toEqual([{ Ref: topic }]);
  });

  test('CloudWatch may publish to the topic and use its key: without either the mails would be lost in silence', () => {
    const allowed = (actions: unknown) => ({
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: actions,
        }),
      ]),
    });
    mailed.template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: allowed('sns:Publish'),
    });
    mailed.template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: allowed(['kms:Decrypt', 'kms:GenerateDataKey']),
    });
  });

  test('the topic is encrypted and refuses what does not come over TLS', () => {
    mailed.template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    mailed.template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});
