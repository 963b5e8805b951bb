import { describe, expect, test } from 'vitest';
import { authenticator } from '../../../shared/http/authenticate.ts';
import type { Caller } from '../../../shared/http/exchange.ts';
import { Problem } from '../../../shared/http/problem.ts';
import { hashKey } from '../../../shared/store/key-hash.ts';
import { tenant } from './examples.ts';

const start = () => {
  const keys = new Map<string, Caller>([[hashKey('rk_good'), { tenant, keyName: 'first' }]]);
  const clock = { now: 0 };
  const lookups: string[] = [];
  const authenticate = authenticator({
    now: () => clock.now,
    findKey: async (hash) => {
      lookups.push(hash);
      return keys.get(hash) ?? null;
    },
  });
  const outcome = async (headers: Record<string, string>): Promise<string> => {
    try {
      return (await authenticate(headers)).keyName;
    } catch (error) {
      return error instanceof Problem ? error.type : 'other';
    }
  };
  return { keys, clock, lookups, outcome };
};

describe('authenticate', () => {
  test.each([
    { authorization: 'Bearer rk_good' },
    { authorization: 'bearer   rk_good ' },
    { 'x-api-key': 'rk_good' },
    { 'x-api-key': 'rk_good', authorization: 'BEARER rk_good' },
  ])('takes the key from %j', async (headers) => {
    expect(await start().outcome(headers)).toBe('first');
  });

  test.each([
    {},
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: 'Basic cmtfZ29vZDo=' },
    { authorization: 'rk_good' },
    { 'x-api-key': '' },
    { 'x-api-key': 'rk_bad' },
    { 'x-api-key': 'rk_good', authorization: 'Bearer rk_other' },
    { 'x-api-key': 'rk_good', authorization: 'Basic cmtfZ29vZDo=' },
    { authorization: 'Bearer rk_good, Bearer rk_other' },
  ])('refuses %j', async (headers) => {
    expect(await start().outcome(headers)).toBe('unauthenticated');
  });

  test('the store is asked for a hash, never the key, and once a minute', async () => {
    const { clock, lookups, outcome } = start();
    await outcome({ 'x-api-key': 'rk_good' });
    clock.now = 59_999;
    await outcome({ 'x-api-key': 'rk_good' });
    expect(lookups).toEqual([hashKey('rk_good')]);
    clock.now = 60_000;
    await outcome({ 'x-api-key': 'rk_good' });
    expect(lookups).toHaveLength(2);
  });

  test('a revoked key is refused after a minute at the latest', async () => {
    const { keys, clock, outcome } = start();
    await outcome({ 'x-api-key': 'rk_good' });
    keys.clear();
    clock.now = 60_000;
    expect(await outcome({ 'x-api-key': 'rk_good' })).toBe('unauthenticated');
  });

  test('a wrong key is not remembered: it may be created the next moment', async () => {
    const { keys, outcome } = start();
    expect(await outcome({ 'x-api-key': 'rk_new' })).toBe('unauthenticated');
    keys.set(hashKey('rk_new'), { tenant, keyName: 'second' });
    expect(await outcome({ 'x-api-key': 'rk_new' })).toBe('second');
  });

  test('however many keys are used, memory stays bounded: the oldest is asked for again', async () => {
    const { keys, lookups, outcome } = start();
    await outcome({ 'x-api-key': 'rk_good' });
    for (let index = 0; index < 1_000; index += 1) {
      keys.set(hashKey(`rk_${index}`), { tenant, keyName: 'many' });
      await outcome({ 'x-api-key': `rk_${index}` });
    }
    await outcome({ 'x-api-key': 'rk_good' });
    expect(lookups.filter((hash) => hash === hashKey('rk_good'))).toHaveLength(2);
  });
});
