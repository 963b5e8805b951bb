/** One Lambda function with a role of its own that holds exactly the statements given, and a log group of its own. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface RescindFunctionProps {
  /** The folder of its bundle. */
  readonly code: string;
  readonly description: string;
  readonly timeout: Duration;
  /** In MB. */
  readonly memorySize: number;
  readonly logRetention: RetentionDays;
  readonly environment: Readonly<Record<string, string>>;
  /** It sends to the queue that it is fed from. */
  readonly feedsItself?: boolean;
  /** A schedule invokes it, and its next run does what a failed one left. */
  readonly scheduled?: boolean;
  /** All that the function may do, beside writing to its own log group. */
  readonly allow: readonly PolicyStatement[];
}

export class RescindFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: RescindFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'LogGroup', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: Code.fromAsset(props.code),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySize,
      environment: props.environment,
      // Lambda ends a chain of function, queue, function after 16 rounds and makes the message a dead letter. Such a
      // chain is how one request is followed here; its deadline ends it.
      ...(props.feedsItself === true && { recursiveLoop: RecursiveLoop.ALLOW }),
      role: this.#role([writeTo(logGroup), ...props.allow]),
      logGroup,
    });
    // Left to itself, Lambda repeats a failed event twice and keeps one that it cannot run for six hours: after an
    // outage all that waited would run at once, beside the next ones. A minute is the least that it takes.
    if (props.scheduled === true)
      this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }

  /** The policy is inline, so it exists before the function does and before a mapping polls in its name. */
  #role(statements: PolicyStatement[]): Role {
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Exact: new PolicyDocument({ statements }) },
    });
  }
}

const writeTo = (logGroup: LogGroup): PolicyStatement =>
  new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
