/**
 * What a person must look at. Each alarm says what it means and where docs/operations.md says what to do.
 * Without an e-mail address they are only shown in CloudWatch.
 */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type MetricName, metricDimension, metricNamespace } from '../../shared/metrics.ts';
import type { FunctionName } from '../bundle.ts';
import { AlarmTopic } from './alarm-topic.ts';
import type { HttpGateway } from './http-gateway.ts';
import type { RescindFunction } from './rescind-function.ts';
import type { WorkQueue } from './work-queue.ts';

export interface AlarmsProps {
  readonly providerQueues: readonly WorkQueue[];
  readonly notifyQueue: WorkQueue;
  readonly gateway: HttpGateway;
  readonly functions: Readonly<Record<FunctionName, RescindFunction>>;
  readonly sweepIntervalMinutes: number;
  readonly email: string | null;
}

interface Condition {
  readonly metric: IMetric;
  readonly meaning: string;
  /** A section of docs/operations.md. */
  readonly section: string;
  /** Alarms from this value on; 1 unless told. */
  readonly threshold?: number;
}

/** For the words of its alarms. */
interface QueueUse {
  readonly message: string;
  readonly consumer: FunctionName;
  /** What no lost message can harm. */
  readonly safe: string;
}

const period = Duration.minutes(5);
/** A message may wait 15 minutes by its own delay; twice that means that nobody takes messages. */
const oldestMessage = Duration.minutes(30);

export class Alarms extends Construct {
  readonly #action: SnsAction | null;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#action = props.email === null ? null : this.#mailTo(props.email);
    for (const queue of props.providerQueues) {
      this.#watchQueue(queue, {
        message: `hint for ${queue.name}`,
        consumer: 'dispatch',
        safe: 'cancellations',
      });
    }
    this.#watchQueue(props.notifyQueue, { message: 'notice', consumer: 'notify', safe: 'events' });
    for (const [name, { function: fn }] of Object.entries(props.functions)) {
      this.#raise(`${name}-errors`, {
        metric: fn.metricErrors({ period }),
        meaning: `The ${name} function threw, ran out of time or out of memory.`,
        section: 'function-errors',
      });
    }
    this.#raise('server-errors', {
      metric: props.gateway.metricServerErrors(period),
      meaning: 'Clients or providers were answered 5xx.',
      section: 'server-errors',
    });
    this.#watchSweep(props.functions.sweep, Duration.minutes(Math.max(5, 2 * props.sweepIntervalMinutes)));
  }

  #watchQueue({ name, queue, deadLetterQueue }: WorkQueue, { message, consumer, safe }: QueueUse): void {
    this.#raise(`${name}-dead-letters`, {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
      meaning: `A ${message} crashed the ${consumer} function five times: a bug. The ${safe} are safe in the table.`,
      section: 'dead-letters',
    });
    this.#raise(`${name}-oldest-message`, {
      metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: Stats.MAXIMUM }),
      meaning: `A ${message} has waited for ${oldestMessage.toMinutes()} minutes: ${consumer} does not keep up, or does not run.`,
      section: 'oldest-message',
      threshold: oldestMessage.toSeconds(),
    });
  }

  /** @param period long enough that a sweep falls into each */
  #watchSweep({ function: sweep }: RescindFunction, period: Duration): void {
    this.#raise('failed-cancellations', {
      metric: gauge(sweep, 'FailedCancellations', period),
      meaning:
        'Cancellations were given up. A signer may still be able to sign: retry them or cancel at the provider.',
      section: 'failed-cancellations',
    });
    this.#raise('overdue-cancellations', {
      metric: gauge(sweep, 'OverdueCancellations', period),
      meaning: 'Cancellations were due long ago and nothing has attempted them.',
      section: 'overdue-cancellations',
    });
    const silence: Condition = {
      metric: sweep.metricInvocations({ period }),
      meaning: 'The sweep does not run: lost hints, deadlines and the counts above go unnoticed.',
      section: 'sweep-silent',
    };
    this.#raise('sweep-silent', silence, {
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  #raise(id: string, { metric, meaning, section, threshold = 1 }: Condition, unlike?: Partial<AlarmProps>) {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${meaning} See docs/operations.md#${section}`,
      ...unlike,
    });
    if (this.#action !== null) alarm.addAlarmAction(this.#action);
  }

  #mailTo(email: string): SnsAction {
    return new SnsAction(new AlarmTopic(this, 'Topic', { email }).topic);
  }
}

/** Written by the sweep: how many there are now. */
const gauge = ({ functionName }: IFunction, metricName: MetricName, period: Duration): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { [metricDimension]: functionName },
    period,
    statistic: Stats.MAXIMUM,
  });
