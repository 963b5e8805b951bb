/**
 * The HTTP API: every route by name, each to the function that has its privilege, and `$default` for the rest.
 * The API exists before its routes, so that a function can know its address: `HttpGateway.url` needs the id alone,
 * and the routes come with `route`, once the functions stand.
 */
import { ArnFormat, Aws, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup, MetricFilter, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { dialectRouteKeys } from '../../shared/http/dialects.ts';
import { defaultFunction, type Operation, type RoutedFunction, routes } from '../../shared/http/routes.ts';
import { metricNamespace } from '../../shared/metrics.ts';
import type { RescindFunction } from './rescind-function.ts';

type Targets = Readonly<Record<RoutedFunction | 'dialects', RescindFunction>>;

/** Requests per second, and how many at once above that. */
const throttling = { throttlingRateLimit: 200, throttlingBurstLimit: 400 };
/**
 * Open to anyone, and each look-up reads the table. HTTP APIs have no WAF: an attack on one of these must not use up
 * the account's concurrency.
 */
const openOperations = ['receiveWebhook', 'followSignLink'] as const satisfies readonly Operation[];
/** For each of them. In CloudFormation's own spelling, which the CDK passes on as it is for settings by route. */
const openThrottling = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 };

/** No path and no query: the path of a webhook or a sign link is its token, and a query may name a signer. */
const accessLogFormat = JSON.stringify({
  request_id: '$context.requestId',
  at: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  integration_status: '$context.integrationStatus',
  latency_ms: '$context.responseLatency',
  integration_latency_ms: '$context.integrationLatency',
  integration_error: '$context.integrationErrorMessage',
  response_bytes: '$context.responseLength',
  source_ip: '$context.identity.sourceIp',
});

export class HttpGateway extends Construct {
  readonly url: string;
  readonly #api: CfnApi;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#api = new CfnApi(this, 'Api', {
      name: Stack.of(this).stackName,
      description: 'Cancels signature requests and proves that they are cancelled.',
      protocolType: 'HTTP',
    });
    this.url = `https://${this.#api.ref}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  }

  /** Of its answers 5xx not all are among the errors of functions, which catch what they can. */
  metric(metricName: '5xx' | '4xx' | 'Count' | 'Latency', statistic: string, period: Duration): Metric {
    const dimensionsMap = { ApiId: this.#api.ref };
    return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, statistic, period });
  }

  /** Requests that a throttle refused. An HTTP API has no such metric: they are counted in the access log. */
  metricThrottled(period: Duration): Metric {
    return new Metric({
      namespace: this.#logNamespace(),
      metricName: throttled,
      statistic: Stats.SUM,
      period,
    });
  }

  /** A metric from a log has no dimension that is not in the log: by the stack's name two deployments are told apart. */
  #logNamespace(): string {
    return `${metricNamespace}/${Stack.of(this).stackName}`;
  }

  route(targets: Targets, logRetention: RetentionDays): void {
    const integrations = {
      api: this.#integrate('Api', targets.api),
      accounts: this.#integrate('Accounts', targets.accounts),
      webhook: this.#integrate('Webhook', targets.webhook),
      docs: this.#integrate('Docs', targets.docs),
    } satisfies Record<RoutedFunction, CfnIntegration>;
    for (const [operation, route] of Object.entries(routes)) {
      this.#addRoute(operation, routeKeyOf(route), integrations[route.function]);
    }
    const dialects = this.#integrate('Dialects', targets.dialects);
    for (const routeKey of dialectRouteKeys) {
      this.#addRoute(`dialect${routeKey.replaceAll(/\W/g, '')}`, routeKey, dialects);
    }
    this.#addRoute('default', '$default', integrations[defaultFunction]);
    this.#addStage(logRetention);
  }

  #integrate(name: string, target: RescindFunction): CfnIntegration {
    new CfnPermission(this, `${name}Permission`, {
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      functionName: target.function.functionArn,
      sourceArn: this.#arnOfEveryRoute(),
    });
    return new CfnIntegration(this, `${name}Integration`, {
      apiId: this.#api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: target.function.functionArn,
      payloadFormatVersion: '2.0',
    });
  }

  #addRoute(operation: string, routeKey: string, integration: CfnIntegration): void {
    new CfnRoute(this, routeId(operation), {
      apiId: this.#api.ref,
      routeKey,
      target: `integrations/${integration.ref}`,
    });
  }

  #addStage(logRetention: RetentionDays): void {
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new MetricFilter(this, 'ThrottledRequests', {
      logGroup: accessLog,
      metricNamespace: this.#logNamespace(),
      metricName: throttled,
      // What a function answered has a status of its integration: Lambda's 200, or its own.
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.status', '=', '429'),
        FilterPattern.stringValue('$.integration_status', '!=', '200'),
        FilterPattern.stringValue('$.integration_status', '!=', '429'),
      ),
    });
    const stage = new CfnStage(this, 'Stage', {
      apiId: this.#api.ref,
      stageName: '$default',
      autoDeploy: true,
      defaultRouteSettings: throttling,
      routeSettings: Object.fromEntries(
        openOperations.map((operation) => [routeKeyOf(routes[operation]), openThrottling]),
      ),
      accessLogSettings: { destinationArn: accessLog.logGroupArn, format: accessLogFormat },
    });
    // API Gateway refuses settings for a route that is not there yet.
    stage.node.addDependency(...openOperations.map((operation) => this.node.findChild(routeId(operation))));
  }

  #arnOfEveryRoute(): string {
    return Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.#api.ref,
      resourceName: '*/*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}

const throttled = 'ThrottledRequests';
const routeId = (operation: string): string => `${operation}Route`;
const routeKeyOf = ({ method, path }: (typeof routes)[Operation]): string => `${method} ${path}`;
