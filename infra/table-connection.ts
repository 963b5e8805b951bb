/** Where a command finds the table: on AWS by its name, else in the local stack that is running. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { readSetting } from '../shared/settings.ts';

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
  const local = await localEndpoints(readSetting(environment, 'DATA_DIR'));
  const client = new DynamoDBClient({
    endpoint: local.dynamodb,
    region: local.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return { client, tableName: local.table };
};

const endpoints = z.object({ dynamodb: z.string(), table: z.string(), region: z.string() });

const localEndpoints = async (dataDir: string): Promise<z.output<typeof endpoints>> => {
  const file = join(dataDir, 'endpoints.json');
  try {
    return endpoints.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    throw new Error(
      `no local stack is running (no ${file}): run npm start first, or name a table on AWS with --table`,
    );
  }
};
