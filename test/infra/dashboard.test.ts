/** One page shows how things stand, from the same metrics as the alarms; and what all that costs is what the documentation says. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { logQueries } from '../../infra/constructs/dashboard.ts';
import { functionMetrics, providerMetrics } from '../../shared/metrics.ts';
import { providerNames } from '../../shared/providers/registry.ts';
import { synthesize } from './synthesize.ts';

const { ofType } = synthesize();
const [[, { DashboardBody, DashboardName } = {}] = []] = ofType('AWS::CloudWatch::Dashboard');

/** The text as CloudFormation joins it, each reference by its name. */
const joined = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = z
    .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })
    .parse(value);
  return join[1].map((part) => (typeof part === 'string' ? part : referenceIn(part))).join('');
};
const referenceIn = (part: unknown): string => {
  const { Ref, 'Fn::GetAtt': attribute } = z
    .object({ Ref: z.optional(z.string()), 'Fn::GetAtt': z.optional(z.array(z.string())) })
    .parse(part);
  return Ref ?? attribute?.join('.') ?? '';
};
const widget = z.object({
  type: z.enum(['alarm', 'metric', 'log']),
  properties: z.object({
    title: z.string(),
    alarms: z.optional(z.array(z.string())),
    metrics: z.optional(z.array(z.array(z.unknown()))),
    query: z.optional(z.string()),
  }),
});
const { widgets } = z.object({ widgets: z.array(widget) }).parse(JSON.parse(joined(DashboardBody)));
const metricsShown = widgets.flatMap(({ properties }) => properties.metrics ?? []);

describe('the dashboard', () => {
  test('is one, and has no name that a second deployment would want too', () => {
    expect(ofType('AWS::CloudWatch::Dashboard')).toHaveLength(1);
    expect(DashboardName).toBeUndefined();
  });

  test('shows the state of every alarm', () => {
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    const alarms = ofType('AWS::CloudWatch::Alarm').map(([id]) => `${id}.Arn`);
    expect(shown.toSorted()).toEqual(alarms.toSorted());
  });

  test.each(functionMetrics)('shows %s', (name) => {
    expect(metricsShown.map(([namespace, metric]) => [namespace, metric])).toContainEqual(['Rescind', name]);
  });

  test.each(providerMetrics)('shows %s of every provider', (name) => {
    for (const provider of providerNames) {
      const shown = metricsShown.filter((metric) => metric[1] === name && metric.includes(provider));
      expect(shown.length).toBeGreaterThan(0);
    }
  });

  test.each([
    ['ApproximateAgeOfOldestMessage', 'Queue'],
    ['ApproximateNumberOfMessagesVisible', 'DeadLetterQueue'],
  ])('shows %s of every %s', (name, kind) => {
    const queues = ofType('AWS::SQS::Queue').filter(
      ([id]) => id.includes('DeadLetter') === (kind === 'DeadLetterQueue'),
    );
    for (const [id] of queues) {
      const shown = metricsShown.filter((metric) => metric[1] === name && metric.includes(`${id}.QueueName`));
      expect(shown).toHaveLength(1);
    }
  });

  test('asks the log of a function that there is, for what a metric for each account would cost', () => {
    const queries = widgets.flatMap(({ properties }) => properties.query ?? []);
    expect(queries).toHaveLength(Object.keys(logQueries).length);
    for (const query of queries)
      expect(query).toMatch(/^SOURCE '(Dispatch|Webhook|Notify)LogGroup\w+' \| fields /);
  });
});

/** Public prices in US dollars a month, us-east-1, without the free tier. */
const prices = { alarmMetric: 0.1, customMetric: 0.3, dashboard: 3 };

test('what the watching costs is what docs/operations.md says', async () => {
  const alarms = ofType('AWS::CloudWatch::Alarm').map(([, { Metrics }]) => watchedBy(Metrics));
  const alarmMetrics = alarms.reduce((sum, count) => sum + count, 0);
  const customMetrics =
    functionMetrics.length +
    providerMetrics.length * providerNames.length +
    ofType('AWS::Logs::MetricFilter').length;
  const rows = [
    ['alarms', `${alarms.length}, on ${alarmMetrics} metrics`, prices.alarmMetric * alarmMetrics],
    ['metrics of our own', `${customMetrics} at most`, prices.customMetric * customMetrics],
    ['dashboard', '1', prices.dashboard],
  ] as const;
  const total = rows.reduce((sum, [, , dollars]) => sum + dollars, 0);
  const table = [
    ...rows.map(([what, number, dollars]) => `| ${what} | ${number} | ${dollars.toFixed(2)} |`),
    `| together | | ${total.toFixed(2)} |`,
  ].join('\n');
  expect(await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8')).toContain(
    `\n${table}\n`,
  );
});

/** An alarm on an expression pays for each metric in it. */
const watchedBy = (metrics: unknown): number => {
  const parts = z.optional(z.array(z.object({ MetricStat: z.optional(z.unknown()) }))).parse(metrics);
  return parts === undefined ? 1 : parts.filter(({ MetricStat }) => MetricStat !== undefined).length;
};
