/** A broken seal must never open, and nothing of what was sealed may show outside. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localAws } from '../../../infra/local/local-aws.ts';
import { startSecretsManager } from '../../../infra/local/secrets-manager/server.ts';
import { SealBroken, type Sealer, sealer } from '../../../shared/secrets/sealing.ts';

const Name = 'sealing-key';
const context = 'r#acme#one/wish';
const text = JSON.stringify({ signers: [{ email: 'ann@example.com', password: 'swordfish' }] });

let client: SecretsManagerClient;
let seals: Sealer;
let keyReads: number;
let stop: () => Promise<void>;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rescind-sealing-'));
  keyReads = 0;
  const before = ({ operation }: { readonly operation: string }): void => {
    if (operation === 'GetSecretValue') keyReads += 1;
  };
  const { endpoint, close } = await startSecretsManager(folder, { before });
  const { region, credentials } = localAws;
  client = new SecretsManagerClient({ endpoint, region, credentials, maxAttempts: 1 });
  await client.send(new CreateSecretCommand({ Name, SecretString: 'k'.repeat(64) }));
  seals = sealer(client, Name);
  stop = async () => {
    client.destroy();
    await close();
    await rm(folder, { recursive: true });
  };
});
afterEach(() => stop());

const replaceKey = (SecretString: string) =>
  client.send(new PutSecretValueCommand({ SecretId: Name, SecretString }));

describe('what was sealed', () => {
  test('opens as it was, whatever it is and wherever it is kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        async (what, where) => {
          expect(await seals.open(await seals.seal(what, where), where)).toBe(what);
        },
      ),
    );
    const large = 'x'.repeat(300_000);
    expect(await seals.open(await seals.seal(large, context), context)).toBe(large);
  });

  test('opens in another process', async () => {
    expect(await sealer(client, Name).open(await seals.seal(text, context), context)).toBe(text);
  });

  test('fits into JSON, a URL and a log line, and shows nothing of the text', async () => {
    const sealed = await seals.seal(text, context);
    expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toMatch(/ann|swordfish/);
  });

  test('is another each time, so that equal texts cannot be told', async () => {
    const sealed = await Promise.all(Array.from({ length: 50 }, () => seals.seal(text, context)));
    expect(new Set(sealed.map((each) => each.slice(0, 19))).size).toBe(50);
  });
});

describe('a seal is broken', () => {
  const opens = (sealed: string, where = context) =>
    seals.open(sealed, where).then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(SealBroken);
        expect(String(error)).not.toMatch(/swordfish|kkkk/);
        return false;
      },
    );

  test('by any one bit that changed: nonce, text or tag', async () => {
    const bytes = Buffer.from((await seals.seal('short', context)).slice(3), 'base64url');
    expect(await opens(`v1.${bytes.toString('base64url')}`)).toBe(true);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect([bit, await opens(`v1.${changed.toString('base64url')}`)]).toEqual([bit, false]);
    }
  });

  test('by any character that changed, also where the decoder would not care', async () => {
    const sealed = await seals.seal('short', context);
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed.charAt(at) === 'A' ? 'B' : 'A';
      expect([at, await opens(sealed.slice(0, at) + other + sealed.slice(at + 1))]).toEqual([at, false]);
    }
    for (const more of ['=', '\n', 'A', '.', '.A', ' ']) expect(await opens(sealed + more)).toBe(false);
  });

  test('by a shorter tag, however short', async () => {
    const sealed = await seals.seal('short', context);
    for (let end = 0; end < sealed.length; end += 1) expect(await opens(sealed.slice(0, end))).toBe(false);
  });

  test('in any other place: one item cannot be passed off as another', async () => {
    const sealed = await seals.seal(text, context);
    for (const where of ['', `${context} `, context.slice(1), 'r#other#one/wish'])
      expect(await opens(sealed, where)).toBe(false);
  });

  test('with another key', async () => {
    const sealed = await seals.seal(text, context);
    await replaceKey('j'.repeat(64));
    seals = sealer(client, Name);
    expect(await opens(sealed)).toBe(false);
  });
});

describe('the key', () => {
  test('is read once, also by the many that ask at the same time', async () => {
    const sealed = await Promise.all(Array.from({ length: 10 }, () => seals.seal(text, context)));
    for (const each of sealed) await seals.open(each, context);
    expect(keyReads).toBe(1);
  });

  test('is read once more when something does not open: it may have been put back meanwhile', async () => {
    const sealed = await seals.seal(text, context);
    await replaceKey('j'.repeat(64));
    const late = sealer(client, Name);
    await expect(late.open(sealed, context)).rejects.toThrow(SealBroken);
    await replaceKey('k'.repeat(64));
    keyReads = 0;
    expect(await late.open(sealed, context)).toBe(text);
    expect(await late.open(sealed, context)).toBe(text);
    expect(keyReads).toBe(1);
  });

  test('is asked for again after a read that failed', async () => {
    await client.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));
    await expect(seals.seal(text, context)).rejects.toThrow(ResourceNotFoundException);
    await client.send(new CreateSecretCommand({ Name, SecretString: 'k'.repeat(64) }));
    expect(await seals.open(await seals.seal(text, context), context)).toBe(text);
  });

  test('has a value: an empty one seals nothing', async () => {
    await replaceKey('');
    await expect(seals.seal(text, context)).rejects.toThrow('no value');
  });
});
