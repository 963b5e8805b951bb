/** The AWS services that the functions call: embedded ones, or others that the settings name. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsWatcher } from './aws-calls.ts';
import type { Configuration } from './configuration.ts';
import { type EmbeddedServer, startEmbeddedDynamoDB } from './embedded-dynamodb.ts';
import { startEmbeddedSqs } from './embedded-sqs.ts';
import { localAws } from './local-aws.ts';
import { startSecretsManager } from './secrets-manager/server.ts';

export interface AwsEndpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly secretsManager: string;
}

/** What starts is added to `parts` at once, so that it ends even if another does not start. */
export const startAwsServices = async (
  { dataDir, ...given }: Configuration,
  watcher: AwsWatcher | undefined,
  parts: AsyncDisposableStack,
): Promise<AwsEndpoints> => {
  const embedded = async (starting: Promise<EmbeddedServer>): Promise<string> => {
    const server = await starting;
    parts.defer(() => server.close());
    return server.endpoint;
  };
  return {
    dynamodb:
      given.dynamodbEndpoint ?? (await embedded(startEmbeddedDynamoDB(join(dataDir, 'dynamodb'), watcher))),
    sqs: given.sqsEndpoint ?? (await embedded(startEmbeddedSqs(join(dataDir, 'sqs'), watcher))),
    secretsManager: await embedded(startSecretsManager(join(dataDir, 'secrets'), watcher)),
  };
};

export const openClients = (endpoints: AwsEndpoints, parts: AsyncDisposableStack) => {
  const { region, credentials } = localAws;
  const dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb, region, credentials });
  const sqs = new SQSClient({ endpoint: endpoints.sqs, region, credentials });
  const secretsManager = new SecretsManagerClient({
    endpoint: endpoints.secretsManager,
    region,
    credentials,
  });
  for (const client of [dynamodb, sqs, secretsManager]) parts.defer(() => client.destroy());
  return { dynamodb, sqs, secretsManager };
};

/** Tells the commands of this project where the stack is, while it runs. @returns what takes that back */
export const announceEndpoints = (
  dataDir: string,
  { dynamodb, sqs }: AwsEndpoints,
  table: string,
): (() => void) => {
  const path = join(dataDir, 'endpoints.json');
  writeFileSync(path, JSON.stringify({ dynamodb, sqs, table, region: localAws.region }));
  return () => rmSync(path, { force: true });
};
