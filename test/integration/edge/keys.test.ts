import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tenant } from '../../../shared/domain/ids.ts';
import { hashKey } from '../../../shared/store/key-hash.ts';
import { keyStore } from '../../../shared/store/keys.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;
beforeAll(async () => {
  server = await startTableServer();
});
afterAll(() => server.close());

const acme = 'acme' as Tenant;
const now = new Date('2026-11-21T10:00:00Z');
const keys = () => keyStore(server.dynamoDB, server.tableName);

describe('a key', () => {
  test('is found by its hash, listed without its text, and gone when revoked', async () => {
    const { createKey, findKey, listKeys, revokeKey } = keys();
    const { key, ...listing } = await createKey(acme, 'first', now);
    expect(key).toMatch(/^rk_[\w-]{43}$/);
    expect(await findKey(hashKey(key))).toEqual({ tenant: acme, keyName: 'first' });
    expect(await listKeys(acme)).toEqual([{ ...listing, hash: hashKey(key) }]);
    expect(listing).toEqual({ id: hashKey(key).slice(0, 12), name: 'first', createdAt: now.toISOString() });
    expect(JSON.stringify(await server.items())).not.toContain(key);
    expect(await revokeKey(acme, listing.id)).toMatchObject({ name: 'first' });
    expect(await findKey(hashKey(key))).toBeNull();
    expect(await listKeys(acme)).toEqual([]);
    expect(await revokeKey(acme, listing.id)).toBeNull();
  });

  test('belongs to one tenant alone', async () => {
    const { createKey, listKeys, revokeKey, findKey } = keys();
    const { key, id } = await createKey('owner' as Tenant, 'first', now);
    expect(await listKeys('other' as Tenant)).toEqual([]);
    expect(await revokeKey('other' as Tenant, id)).toBeNull();
    expect(await findKey(hashKey(key))).toMatchObject({ tenant: 'owner' });
  });

  test('given twice is stored once', async () => {
    const { importKey, listKeys } = keys();
    await importKey('seeded' as Tenant, 'demo', 'demo-key', now);
    await importKey('seeded' as Tenant, 'demo', 'demo-key', now);
    expect(await listKeys('seeded' as Tenant)).toHaveLength(1);
  });

  test('is not revoked by a name that two have', async () => {
    const { importKey, revokeKey, listKeys } = keys();
    await importKey('twins' as Tenant, 'same', 'key-one', now);
    await importKey('twins' as Tenant, 'same', 'key-two', now);
    await expect(revokeKey('twins' as Tenant, 'same')).rejects.toThrow('revoke by id');
    expect(await listKeys('twins' as Tenant)).toHaveLength(2);
  });
});

describe('the keys command', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rescind-keys-'));
    const endpoints = { dynamodb: server.endpoint, table: server.tableName, region: 'us-east-1' };
    await writeFile(join(dataDir, 'endpoints.json'), JSON.stringify(endpoints));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  const run = async (args: readonly string[], DATA_DIR = dataDir) => {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['infra/keys.ts', ...args], {
        env: { DATA_DIR },
        cwd: new URL('../../..', import.meta.url),
      });
      return { code: 0, text: stdout };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, text: stderr };
    }
  };

  test('creates, lists and revokes', async () => {
    const created = await run(['create', '--tenant', 'shell', '--name', 'ci']);
    const key = created.text.split('\n')[0] ?? '';
    expect(await keys().findKey(hashKey(key))).toEqual({ tenant: 'shell', keyName: 'ci' });
    const again = await run(['create', '--tenant', 'shell', '--name', 'ci']);
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining('already') });
    const listed = await run(['list', '--tenant', 'shell']);
    expect(listed.text).toContain(hashKey(key).slice(0, 12));
    expect(listed.text).not.toContain(key);
    expect((await run(['revoke', '--tenant', 'shell', '--name', 'ci'])).code).toBe(0);
    expect(await keys().findKey(hashKey(key))).toBeNull();
  });

  test.each([
    [['create'], '--tenant'],
    [['create', '--tenant', 'A#b'], '--tenant'],
    [['create', '--tenant', 'shell', '--name', 'No Spaces'], '--name'],
    [['revoke', '--tenant', 'shell'], '--id'],
    [['revoke', '--tenant', 'shell', '--id', 'nothing'], 'no key'],
    [['destroy', '--tenant', 'shell'], 'usage'],
    [[], 'usage'],
  ])('%j is refused in one understandable line', async (args, part) => {
    expect(await run(args)).toMatchObject({ code: 1, text: expect.stringContaining(part) });
  });

  test('says what to do where no stack runs', async () => {
    const result = await run(['list', '--tenant', 'shell'], join(dataDir, 'nowhere'));
    expect(result).toMatchObject({ code: 1, text: expect.stringContaining('npm start') });
  });
});
