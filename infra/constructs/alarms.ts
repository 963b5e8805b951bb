/**
 * What a person must look at. Each alarm says what it means and names its page of docs/runbook.md, which says what to do.
 * Without an e-mail address they are only shown in CloudWatch.
 */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { FunctionName } from '../bundle.ts';
import { AlarmTopic } from './alarm-topic.ts';
import type { RescindFunction } from './rescind-function.ts';
import {
  deadLetters,
  errorRate,
  gauge,
  oldestMessage,
  sum,
  throttles,
  timeToDrain,
  type Watched,
} from './watched.ts';
import type { WorkQueue } from './work-queue.ts';

export interface AlarmsProps extends Watched {
  readonly sweepIntervalMinutes: number;
  readonly email: string | null;
}

interface Condition {
  readonly metric: IMetric;
  readonly meaning: string;
  /** The heading in docs/runbook.md. */
  readonly page: string;
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
const longestWait = Duration.minutes(30);
/** A few throttled calls are repeated by whoever made them. */
const manyThrottles = 10;
/** A provider's breaker leaves one call in a while: what goes wrong is seen in a longer period. */
const providerPeriod = Duration.minutes(15);
/** Providers repeat a refused delivery; one alone may be anybody's. */
const refusals = { period: Duration.hours(1), threshold: 3 };

export class Alarms extends Construct {
  /** All of them, for the dashboard. */
  readonly all: Alarm[] = [];
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
      this.#watchProvider(queue.name, props.functions.dispatch);
    }
    this.#watchQueue(props.notifyQueue, { message: 'notice', consumer: 'notify', safe: 'events' });
    this.#watchFunctions(props);
    this.#watchEdges(props);
    this.#watchSweep(props.functions.sweep, Duration.minutes(Math.max(5, 2 * props.sweepIntervalMinutes)));
  }

  #watchQueue(queue: WorkQueue, { message, consumer, safe }: QueueUse): void {
    this.#raise(`${queue.name}-dead-letters`, {
      metric: deadLetters(queue, period),
      meaning: `A ${message} crashed the ${consumer} function five times: a bug. The ${safe} are safe in the table.`,
      page: 'dead-letters',
    });
    this.#raise(`${queue.name}-oldest-message`, {
      metric: oldestMessage(queue, period),
      meaning: `A ${message} has waited for ${longestWait.toMinutes()} minutes: ${consumer} does not keep up, or does not run.`,
      page: 'oldest-message',
      threshold: longestWait.toSeconds(),
    });
    const backlog: Condition = {
      metric: timeToDrain(queue, period),
      meaning: `At its pace ${consumer} would need ${longestWait.toMinutes()} minutes for what waits in ${queue.name}.`,
      page: 'time-to-drain',
      threshold: longestWait.toSeconds(),
    };
    // A burst is no backlog.
    this.#raise(`${queue.name}-time-to-drain`, backlog, { evaluationPeriods: 3 });
  }

  #watchProvider(name: string, { function: dispatch }: RescindFunction): void {
    this.#raise(`${name}-provider-errors`, {
      metric: errorRate(dispatch, name, providerPeriod),
      meaning: `Half of the calls to ${name} had no good answer for a quarter of an hour.`,
      page: 'provider-errors',
      threshold: 50,
    });
  }

  #watchFunctions(props: AlarmsProps): void {
    for (const [name, { function: fn }] of Object.entries(props.functions)) {
      this.#raise(`${name}-errors`, {
        metric: fn.metricErrors({ period }),
        meaning: `The ${name} function threw, ran out of time or out of memory.`,
        page: 'function-errors',
      });
    }
    this.#raise('function-throttles', {
      metric: throttles(props, period),
      meaning: 'Lambda did not start functions: the concurrency of the AWS account is used up.',
      page: 'function-throttles',
      threshold: manyThrottles,
    });
  }

  /** Where clients and providers call us, and where we call clients. */
  #watchEdges({ gateway, functions }: AlarmsProps): void {
    this.#raise('server-errors', {
      metric: gateway.metric('5xx', Stats.SUM, period),
      meaning: 'Clients or providers were answered 5xx.',
      page: 'server-errors',
    });
    this.#raise('api-throttles', {
      metric: gateway.metricThrottled(period),
      meaning: 'The API refused requests with 429, because they came faster than its throttle allows.',
      page: 'api-throttles',
      threshold: manyThrottles,
    });
    this.#raise('webhooks-refused', {
      metric: sum(functions.webhook.function, 'WebhooksRefused', refusals.period),
      meaning: 'Callbacks to the URL of a known account were refused, because they do not verify.',
      page: 'webhooks-refused',
      threshold: refusals.threshold,
    });
    this.#raise('endpoints-disabled', {
      metric: sum(functions.notify.function, 'EndpointsDisabled', period),
      meaning: "A client's endpoint took no event for so long that it was disabled.",
      page: 'endpoints-disabled',
    });
  }

  /** @param period long enough that a sweep falls into each */
  #watchSweep({ function: sweep }: RescindFunction, period: Duration): void {
    this.#raise('failed-cancellations', {
      metric: gauge(sweep, 'FailedCancellations', period),
      meaning:
        'Cancellations were given up. A signer may still be able to sign: retry them or cancel at the provider.',
      page: 'failed-cancellations',
    });
    this.#raise('overdue-cancellations', {
      metric: gauge(sweep, 'OverdueCancellations', period),
      meaning: 'Cancellations were due long ago and nothing has attempted them.',
      page: 'overdue-cancellations',
    });
    this.#raise('unconfirmed-cancellations', {
      metric: gauge(sweep, 'UnconfirmedCancellations', period),
      meaning:
        'A provider took cancellations, and past the window nothing proves them: its yes may have been none.',
      page: 'unconfirmed-cancellations',
    });
    const silence: Condition = {
      metric: sweep.metricInvocations({ period }),
      meaning: 'The sweep does not run: lost hints, deadlines and the counts above go unnoticed.',
      page: 'sweep-silent',
    };
    this.#raise('sweep-silent', silence, {
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  #raise(id: string, { metric, meaning, page, threshold = 1 }: Condition, unlike?: Partial<AlarmProps>) {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${meaning} See docs/runbook.md#${page}`,
      ...unlike,
    });
    if (this.#action !== null) alarm.addAlarmAction(this.#action);
    this.all.push(alarm);
  }

  #mailTo(email: string): SnsAction {
    return new SnsAction(new AlarmTopic(this, 'Topic', { email }).topic);
  }
}
