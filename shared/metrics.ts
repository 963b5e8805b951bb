/** CloudWatch metrics as log lines (embedded metric format): no call, no agent, no further permission. */
import type { Instant } from './domain/ids.ts';

export const metricNamespace = 'Rescind';

/** What the alarms of the template watch. */
export const metricNames = ['FailedCancellations', 'OverdueCancellations'] as const;
export type MetricName = (typeof metricNames)[number];

/** By this the metrics of two deployments in one account are told apart. */
export const metricDimension = 'FunctionName';

/** Writes one line of metrics. @param functionName the physical name, as Lambda tells it */
export const emitMetrics = (
  values: Readonly<Record<MetricName, number>>,
  functionName: string,
  now: Instant,
): void => {
  const Metrics = metricNames.map((Name) => ({ Name, Unit: 'Count' }));
  const _aws = {
    Timestamp: now,
    CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [[metricDimension]], Metrics }],
  };
  process.stdout.write(`${JSON.stringify({ ...values, [metricDimension]: functionName, _aws })}\n`);
};
