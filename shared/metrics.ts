/** CloudWatch metrics as log lines (embedded metric format): no call, no agent, no further permission. */
import type { Instant } from './domain/ids.ts';

export const metricNamespace = 'Rescind';

/** What the alarms of the template watch. */
export const metricNames = ['FailedCancellations', 'OverdueCancellations'] as const;
export type MetricName = (typeof metricNames)[number];

/** Writes one line of metrics without dimensions. */
export const emitMetrics = (values: Readonly<Record<MetricName, number>>, now: Instant): void => {
  const Metrics = metricNames.map((Name) => ({ Name, Unit: 'Count' }));
  const _aws = {
    Timestamp: now,
    CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [[]], Metrics }],
  };
  process.stdout.write(`${JSON.stringify({ ...values, _aws })}\n`);
};
