/** What cdk-nag finds in the template and what stays as it is all the same: each finding at each resource, with the argument. */
import { functionNames } from '../../infra/bundle.ts';
import { dialectRouteKeys } from '../../shared/http/dialects.ts';
import { defaultFunction, type Operation, routes } from '../../shared/http/routes.ts';
import { providerNames } from '../../shared/providers/registry.ts';

export interface AcceptedFinding {
  /** As cdk-nag spells it: pack, rule and, in brackets, what of the resource it is about. */
  readonly finding: string;
  /** Construct paths below the stack. */
  readonly resources: readonly string[];
  /** How the documentation names the resources. */
  readonly where: string;
  readonly wants: string;
  readonly because: string;
}

const queues = [...providerNames, 'notify'];
const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const functions = (names: readonly string[]): string[] =>
  names.map((name) => `${capitalized(name)}/Function/Resource`);
const roles = (names: readonly string[]): string[] =>
  names.map((name) => `${capitalized(name)}/Role/Resource`);

const operations = Object.keys(routes) as Operation[];
const routesOf = (chosen: readonly Operation[]): string[] =>
  chosen.map((operation) => `Http/${operation}Route`);
const secretsBelow = (folder: string): string =>
  `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:Rescind/${folder}/*]`;

/** To whom e-mails about alarms go in these tests; it is part of its subscription's path. */
export const alarmEmail = 'ops@example.com';

const authorizer = 'An authorizer at the gateway.';
const wildcard = 'No `*` in what a policy names.';
const deadLetterTarget = 'A place for events that an asynchronous invocation could not deliver.';
const tracing = 'X-Ray.';
const noTracing =
  'Each role would get `xray:Put…` on `*`, which AWS cannot scope. Uninstrumented, a trace shows what the metrics show; the instrumentation does not fit into a bundle of 300 KB. A request is followed by its history and by `id` in the logs, across queues and days, where a trace ends at each hint.';
const synchronous =
  'It is only ever invoked by the gateway, which waits for the answer and gives it to the caller: nothing is left to keep.';
const polled =
  'It is only ever invoked by its event source mappings; what fails there goes back to the queue and, after five times, to that queue’s dead-letter queue.';

