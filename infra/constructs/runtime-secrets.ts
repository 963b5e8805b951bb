/**
 * Secrets that are made and removed at run time, one for each account or webhook endpoint, all below one prefix.
 * Nothing is created here; this is the prefix and what IAM allows below it.
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export class RuntimeSecrets extends Construct {
  /** Ends in a slash. */
  readonly prefix: string;

  /** @param folder what the secrets are of; no other construct may have the same */
  constructor(scope: Construct, id: string, { folder }: { readonly folder: 'accounts' | 'endpoints' }) {
    super(scope, id);
    this.prefix = `${Stack.of(this).stackName}/${folder}/`;
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
