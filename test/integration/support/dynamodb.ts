/** An embedded DynamoDB with the project's table, for tests of what is stored. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { startEmbeddedDynamoDB } from '../../../infra/local/embedded-dynamodb.ts';
import { table } from '../../../shared/store/table.ts';

export const tableName = 'requests';

export const startTestDynamoDB = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rescind-dynamodb-'));
  const server = await startEmbeddedDynamoDB(folder);
  const client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateTableCommand(definition));
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, definition);
  return {
    client,
    close: async () => {
      client.destroy();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const index = ({ index: IndexName, partitionKey, sortKey }: typeof table.byTenant | typeof table.due) => ({
  IndexName,
  KeySchema: [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
});

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });

const definition = {
  TableName: tableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [
    ...[table.partitionKey, table.sortKey, table.byTenant.partitionKey, table.byTenant.sortKey].map(text),
    text(table.due.partitionKey),
    { AttributeName: table.due.sortKey, AttributeType: 'N' as const },
  ],
  KeySchema: [
    { AttributeName: table.partitionKey, KeyType: 'HASH' as const },
    { AttributeName: table.sortKey, KeyType: 'RANGE' as const },
  ],
  GlobalSecondaryIndexes: [index(table.byTenant), index(table.due)],
};
