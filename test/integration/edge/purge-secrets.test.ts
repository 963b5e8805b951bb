import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localAws } from '../../../infra/local/local-aws.ts';
import type { AccountUid, Tenant } from '../../../shared/domain/ids.ts';
import type { EndpointUid } from '../../../shared/notify/endpoint.ts';
import { secretWriter } from '../../../shared/secrets/write-account-secrets.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;
beforeAll(async () => {
  server = await startTableServer();
  for (const prefix of ['Gone/accounts/', 'Alive/accounts/']) {
    const { createSecret } = secretWriter(server.secretsManager, prefix);
    for (const uid of ['one', 'two']) {
      await createSecret({ tenant: 'acme' as Tenant, uid: uid as AccountUid }, { api_key: 'key-1' });
    }
  }
});
afterAll(() => server.close());

const run = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['infra/purge-secrets.ts', ...args], {
    cwd: new URL('../../..', import.meta.url),
    env: {
      AWS_ENDPOINT_URL_DYNAMODB: server.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: server.secretsEndpoint,
      AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
      AWS_REGION: localAws.region,
    },
  });
  return stdout;
};

test('lists what it would delete, deletes it when told, and nothing of another deployment', async () => {
  expect(await run('--prefix', 'Gone/accounts/')).toContain('2 of 2 to delete');
  expect(await server.secretNames()).toHaveLength(4);
  expect(await run('--prefix', 'Gone/accounts/', '--yes')).toContain('2 of 2 deleted');
  expect((await server.secretNames()).sort()).toEqual(['Alive/accounts/acme/one', 'Alive/accounts/acme/two']);
});

test('the signing secrets of webhook endpoints are purged on their own, by the same rules', async () => {
  const { createSecret } = secretWriter(server.secretsManager, 'Gone/endpoints/');
  await createSecret({ tenant: 'acme' as Tenant, uid: 'one' as EndpointUid }, { secret: 'whsec_one' });
  const orphans = ['--prefix', 'Gone/endpoints/', '--orphans', '--table', server.tableName, '--yes'];
  expect(await run(...orphans)).toContain('0 of 1 deleted');
  expect(await run('--prefix', 'Gone/endpoints/', '--yes')).toContain('1 of 1 deleted');
  expect((await server.secretNames()).sort()).toEqual(['Alive/accounts/acme/one', 'Alive/accounts/acme/two']);
});

test('a young secret without an account may belong to one that is being created', async () => {
  const args = ['--prefix', 'Alive/accounts/', '--orphans', '--table', server.tableName, '--yes'];
  expect(await run(...args)).toContain('0 of 2 deleted');
});

test.each([
  [[]],
  [['--prefix', '']],
  [['--prefix', 'Alive/']],
  [['--prefix', 'Alive/constructor/']],
  [['--prefix', 'Alive/accounts/', '--orphans']],
])('%j says too little', async (args) => {
  await expect(run(...args)).rejects.toThrow('usage');
  expect(await server.secretNames()).toHaveLength(2);
});
