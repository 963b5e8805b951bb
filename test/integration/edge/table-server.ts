/** The real wire servers that the accounts and keys live on, empty, for one test file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsCall, AwsWatcher } from '../../../infra/local/aws-calls.ts';
import { startEmbeddedDynamoDB } from '../../../infra/local/embedded-dynamodb.ts';
import { localAws } from '../../../infra/local/local-aws.ts';
import { startSecretsManager } from '../../../infra/local/secrets-manager/server.ts';
import { fromItem } from '../../../shared/store/attributes.ts';
import { table } from '../../../shared/store/table.ts';

const TableName = 'test';

/**
 * @param before called before each call to either service; what it throws makes the call fail with a 500.
 * @param after called after each
 */
export const startTableServer = async (
  before: (call: AwsCall) => void | Promise<void> = () => undefined,
  after: NonNullable<AwsWatcher['after']> = () => undefined,
) => {
  const folder = await mkdtemp(join(tmpdir(), 'rescind-edge-'));
  const watcher: AwsWatcher = { before, after };
  const dynamoDBServer = await startEmbeddedDynamoDB(join(folder, 'dynamodb'), watcher);
  const secretsServer = await startSecretsManager(join(folder, 'secrets'), watcher);
  const common = { region: localAws.region, credentials: localAws.credentials, maxAttempts: 1 };
  const dynamoDB = new DynamoDBClient({ ...common, endpoint: dynamoDBServer.endpoint });
  const secretsManager = new SecretsManagerClient({ ...common, endpoint: secretsServer.endpoint });
  await dynamoDB.send(new CreateTableCommand(definition));
  // A table takes a moment to come, and refuses updates until then.
  while (!(await isActive(dynamoDB))) await sleep(5);
  return {
    dynamoDB,
    secretsManager,
    tableName: TableName,
    endpoint: dynamoDBServer.endpoint,
    secretsEndpoint: secretsServer.endpoint,
    /** Every stored item, in plain form. */
    items: async () => {
      const { Items = [] } = await dynamoDB.send(new ScanCommand({ TableName }));
      return Items.map(fromItem);
    },
    secretNames: async () => {
      const { SecretList = [] } = await secretsManager.send(new ListSecretsCommand({}));
      return SecretList.map(({ Name }) => Name);
    },
    close: async () => {
      dynamoDB.destroy();
      secretsManager.destroy();
      await dynamoDBServer.close();
      await secretsServer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
export type TableServer = Awaited<ReturnType<typeof startTableServer>>;

const isActive = async (client: DynamoDBClient): Promise<boolean> =>
  (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus === 'ACTIVE';

const { partitionKey, sortKey, byTenant, due } = table;
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];
const index = ({ index: IndexName, ...key }: typeof byTenant | typeof due) => ({
  IndexName,
  KeySchema: keys(key.partitionKey, key.sortKey),
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
});
const definition = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  KeySchema: keys(partitionKey, sortKey),
  AttributeDefinitions: [
    ...[partitionKey, sortKey, byTenant.partitionKey, byTenant.sortKey, due.partitionKey].map(
      (AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      }),
    ),
    { AttributeName: due.sortKey, AttributeType: 'N' as const },
  ],
  GlobalSecondaryIndexes: [index(byTenant), index(due)],
};
