/** The public keys of webhooks: whose, how long, and how often they are asked for. */

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import type { CallOutcome } from '../../../shared/providers/call.ts';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { verificationKeys } from '../../../shared/providers/verification-keys.ts';
import { answer } from './answers.ts';

const pem = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).publicKey;
const [first, second] = [pem(), pem()];
const owner = {
  uid: 'u1',
  provider: ironclad,
  options: {},
  credentials: { access_token: 'token-1' },
};
const used = { refused: false };
const refused = { refused: true };
const minutes = (count: number) => count * 60_000;
const gives = (body: string): CallOutcome => ({ kind: 'response', response: answer(200, body) });
const silent: CallOutcome = { kind: 'no_answer', timedOut: true };

/** The source of keys, with a clock that is set by hand and a provider that answers as it is told. */
const source = (outcome: CallOutcome, connects = true) => {
  const world = { now: minutes(1_000), outcome, connects, urls: [] as string[] };
  const keyOf = verificationKeys({
    call: async ({ url }) => {
      world.urls.push(url);
      return world.outcome;
    },
    connect: async (_provider, credentials, options) =>
      world.connects
        ? {
            kind: 'connected',
            connection: { baseUrl: 'https://x.example', credentials, options, accessToken: null },
          }
        : {
            kind: 'try_again',
            error: { type: 'provider-unavailable', detail: 'No token.' },
            pausesAccount: false,
          },
    now: () => world.now,
    timeoutMs: 1_000,
  });
  return { world, keyOf };
};

describe('a verification key', () => {
  test('is asked for once, and remembered', async () => {
    const { world, keyOf } = source(gives(first));
    expect(await keyOf(owner, used)).toBe(first);
    world.now += minutes(600);
    expect(await keyOf(owner, used)).toBe(first);
    expect(world.urls).toEqual(['https://x.example/webhooks/verification-key']);
  });

  test('is each account’s own', async () => {
    const { world, keyOf } = source(gives(first));
    await keyOf(owner, used);
    world.outcome = gives(second);
    expect(await keyOf({ ...owner, uid: 'u2' }, used)).toBe(second);
    expect(await keyOf(owner, used)).toBe(first);
  });

  test('that no longer verifies is asked for anew, once in five minutes: forgeries cost no more', async () => {
    const { world, keyOf } = source(gives(first));
    await keyOf(owner, used);
    world.outcome = gives(second);
    world.now += minutes(5) - 1;
    expect(await keyOf(owner, refused)).toBe(first);
    world.now += 1;
    expect(await keyOf(owner, used)).toBe(first);
    expect(await keyOf(owner, refused)).toBe(second);
    expect(await keyOf(owner, refused)).toBe(second);
    expect(world.urls).toHaveLength(2);
  });

  test('that is asked for in vain stays as it was remembered', async () => {
    const { world, keyOf } = source(gives(first));
    await keyOf(owner, used);
    world.outcome = silent;
    world.now += minutes(5);
    expect(await keyOf(owner, refused)).toBe(first);
    world.connects = false;
    world.now += minutes(5);
    expect(await keyOf(owner, refused)).toBe(first);
    expect(world.urls).toHaveLength(2);
  });

  test('that was not to be had is asked for again after five minutes, also where nothing was refused', async () => {
    const { world, keyOf } = source(silent);
    expect(await keyOf(owner, used)).toBeNull();
    world.outcome = gives(first);
    world.now += minutes(5) - 1;
    expect(await keyOf(owner, used)).toBeNull();
    world.now += 1;
    expect(await keyOf(owner, used)).toBe(first);
    expect(world.urls).toHaveLength(2);
  });

  test('is nothing but a key: an error page is none', async () => {
    const { keyOf } = source(gives('<html>'));
    expect(await keyOf(owner, used)).toBeNull();
  });

  test('is asked for by nobody where there are none, or no credentials to ask with', async () => {
    const { world, keyOf } = source(gives(first));
    expect(await keyOf({ ...owner, provider: boxSign }, used)).toBeNull();
    expect(await keyOf({ ...owner, credentials: null }, used)).toBeNull();
    expect(world.urls).toEqual([]);
  });

  test('of hundreds of accounts is remembered, and no more than that', async () => {
    const { world, keyOf } = source(gives(first));
    const askAll = async (count: number) => {
      for (let n = 0; n < count; n += 1) await keyOf({ ...owner, uid: `u${n}` }, used);
      return world.urls.splice(0).length;
    };
    expect(await askAll(500)).toBe(500);
    expect(await askAll(500)).toBe(0);
    // One more, and all are forgotten: none of them is lost, they are asked for again.
    expect(await askAll(501)).toBe(1);
    expect(await askAll(2)).toBe(2);
  });
});
