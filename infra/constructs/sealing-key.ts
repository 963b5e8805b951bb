/**
 * The secret that seals what clients want created: signers' passwords and presigned URLs lie in the table until the
 * provider has them, and never in plain text. Made once, by CloudFormation: no function writes it.
 */
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export class SealingKey extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      // Found by this after the stack is gone. A name of its own would block the next stack, since the secret stays.
      description: `${Stack.of(this).stackName} sealing key: opens what the table holds of requests not yet sent`,
      // A change here generates a new value, and what the old one sealed can no longer be opened.
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // Kept as the table is, which cannot be read in full without it.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.secretArn = secret.secretArn;
  }

  read(): PolicyStatement {
    return new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secretArn] });
  }
}
