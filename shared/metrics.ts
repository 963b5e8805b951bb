/**
 * CloudWatch metrics inside of log lines (embedded metric format): no call, no agent, no further permission. An
 * invocation's metrics stand on its own line. Each name costs $0.30 a month for each value of its dimensions, so
 * nothing here is counted by account, tenant or request: for those there is the log.
 */
import type { Instant } from './domain/ids.ts';

export const metricNamespace = 'Rescind';

/** By this the metrics of two deployments in one account are told apart. */
export const functionDimension = 'FunctionName';
export const providerDimension = 'Provider';

/** By function. Of the sweep: how many there are now. Of the others: how many there were. */
export const functionMetrics = [
  'FailedCancellations',
  'OverdueCancellations',
  'UnconfirmedCancellations',
  'WebhooksRefused',
  'WebhooksUnknown',
  'EndpointsDisabled',
] as const;
export type FunctionMetric = (typeof functionMetrics)[number];

/** By function and provider. */
export const providerMetrics = ['ProviderCalls', 'ProviderErrors'] as const;
export type ProviderMetric = (typeof providerMetrics)[number];

export type MetricName = FunctionMetric | ProviderMetric;
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

/** What CloudWatch reads of a line, and nothing that a caller could put something else into. */
export interface MetricEnvelope {
  readonly Timestamp: Instant;
  readonly CloudWatchMetrics: readonly [
    {
      readonly Namespace: typeof metricNamespace;
      readonly Dimensions: readonly [readonly string[]];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: 'Count' }[];
    },
  ];
}

export type MetricFields = Readonly<Record<string, string | number | MetricEnvelope>>;

/** To be spread into a log line. @param functionName the physical name, as Lambda tells it */
export const metricFields = (
  values: MetricValues,
  functionName: string,
  now: Instant,
  provider?: string,
): MetricFields => {
  const dimensions = {
    [functionDimension]: functionName,
    ...(provider !== undefined && { [providerDimension]: provider }),
  };
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: 'Count' as const }));
  const directive = { Namespace: metricNamespace, Dimensions: [Object.keys(dimensions)], Metrics } as const;
  return { ...values, ...dimensions, _aws: { Timestamp: now, CloudWatchMetrics: [directive] } };
};

/** What one invocation counts. */
export interface Counts {
  readonly add: (name: MetricName, provider?: string) => void;
  /** One for each value of the dimensions, nothing where nothing was counted. The first goes on the invocation's own line. */
  readonly fields: (functionName: string, now: Instant) => readonly MetricFields[];
}

export const newCounts = (): Counts => {
  const byProvider = new Map<string | undefined, Partial<Record<MetricName, number>>>();
  return {
    add: (name, provider) => {
      const values = byProvider.get(provider) ?? {};
      byProvider.set(provider, { ...values, [name]: (values[name] ?? 0) + 1 });
    },
    fields: (functionName, now) =>
      [...byProvider].map(([provider, values]) => metricFields(values, functionName, now, provider)),
  };
};
