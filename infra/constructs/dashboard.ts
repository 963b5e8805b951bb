/** One page that shows how cancellations stand: what the alarms watch, over time, and what the log says of by whom. */
import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  type Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { troubleStatuses } from '../../shared/providers/trouble.ts';
import type { FunctionName } from '../bundle.ts';
import {
  allQueues,
  deadLetters,
  errorRate,
  gauge,
  oldestMessage,
  sum,
  sumAtProvider,
  throttles,
  timeToDrain,
  type Watched,
} from './watched.ts';
import type { WorkQueue } from './work-queue.ts';

export interface DashboardProps extends Watched {
  readonly alarms: readonly IAlarm[];
}

const period = Duration.minutes(5);
const graph = { width: 8, height: 6 };

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    new CloudWatchDashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(12),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24, height: 4 })],
        cancellations(props),
        queues(props),
        providers(props),
        edges(props),
        fromTheLog(props),
      ],
    });
  }
}

const cancellations = ({ functions }: Watched): IWidget[] => {
  const { function: sweep } = functions.sweep;
  return [
    linesOf('Waiting for a person: failed', [gauge(sweep, 'FailedCancellations', period)]),
    linesOf('Unconfirmed past the window', [gauge(sweep, 'UnconfirmedCancellations', period)]),
    linesOf('Overdue', [gauge(sweep, 'OverdueCancellations', period)]),
  ];
};

const queues = (watched: Watched): IWidget[] => {
  const named = (metricOf: (queue: WorkQueue, period: Duration) => Metric) =>
    allQueues(watched).map((queue) => metricOf(queue, period).with({ label: queue.name }));
  return [
    linesOf('Age of the oldest message (s)', named(oldestMessage)),
    linesOf(
      'Time to drain (s)',
      allQueues(watched).map((queue) => timeToDrain(queue, period)),
    ),
    linesOf('Dead letters', named(deadLetters)),
  ];
};

const providers = ({ providerQueues, functions }: Watched): IWidget[] => {
  const { function: dispatch } = functions.dispatch;
  const named = (metricName: 'ProviderCalls' | 'ProviderErrors') =>
    providerQueues.map(({ name }) => sumAtProvider(dispatch, name, metricName, period).with({ label: name }));
  return [
    linesOf('Calls to providers', named('ProviderCalls')),
    linesOf('Provider errors', named('ProviderErrors')),
    linesOf(
      'Provider errors (%)',
      providerQueues.map(({ name }) => errorRate(dispatch, name, period)),
    ),
  ];
};

const edges = (watched: Watched): IWidget[] => {
  const { gateway, functions } = watched;
  const errors = Object.entries(functions).map(([name, { function: fn }]) =>
    fn.metricErrors({ period, label: name }),
  );
  return [
    linesOf('API', [
      gateway.metric('Count', Stats.SUM, period),
      gateway.metric('4xx', Stats.SUM, period),
      gateway.metric('5xx', Stats.SUM, period),
      gateway.metricThrottled(period),
    ]),
    linesOf('Function errors and throttles', [...errors, throttles(watched, period)]),
    linesOf('Callbacks refused, endpoints disabled', [
      sum(functions.webhook.function, 'WebhooksRefused', period),
      sum(functions.webhook.function, 'WebhooksUnknown', period),
      sum(functions.notify.function, 'EndpointsDisabled', period),
    ]),
  ];
};

/** What would cost a metric for each account, and is asked for only when something is wrong. */
export const logQueries = {
  providerErrorsByAccount: {
    title: 'Provider errors by account',
    of: 'dispatch',
    query: [
      'fields provider, tenant, account, provider_status',
      'filter event like /^provider\\./',
      `filter provider_status >= 500 or provider_status in [${troubleStatuses.join(', ')}] or provider_status in ["not_sent", "no_answer"]`,
      'stats count(*) as errors, latest(provider_status) as last by provider, tenant, account',
      'sort errors desc',
      'limit 20',
    ],
  },
  callsByProvider: {
    title: 'How long calls take (ms)',
    of: 'dispatch',
    query: [
      'fields provider, event, ms',
      'filter event like /^provider\\./',
      'stats count(*) as calls, pct(ms, 50) as p50, pct(ms, 99) as p99 by provider, event',
      'sort p99 desc',
      'limit 20',
    ],
  },
  refusedByAccount: {
    title: 'Callbacks that do not verify, by account',
    of: 'webhook',
    query: [
      'fields tenant, account',
      'filter event = "webhook.refused"',
      'stats count(*) as refused by tenant, account',
      'sort refused desc',
      'limit 20',
    ],
  },
  failingEndpoints: {
    title: 'Endpoints that take no events',
    of: 'notify',
    query: [
      'fields tenant, endpoint, status, error',
      'filter event = "event.attempted" and (ispresent(error) or status < 200 or status >= 300)',
      'stats count(*) as failed, latest(status) as last_status, latest(error) as last_error by tenant, endpoint',
      'sort failed desc',
      'limit 20',
    ],
  },
} as const satisfies Record<string, { title: string; of: FunctionName; query: readonly string[] }>;

const fromTheLog = ({ functions }: Watched): IWidget[] =>
  Object.values(logQueries).map(
    ({ title, of, query }) =>
      new LogQueryWidget({
        title,
        logGroupNames: [functions[of].function.logGroup.logGroupName],
        queryLines: [...query],
        view: LogQueryVisualizationType.TABLE,
        width: 12,
        height: 6,
      }),
  );

const linesOf = (title: string, left: readonly IMetric[]): GraphWidget =>
  new GraphWidget({ title, left: [...left], leftYAxis: { min: 0, showUnits: false }, ...graph });
