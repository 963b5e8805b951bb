/** What the alarms and the dashboard watch, so that both see the same: metrics of the queues, the functions and our own. */
import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type FunctionMetric,
  functionDimension,
  metricNamespace,
  type ProviderMetric,
  providerDimension,
} from '../../shared/metrics.ts';
import type { FunctionName } from '../bundle.ts';
import type { HttpGateway } from './http-gateway.ts';
import type { RescindFunction } from './rescind-function.ts';
import type { WorkQueue } from './work-queue.ts';

/** The parts of a deployment that are watched. */
export interface Watched {
  readonly providerQueues: readonly WorkQueue[];
  readonly notifyQueue: WorkQueue;
  readonly gateway: HttpGateway;
  readonly functions: Readonly<Record<FunctionName, RescindFunction>>;
}

export const allQueues = ({ providerQueues, notifyQueue }: Watched): readonly WorkQueue[] => [
  ...providerQueues,
  notifyQueue,
];

/** Written by the sweep: how many there are now. */
export const gauge = ({ functionName }: IFunction, metricName: FunctionMetric, period: Duration): Metric =>
  ownMetric({ [functionDimension]: functionName }, metricName, Stats.MAXIMUM, period);

/** How many there were. */
export const sum = ({ functionName }: IFunction, metricName: FunctionMetric, period: Duration): Metric =>
  ownMetric({ [functionDimension]: functionName }, metricName, Stats.SUM, period);

export const sumAtProvider = (
  { functionName }: IFunction,
  provider: string,
  metricName: ProviderMetric,
  period: Duration,
): Metric =>
  ownMetric(
    { [functionDimension]: functionName, [providerDimension]: provider },
    metricName,
    Stats.SUM,
    period,
  );

/** Of a provider's calls so many hundredths had no good answer; 0 where so few went wrong that it says nothing. */
export const errorRate = (dispatch: IFunction, provider: string, period: Duration): MathExpression => {
  const [errors, calls] = [idOf('errors', provider), idOf('calls', provider)];
  return new MathExpression({
    expression: `IF(FILL(${errors}, 0) >= ${fewestErrors}, 100 * ${errors} / ${calls}, 0)`,
    usingMetrics: {
      [errors]: sumAtProvider(dispatch, provider, 'ProviderErrors', period),
      [calls]: sumAtProvider(dispatch, provider, 'ProviderCalls', period),
    },
    label: provider,
    period,
  });
};
const fewestErrors = 5;

export const oldestMessage = ({ queue }: WorkQueue, period: Duration): Metric =>
  queue.metricApproximateAgeOfOldestMessage({ period, statistic: Stats.MAXIMUM });

export const deadLetters = ({ deadLetterQueue }: WorkQueue, period: Duration): Metric =>
  deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM });

/** In seconds, at the pace of the last period; a day where messages wait and none is taken. */
export const timeToDrain = ({ name, queue }: WorkQueue, period: Duration): MathExpression => {
  const [waiting, taken] = [idOf('waiting', name), idOf('taken', name)];
  const drain = `IF(FILL(${taken}, 0) > 0, ${waiting} * ${period.toSeconds()} / ${taken}, ${aDay})`;
  return new MathExpression({
    expression: `IF(FILL(${waiting}, 0) > 0, ${drain}, 0)`,
    usingMetrics: {
      [waiting]: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MINIMUM }),
      [taken]: queue.metricNumberOfMessagesDeleted({ period, statistic: Stats.SUM }),
    },
    label: name,
    period,
  });
};
const aDay = 86_400;

/** The name of a metric in an expression: one graph may have one of each queue and each provider. */
const idOf = (what: string, name: string): string => `${what}_${name.replaceAll('-', '_')}`;

/** Of all functions together. */
export const throttles = ({ functions }: Watched, period: Duration): MathExpression => {
  const usingMetrics: Record<string, IMetric> = {};
  for (const [name, { function: fn }] of Object.entries(functions)) {
    usingMetrics[name] = fn.metricThrottles({ period, statistic: Stats.SUM });
  }
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, label: 'throttles', period });
};

const ownMetric = (
  dimensionsMap: Readonly<Record<string, string>>,
  metricName: FunctionMetric | ProviderMetric,
  statistic: string,
  period: Duration,
): Metric => new Metric({ namespace: metricNamespace, metricName, dimensionsMap, statistic, period });
