/** Nothing goes wrong in silence. */
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type FunctionMetric, functionMetrics } from '../../shared/metrics.ts';
import { providerNames } from '../../shared/providers/registry.ts';
import { synthesize } from './synthesize.ts';

const { template, ofType } = synthesize();
const mailed = synthesize({ ALARM_EMAIL: 'ops@example.com' });

const anyFrom1 = {
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
};

/** Which function counts it. Null: shown, and no reason to call anybody. */
const watchers: Readonly<Record<FunctionMetric, { function: string; statistic: 'Maximum' | 'Sum' } | null>> =
  {
    FailedCancellations: { function: 'Sweep', statistic: 'Maximum' },
    OverdueCancellations: { function: 'Sweep', statistic: 'Maximum' },
    UnconfirmedCancellations: { function: 'Sweep', statistic: 'Maximum' },
    WebhooksRefused: { function: 'Webhook', statistic: 'Sum' },
    WebhooksUnknown: null,
    EndpointsDisabled: { function: 'Notify', statistic: 'Sum' },
  };
const functionIds = (prefix: string): string[] =>
  ofType('AWS::Lambda::Function').flatMap(([id]) => (id.startsWith(prefix) ? [id] : []));
/** The only one that names this page. */
const alarmOf = (page: string) => {
  const found = ofType('AWS::CloudWatch::Alarm').filter(([, { AlarmDescription }]) =>
    String(AlarmDescription).endsWith(`#${page}`),
  );
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? {};
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

  test('each queue: more than is taken in half an hour, for three periods in a row', () => {
    for (const [id, { RedrivePolicy }] of ofType('AWS::SQS::Queue')) {
      if (RedrivePolicy === undefined) continue;
      const ofQueue = { Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }] };
      const metric = (MetricName: string) =>
        Match.objectLike({ Metric: Match.objectLike({ MetricName, ...ofQueue }) });
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Threshold: 1_800,
        EvaluationPeriods: 3,
        Metrics: Match.arrayWith([
          Match.objectLike({ MetricStat: metric('ApproximateNumberOfMessagesVisible') }),
          Match.objectLike({ MetricStat: metric('NumberOfMessagesDeleted') }),
        ]),
      });
    }
  });

  test.each(providerNames)('calls to %s of which half go wrong', (provider) => {
    const [dispatch = ''] = functionIds('Dispatch');
    const Dimensions = [
      { Name: 'FunctionName', Value: { Ref: dispatch } },
      { Name: 'Provider', Value: provider },
    ];
    const ofProvider = (MetricName: string) =>
      Match.objectLike({
        MetricStat: Match.objectLike({
          Stat: 'Sum',
          Metric: { Namespace: 'Rescind', MetricName, Dimensions },
        }),
      });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 50,
      Metrics: Match.arrayWith([ofProvider('ProviderErrors'), ofProvider('ProviderCalls')]),
    });
  });

  test('functions that Lambda did not start, all of them in one', () => {
    const metrics = alarmOf('function-throttles')['Metrics'];
    const ids = ofType('AWS::Lambda::Function').map(([id]) => id);
    expect(z.array(z.unknown()).parse(metrics)).toHaveLength(1 + ids.length);
    for (const id of ids) expect(JSON.stringify(metrics)).toContain(`{"Ref":"${id}"}`);
  });

  test('requests that the throttle of the API refused, counted in its own access log', () => {
    const [[filter] = []] = [ofType('AWS::Logs::MetricFilter').map(([, properties]) => properties)];
    const { FilterPattern, MetricTransformations } = z
      .object({
        FilterPattern: z.string(),
        MetricTransformations: z.array(z.object({ MetricName: z.string(), MetricNamespace: z.string() })),
      })
      .parse(filter);
    const [{ MetricName, MetricNamespace: Namespace } = {}] = MetricTransformations;
    // A function answers 429 too, in the words of a provider that limits us: that is no throttle of ours.
    expect(FilterPattern).toBe(
      '{ ($.status = "429") && ($.integration_status != "200") && ($.integration_status != "429") }',
    );
    expect(alarmOf('api-throttles')).toMatchObject({ MetricName, Namespace, Statistic: 'Sum' });
    // As the access log spells it.
    for (const field of [
      '"status":"\\$context.status"',
      '"integration_status":"\\$context.integrationStatus"',
    ]) {
      template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
        AccessLogSettings: { Format: Match.stringLikeRegexp(field) },
      });
    }
  });

  test.each(functionMetrics.filter((name) => watchers[name] !== null))(
    '%s, as the function counts them that says so',
    (MetricName) => {
      const watcher = watchers[MetricName];
      if (watcher === null) throw new Error('not watched');
      const [id = ''] = functionIds(watcher.function);
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'Rescind',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
        Statistic: watcher.statistic,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    },
  );

  test('a sweep that does not run, which would keep the counts above silent', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
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
