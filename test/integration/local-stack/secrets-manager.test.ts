/** The stand-in for Secrets Manager through the real client: the functions must not be able to tell. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmbeddedServer } from '../../../infra/local/embedded-dynamodb.ts';
import { localAws } from '../../../infra/local/local-aws.ts';
import { startSecretsManager } from '../../../infra/local/secrets-manager/server.ts';
import { temporaryDirectory } from './assembly.ts';

let directory: string;
let server: EmbeddedServer;
let client: SecretsManagerClient;

const start = async () => {
  server = await startSecretsManager(directory);
  const { region, credentials } = localAws;
  client = new SecretsManagerClient({ endpoint: server.endpoint, region, credentials, maxAttempts: 1 });
};
const stop = async () => {
  client.destroy();
  await server.close();
};
beforeEach(async () => {
  directory = join(temporaryDirectory(), 'secrets');
  await start();
});
afterEach(stop);

const Name = 'Rescind/accounts/demo/0123';
const create = (SecretString = 'one') => client.send(new CreateSecretCommand({ Name, SecretString }));
const put = (SecretString: string, ClientRequestToken?: string) =>
  client.send(new PutSecretValueCommand({ SecretId: Name, SecretString, ClientRequestToken }));
const get = (VersionStage?: string, SecretId = Name) =>
  client.send(new GetSecretValueCommand({ SecretId, ...(VersionStage ? { VersionStage } : {}) }));

test('a secret is found by name, by ARN and by ARN without its end', async () => {
  const { ARN = '', VersionId } = await create();
  expect(ARN).toMatch(
    /^arn:aws:secretsmanager:us-east-1:000000000000:secret:Rescind\/accounts\/demo\/0123-\w{6}$/,
  );
  for (const id of [Name, ARN, ARN.slice(0, -7)]) {
    expect(await get(undefined, id)).toMatchObject({
      Name,
      VersionId,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
    });
  }
  expect((await get()).CreatedDate).toBeInstanceOf(Date);
});

test('a new value makes the last one AWSPREVIOUS, and the one before it goes', async () => {
  const { VersionId: first } = await create('one');
  await put('two');
  await put('three');
  expect((await get()).SecretString).toBe('three');
  expect((await get('AWSPREVIOUS')).SecretString).toBe('two');
  await expect(client.send(new GetSecretValueCommand({ SecretId: Name, VersionId: first }))).rejects.toThrow(
    ResourceNotFoundException,
  );
});

test('a repeated write with the same token changes nothing; with another value it is refused', async () => {
  const token = 'a'.repeat(32);
  await create();
  await put('two', token);
  await put('two', token);
  expect((await get('AWSPREVIOUS')).SecretString).toBe('one');
  await expect(put('three', token)).rejects.toThrow(ResourceExistsException);
});

test('the errors are those of the real service', async () => {
  await expect(get()).rejects.toThrow(ResourceNotFoundException);
  await expect(put('x')).rejects.toThrow(ResourceNotFoundException);
  await create();
  await expect(create('other')).rejects.toThrow(ResourceExistsException);
  await expect(get('AWSPREVIOUS')).rejects.toThrow(ResourceNotFoundException);
  await expect(
    client.send(new CreateSecretCommand({ Name: 'no spaces', SecretString: 'x' })),
  ).rejects.toThrow(InvalidParameterException);
  await expect(client.send(new PutSecretValueCommand({ SecretId: Name }))).rejects.toThrow(
    InvalidRequestException,
  );
  await expect(client.send(new UpdateSecretCommand({ SecretId: Name }))).rejects.toThrow(
    'does not know UpdateSecret',
  );
});

test('deletion waits unless forced', async () => {
  await create();
  await client.send(new DeleteSecretCommand({ SecretId: Name }));
  await expect(get()).rejects.toThrow(InvalidRequestException);
  await expect(create()).rejects.toThrow(InvalidRequestException);
  await client.send(new RestoreSecretCommand({ SecretId: Name }));
  expect((await get()).SecretString).toBe('one');
  const forced = new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true });
  await client.send(forced);
  await expect(get()).rejects.toThrow(ResourceNotFoundException);
  await client.send(forced);
  await create('again');
  expect((await get()).SecretString).toBe('again');
});

test('secrets are listed by prefix and page, without their values', async () => {
  for (const name of ['b/2', 'a/1', 'b/1'])
    await client.send(new CreateSecretCommand({ Name: name, SecretString: 's3cret' }));
  const Filters = [{ Key: 'name' as const, Values: ['b/'] }];
  const first = await client.send(new ListSecretsCommand({ Filters, MaxResults: 1 }));
  const second = await client.send(
    new ListSecretsCommand({ Filters, MaxResults: 1, NextToken: first.NextToken }),
  );
  expect([first, second].flatMap(({ SecretList = [] }) => SecretList.map((secret) => secret.Name))).toEqual([
    'b/1',
    'b/2',
  ]);
  expect(second.NextToken).toBeUndefined();
  expect(JSON.stringify(first.SecretList)).not.toContain('s3cret');
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: 'a/1' }));
  expect(Object.values(VersionIdsToStages)).toEqual([['AWSCURRENT']]);
});

test('binary values and restarts are survived; only the owner can read the files', async () => {
  const SecretBinary = new Uint8Array([0, 255, 1]);
  await client.send(new CreateSecretCommand({ Name, SecretBinary }));
  await stop();
  await start();
  expect((await get()).SecretBinary).toEqual(SecretBinary);
  const files = readdirSync(directory);
  expect(files).toHaveLength(1);
  for (const file of files) {
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, file), 'utf8')).toContain(Name);
  }
});
