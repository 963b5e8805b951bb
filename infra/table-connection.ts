/** Where a command finds the table: on AWS by its name, else in the local stack that is running. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localEndpoints } from './local-endpoints.ts';

interface Given {
  readonly table?: string | undefined;
  readonly region?: string | undefined;
}

interface TableConnection {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** @throws Error that tells a person what to do, when no table is named and no local stack runs. */
export const connectToTable = async (
  { table, region }: Given,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<TableConnection> => {
  if (table !== undefined) {
    return { client: new DynamoDBClient(region === undefined ? {} : { region }), tableName: table };
  }
  const local = await localEndpoints(environment, '--table');
  const client = new DynamoDBClient({
    endpoint: local.dynamodb,
    region: local.region,
    credentials: local.credentials,
  });
  return { client, tableName: local.table };
};
