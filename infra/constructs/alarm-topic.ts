/** Where alarms are mailed from: encrypted, over TLS only, and open to this account's CloudWatch alarms alone. */
import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  type IPrincipal,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email }: { readonly email: string }) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { masterKey: this.#key(), enforceSSL: true });
    this.topic.addSubscription(new EmailSubscription(email));
    // With a policy of its own the topic loses the default one, which had let the account's alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ...fromThisAccount, ArnLike: { 'aws:SourceArn': arnOfAnyAlarm(this) } },
      }),
    );
  }

  /** A key of our own, because CloudWatch may not use the AWS managed key of SNS: its alarms would be lost in silence. */
  #key(): Key {
    return new Key(this, 'Key', {
      description: 'Encrypts alarm notifications on their way to SNS.',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      policy: new PolicyDocument({
        statements: [
          onThisKey(new AccountRootPrincipal(), administration),
          onThisKey(cloudWatch, ['kms:Decrypt', 'kms:GenerateDataKey'], { ...fromThisAccount }),
        ],
      }),
    });
  }
}

const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
const fromThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** What the account's own IAM policies may hand out: everything but use of the key. */
const administration = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:PutKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:EnableKeyRotation',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:UpdateKeyDescription',
  'kms:ListResourceTags',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
];

/** In a key's policy `*` means the key itself; nothing else can be written there. */
const onThisKey = (principal: IPrincipal, actions: string[], conditions = {}): PolicyStatement =>
  new PolicyStatement({ principals: [principal], actions, resources: ['*'], conditions });

const arnOfAnyAlarm = (construct: Construct): string =>
  Stack.of(construct).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