export const acceptedFindings: readonly AcceptedFinding[] = [
  {
    finding: 'AwsSolutions-APIG4',
    resources: routesOf(operations.filter((operation) => routes[operation].key)),
    where: 'every route that takes an API key',
    wants: authorizer,
    because:
      'The function checks the key before it does anything else. An authorizer cannot cache over the two headers that carry a key, cannot answer in problem+json, and would be one more invocation for each call.',
  },
  {
    finding: 'AwsSolutions-APIG4',
    resources: dialectRouteKeys.map((routeKey) => `Http/dialect${routeKey.replaceAll(/\W/g, '')}Route`),
    where: 'the dialects',
    wants: authorizer,
    because:
      'The function checks the key, which each dialect carries in a place of its own, and refuses in the dialect’s own words.',
  },
  {
    finding: 'AwsSolutions-APIG4',
    resources: routesOf(['receiveWebhook']),
    where: '`POST /webhooks/{token}`',
    wants: authorizer,
    because:
      'Providers cannot sign in to AWS. The unguessable token names the account, the provider’s signature is verified on the raw bytes, and what cannot be verified leads to one look a minute at most.',
  },
  {
    finding: 'AwsSolutions-APIG4',
    resources: routesOf(['followSignLink']),
    where: '`GET /sign/{token}`',
    wants: authorizer,
    because:
      'A signer has no account here: the link, 256 random bits, is the right. It leads to a page and changes nothing.',
  },
  {
    finding: 'AwsSolutions-APIG4',
    resources: routesOf(['getHealth', 'getOpenApi', 'getDocs', 'getDocsAsset']),
    where: '`/health` and the documentation',
    wants: authorizer,
    because: 'They answer everybody the same and read nothing of anybody.',
  },
  {
    finding: 'AwsSolutions-APIG4',
    resources: ['Http/defaultRoute'],
    where: '`$default`',
    wants: authorizer,
    because: `It leads to the ${defaultFunction} function for one thing: to say in problem+json that there is no such route.`,
  },
  {
    finding: 'AwsSolutions-SMG4',
    resources: ['SealingKey/Secret/Resource'],
    where: 'the sealing key',
    wants: 'A rotation on a schedule.',
    because:
      'A new value makes what is sealed at that moment unreadable: what waits to be created could never be sent. And a rotation function would have the right to write secrets, which one function alone has. What it seals lives for as long as a creation is not sent.',
  },
  {
    finding: secretsBelow('accounts'),
    resources: roles(['accounts', 'dispatch', 'webhook']),
    where: 'accounts, dispatch, webhook',
    wants: wildcard,
    because:
      'Accounts, and so their secrets, are made at run time: what they are called is not known here, and AWS adds six letters to it. The prefix is the stack’s own, ends in a slash, and holds nothing else.',
  },
  {
    finding: secretsBelow('endpoints'),
    resources: roles(['accounts', 'notify']),
    where: 'accounts, notify',
    wants: wildcard,
    because:
      'As for accounts; the prefix is another, so who tells clients reads no credentials of providers.',
  },
  {
    finding: 'Serverless-SQSRedrivePolicy',
    resources: queues.map((name) => `${name}/DeadLetterQueue/Resource`),
    where: 'the dead-letter queues',
    wants: 'A dead-letter queue for each queue.',
    because:
      'They are the dead-letter queues. The rule cannot tell; AwsSolutions-SQS3 can, and has no complaint.',
  },
  {
    finding: 'Serverless-LambdaEventSourceMappingDestination',
    resources: queues.map((name) => `${name}/Mapping/Resource`),
    where: 'the mappings',
    wants: 'A destination for batches that fail.',
    because:
      'Lambda has destinations for streams and Kafka; for SQS the queue’s own dead-letter queue is the place.',
  },
  {
    finding: 'Serverless-LambdaDLQ',
    resources: functions(['api', 'dialects', 'accounts', 'webhook', 'docs']),
    where: 'api, dialects, accounts, webhook, docs',
    wants: deadLetterTarget,
    because: synchronous,
  },
  {
    finding: 'Serverless-LambdaDLQ',
    resources: functions(['dispatch', 'notify']),
    where: 'dispatch, notify',
    wants: deadLetterTarget,
    because: polled,
  },
  {
    finding: 'Serverless-LambdaDLQ',
    resources: functions(['sweep']),
    where: 'sweep',
    wants: deadLetterTarget,
    because:
      'A tick carries nothing, and the next one, a minute later, does its work. A queue of 1,440 empty messages a day would tell no more than the alarms `sweep-errors` and `sweep-silent`.',
  },
  {
    finding: 'Serverless-LambdaAsyncFailureDestination',
    resources: ['Sweep/Function/EventInvokeConfig/Resource'],
    where: 'sweep',
    wants: deadLetterTarget,
    because: 'As above: nothing is lost with a tick.',
  },
  {
    finding: 'Serverless-EventBusDLQ',
    resources: ['SweepSchedule/Resource'],
    where: 'the schedule',
    wants: 'A place for events that could not be delivered to their target.',
    because:
      'As above. That the schedule does not reach the sweep is what `sweep-silent` tells, within minutes.',
  },
  {
    finding: 'Serverless-LambdaTracing',
    resources: functions(functionNames),
    where: 'every function',
    wants: tracing,
    because: noTracing,
  },
  {
    finding: 'Serverless-SNSRedrivePolicy',
    resources: [`Alarms/Topic/Topic/${alarmEmail}/Resource`],
    where: 'the mails about alarms',
    wants: 'A dead-letter queue for each subscription.',
    because:
      'Who does not read the mail does not read a queue. The alarm’s state stays in CloudWatch, and SNS itself repeats a mail that a server does not take.',
  },
];
