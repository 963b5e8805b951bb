/** Every route times every kind of wrong caller: refused, in the same words for what is another's as for what is not there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tenant } from '../../../shared/domain/ids.ts';
import { routes } from '../../../shared/http/routes.ts';
import { hashKey } from '../../../shared/store/key-hash.ts';
import { keyStore } from '../../../shared/store/keys.ts';
import { readProblem } from '../end-to-end/client.ts';
import { newSecret } from '../end-to-end/rescind.ts';
import {
  keyedOperations,
  openPrepared,
  operations,
  type Prepared,
  send,
  startingMs,
  untilQuiet,
} from './prepared.ts';

let prepared: Prepared;
let revoked: string;
beforeAll(async () => {
  prepared = await openPrepared();
  const keys = keyStore(prepared.client, prepared.tableName);
  const created = await keys.createKey('demo' as Tenant, 'short-lived', new Date());
  await keys.revokeKey('demo' as Tenant, 'short-lived');
  revoked = created.key;
}, startingMs);
afterAll(() => prepared?.close());

/** Headers of callers whom nobody knows, by what is wrong with them. */
const wrongCallers = ({ rescind }: Prepared): Readonly<Record<string, Readonly<Record<string, string>>>> => {
  const { client: key, stranger } = rescind.keys;
  return {
    'no key': {},
    'an empty Authorization': { authorization: '' },
    'an empty x-api-key': { 'x-api-key': '' },
    'a scheme alone': { authorization: 'Bearer' },
    'a scheme and spaces': { authorization: 'Bearer    ' },
    'a key without its scheme': { authorization: key },
    'another scheme': { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
    'a scheme that only begins like it': { authorization: `Bearerx ${key}` },
    'a wrong key': { authorization: `Bearer ${newSecret()}` },
    'a wrong x-api-key': { 'x-api-key': newSecret() },
    'a key with more behind it': { authorization: `Bearer ${key}x` },
    'a key that is cut off': { authorization: `Bearer ${key.slice(0, -1)}` },
    'a key in other letters': { authorization: `Bearer ${key.toUpperCase()}` },
    'two keys': { authorization: `Bearer ${key}, Bearer ${key}` },
    'two words': { authorization: `Bearer ${key} ${key}` },
    'the hash of a key': { authorization: `Bearer ${hashKey(key)}` },
    'the item of a key': { authorization: `Bearer key#${hashKey(key)}` },
    'both headers, of two tenants': { authorization: `Bearer ${key}`, 'x-api-key': stranger },
    'both headers, one wrong': { authorization: `Bearer ${key}`, 'x-api-key': newSecret() },
    'both headers, one empty': { authorization: `Bearer ${key}`, 'x-api-key': '' },
    'both headers, one malformed': { authorization: 'Digest x', 'x-api-key': key },
    'a revoked key': { authorization: `Bearer ${revoked}` },
    'a name that objects have': { authorization: 'Bearer __proto__' },
    'a long key': { authorization: `Bearer ${'k'.repeat(8_000)}` },
    'a key in the cookies': { cookie: `authorization=Bearer ${key}; x-api-key=${key}` },
    'another header': { 'x-forwarded-authorization': `Bearer ${key}`, 'api-key': key },
  };
};

test('nobody without a valid key learns or changes anything, on any route that asks for one', async () => {
  const before = await untilQuiet(prepared);
  const callers = Object.entries(wrongCallers(prepared));
  let answered = 0;
  for (const operation of keyedOperations) {
    const answers = await Promise.all(
      callers.map(([, headers]) => send(prepared, operation, prepared.own, headers)),
    );
    for (const [index, { status, headers, text }] of answers.entries()) {
      const where = `${operation} with ${callers[index]?.[0]}`;
      expect([where, status]).toEqual([where, 401]);
      expect(readProblem(status, headers, text).name).toBe('unauthenticated');
      expect(headers.get('www-authenticate')).toBe('Bearer');
      for (const told of [...Object.values(prepared.own), ...Object.values(prepared.rescind.keys)]) {
        expect([where, text.includes(told)]).toEqual([where, false]);
      }
      answered += 1;
    }
  }
  expect(answered).toBe(keyedOperations.length * callers.length);
  expect(await untilQuiet(prepared)).toEqual(before);
});

describe('another tenant', () => {
  const asStranger = (operation: (typeof keyedOperations)[number], of: 'own' | 'absent') =>
    send(prepared, operation, prepared[of], { authorization: `Bearer ${prepared.rescind.keys.stranger}` });
  const told = ({ text }: { readonly text: string }): unknown =>
    text === '' ? null : JSON.parse(text, (field, value: unknown) => (field === 'request_id' ? '' : value));
  /** These make something of the caller's own, under a name that it may choose; so they come last. */
  const makes = keyedOperations.filter((operation) => routes[operation].method === 'PUT');
  const asks = keyedOperations.filter((operation) => !makes.includes(operation));

  test('hears the same of what is another’s as of what is not there, and changes nothing', async () => {
    const before = await untilQuiet(prepared);
    for (const operation of asks) {
      const [foreign, absent] = [await asStranger(operation, 'own'), await asStranger(operation, 'absent')];
      expect([operation, foreign.status, told(foreign)]).toEqual([operation, absent.status, told(absent)]);
      const isAbout =
        /\{|cancellations|import$/.test(routes[operation].path) || operation.startsWith('create');
      expect([operation, foreign.status]).toEqual([operation, isAbout ? 404 : 200]);
      for (const name of ['account_id', 'id', 'token', 'sign_token'] as const) {
        expect([operation, foreign.text.includes(prepared.own[name] ?? '')]).toEqual([operation, false]);
      }
    }
    expect(await untilQuiet(prepared)).toEqual(before);
  });

  test('makes things of its own under the same names, and touches none of the others', async () => {
    const before = await untilQuiet(prepared);
    for (const operation of makes) {
      expect([operation, (await asStranger(operation, 'own')).status]).toEqual([operation, 201]);
    }
    const after = await untilQuiet(prepared);
    for (const [key, item] of before) expect([key, after.get(key)]).toEqual([key, item]);
    expect(after.size).toBeGreaterThan(before.size);
  });
});

test('a cursor of another tenant’s list leads nowhere but into one’s own', async () => {
  const { client, stranger } = prepared.rescind;
  const { body: page } = await client.call('listSignatureRequests', { query: { limit: '1' } });
  const cursor = page.next_cursor ?? '';
  expect((await client.call('listSignatureRequests', { query: { cursor } })).body.items).not.toEqual([]);
  const { body } = await stranger.call('listSignatureRequests', { query: { cursor } });
  expect(body).toEqual({ items: [], next_cursor: null });
});

test('the same calls by their owner are answered: what was refused was the caller', async () => {
  const headers = { authorization: `Bearer ${prepared.rescind.keys.client}` };
  // What ends things comes last.
  const order = [...keyedOperations].sort(
    (one, other) => Number(routes[one].method === 'DELETE') - Number(routes[other].method === 'DELETE'),
  );
  for (const operation of order) {
    const { status } = await send(prepared, operation, prepared.own, headers);
    expect([operation, status]).not.toEqual([operation, expect.toSatisfy((one) => [401, 404].includes(one))]);
    expect(status).toBeLessThan(500);
  }
});

test('the routes without a key are those that a provider, a signer or a reader calls', () => {
  expect(operations.filter((operation) => !routes[operation].key)).toEqual([
    'receiveWebhook',
    'followSignLink',
    'getHealth',
    'getOpenApi',
    'getDocs',
    'getDocsAsset',
  ]);
});
