/** The system: the truth (a table), the hints (queues), one function for each privilege, and what calls them. */
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { addressSettings, providerNames } from '../shared/providers/registry.ts';
import type { Bundles, FunctionName } from './bundle.ts';
import { Alarms } from './constructs/alarms.ts';
import { CancellationTable } from './constructs/cancellation-table.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { HttpGateway } from './constructs/http-gateway.ts';
import { RescindFunction } from './constructs/rescind-function.ts';
import { RuntimeSecrets } from './constructs/runtime-secrets.ts';
import { SealingKey } from './constructs/sealing-key.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import { readDeploymentSettings, readStackName } from './context.ts';
import { dispatchWork, functionDefinitions, notifyWork } from './functions.ts';

export class RescindStack extends Stack {
  constructor(scope: Construct, id: string, bundles: Bundles) {
    const stackName = readStackName(scope.node);
    super(scope, id, {
      stackName,
      description: 'Rescind: cancels signature requests at any provider and proves it.',
    });
    const settings = readDeploymentSettings(this.node, addressSettings);
    const { logRetention, sweepIntervalMinutes, alarmEmail: email } = settings;

    const table = new CancellationTable(this, 'Cancellation');
    const secrets = {
      ofAccounts: new RuntimeSecrets(this, 'AccountSecrets', { folder: 'accounts' }),
      ofEndpoints: new RuntimeSecrets(this, 'EndpointSecrets', { folder: 'endpoints' }),
      sealingKey: new SealingKey(this, 'SealingKey'),
    };
    const gateway = new HttpGateway(this, 'Http');
    const providerQueues = providerNames.map((name) => new WorkQueue(this, name, { name, ...dispatchWork }));
    const notifyQueue = new WorkQueue(this, 'notify', { name: 'notify', ...notifyWork });

    const parts = { table, secrets, gateway, providerQueues, notifyQueue, settings };
    const definitions = functionDefinitions(parts);
    const define = (name: FunctionName): RescindFunction =>
      new RescindFunction(this, capitalized(name), {
        ...definitions[name],
        code: bundles[name],
        logRetention,
      });
    const functions = {
      api: define('api'),
      dialects: define('dialects'),
      accounts: define('accounts'),
      dispatch: define('dispatch'),
      webhook: define('webhook'),
      sweep: define('sweep'),
      notify: define('notify'),
      docs: define('docs'),
    } satisfies Record<FunctionName, RescindFunction>;

    gateway.route(functions, logRetention);
    for (const queue of providerQueues) queue.feed(functions.dispatch);
    notifyQueue.feed(functions.notify);
    this.#schedule(functions.sweep, sweepIntervalMinutes);
    const watched = { providerQueues, notifyQueue, gateway, functions };
    const alarms = new Alarms(this, 'Alarms', { ...watched, sweepIntervalMinutes, email });
    new Dashboard(this, 'Dashboard', { ...watched, alarms: alarms.all });
    this.#print(gateway, table);
  }

  #schedule(sweep: RescindFunction, everyMinutes: number): void {
    new Rule(this, 'SweepSchedule', {
      schedule: Schedule.rate(Duration.minutes(everyMinutes)),
      // The next sweep does what one left that could not be started: a retry would only run beside it.
      targets: [new LambdaFunction(sweep.function, { retryAttempts: 0 })],
    });
  }

  #print(gateway: HttpGateway, table: CancellationTable): void {
    new CfnOutput(this, 'ApiUrl', { value: gateway.url, description: 'The address of the API.' });
    new CfnOutput(this, 'TableName', { value: table.name, description: 'The table that holds everything.' });
    new CfnOutput(this, 'CreateFirstKeyCommand', {
      value: `npm run keys -- create --tenant default --name first --table ${table.name} --region ${this.region}`,
      description: 'Makes the first API key, with your own AWS rights, and prints it once.',
    });
  }
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
