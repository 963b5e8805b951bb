/**
 * The accounts' secrets: one Secrets Manager secret for each, made and removed at run time below one prefix.
 * Nothing is created here; this is the prefix and what IAM allows below it.
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export class AccountSecrets extends Construct {
  /** Ends in a slash. */
  readonly prefix: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.prefix = `${Stack.of(this).stackName}/accounts/`;
  }

  read(): PolicyStatement {
    return this.#allow('GetSecretValue');
  }

  readAndWrite(): PolicyStatement {
    return this.#allow('GetSecretValue', 'CreateSecret', 'PutSecretValue', 'DeleteSecret');
  }

  #allow(...actions: readonly string[]): PolicyStatement {
    const arn = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${this.prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return new PolicyStatement({
      actions: actions.map((action) => `secretsmanager:${action}`),
      resources: [arn],
    });
  }
}
