/** The one table, which is the truth: on-demand, encrypted, recoverable to any second, and never deleted with the stack. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { table as shape } from '../../shared/store/table.ts';

export class CancellationTable extends Construct {
  readonly name: string;
  readonly #table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#table = new Table(this, 'Table', {
      partitionKey: { name: shape.partitionKey, type: AttributeType.STRING },
      sortKey: { name: shape.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: shape.ttl,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // The default encrypts too, but names no key in the template and leaves no trace in CloudTrail.
      encryption: TableEncryption.AWS_MANAGED,
      removalPolicy: RemovalPolicy.RETAIN,
      // The policy above binds CloudFormation alone; this binds everybody.
      deletionProtection: true,
    });
    this.#addIndex(shape.byTenant, AttributeType.STRING);
    this.#addIndex(shape.due, AttributeType.NUMBER);
    this.name = this.#table.tableName;
  }

  /** Allows these actions on single items. */
  items(...actions: readonly ('GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem')[]): PolicyStatement {
    return new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.#table.tableArn],
    });
  }

  /** Allows Query on these alone: IAM tells the table itself and each of its indexes apart. */
  query(...wanted: readonly ('table' | 'byTenant' | 'due')[]): PolicyStatement {
    const { tableArn } = this.#table;
    return new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: wanted.map((name) =>
        name === 'table' ? tableArn : `${tableArn}/index/${shape[name].index}`,
      ),
    });
  }

  #addIndex(index: (typeof shape)['byTenant' | 'due'], sortType: AttributeType): void {
    this.#table.addGlobalSecondaryIndex({
      indexName: index.index,
      partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
      sortKey: { name: index.sortKey, type: sortType },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}
