/** What clients send and read over the wire: bad input, other tenants, lists, and the API's own description. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../../shared/http/routes.ts';
import { describeAfterwards } from './afterwards.ts';
import { readProblem } from './client.ts';
import { type Connection, openRescind, quickSettings, type Rescind } from './rescind.ts';
import { untilState } from './waiting.ts';

let rescind: Rescind;
let connection: Connection;
beforeAll(async () => {
  rescind = await openRescind({ ...quickSettings, CONFIRMATION_WINDOW_SECONDS: '3600' });
  connection = await rescind.connect('dropbox-sign');
});
afterAll(() => rescind?.stack.close());

const good = () => ({ account_id: connection.accountId, provider_request_id: 'abc' });

describe('bad input is refused, and nothing is stored', () => {
  const kilobytes = (count: number) => 'x'.repeat(count * 1_024);
  test.each<[string, object | string, number, string, string[]]>([
    ['an unknown account', { account_id: 'nobody' }, 404, 'account-not-found', []],
    ['no account', { account_id: undefined }, 400, 'invalid-request', ['account_id']],
    ['an account in capitals', { account_id: 'Main' }, 400, 'invalid-request', ['account_id']],
    ['an extra field', { priority: 1 }, 400, 'invalid-request', ['priority']],
    ['a field of every object', { ['__proto__']: 1 }, 400, 'invalid-request', ['__proto__']],
    ['two wrong fields', { reason: '', scope: 'all' }, 400, 'invalid-request', ['reason', 'scope']],
    ['no id', { provider_request_id: undefined }, 400, 'invalid-request', ['provider_request_id']],
    ...[
      '',
      '..',
      '../x',
      'a/b',
      'a%2eb',
      '%2e%2e',
      'a b',
      '-a',
      'ä',
      'a\n',
      'a'.repeat(129),
      7,
      null,
      ['a'],
    ].map((provider_request_id): [string, object, number, string, string[]] => [
      `the id ${JSON.stringify(provider_request_id)}`,
      { provider_request_id },
      400,
      'invalid-request',
      ['provider_request_id'],
    ]),
    ['no reason in the reason', { reason: '' }, 400, 'invalid-request', ['reason']],
    ['too long a reason', { reason: 'x'.repeat(1_001) }, 400, 'invalid-request', ['reason']],
    ['a broken character', { reason: '\ud800' }, 400, 'invalid-request', ['body']],
    ['a scope of another provider', { scope: 'signature_packet' }, 400, 'invalid-request', ['scope']],
    ['data for nobody', { remote_data: {} }, 400, 'invalid-request', ['remote_data']],
    ['a text', '"cancel"', 400, 'invalid-request', ['body']],
    ['a list', '[]', 400, 'invalid-request', ['body']],
    ['nothing', '', 400, 'invalid-request', ['body']],
    ['no JSON', '{"account_id": ', 400, 'invalid-request', ['body']],
    ['over 64 KB', { reason: kilobytes(64) }, 413, 'body-too-large', []],
    ['over a megabyte', { reason: kilobytes(1_100) }, 413, 'body-too-large', []],
    [
      'deep nesting',
      `{"remote_data":${'['.repeat(9_999)}${']'.repeat(9_999)}}`,
      400,
      'invalid-request',
      ['body'],
    ],
  ])('%s', async (_, given, status, name, fields) => {
    const { client } = rescind;
    // Through entries: a computed `__proto__` stays a field of its own.
    const body =
      typeof given === 'string'
        ? given
        : JSON.stringify(Object.fromEntries([...Object.entries(good()), ...Object.entries(given)]));
    const refused = await client.refused('createCancellation', { body });
    expect([refused.status, refused.name, refused.fields]).toEqual([status, name, fields]);
    expect((await client.call('listSignatureRequests')).body).toEqual({ items: [], next_cursor: null });
  });

  test('an account that is malformed in any way is not made', async () => {
    const { client } = rescind;
    const provider = 'okdokument';
    const api_key = 'a-key-of-its-own';
    const before = (await client.call('listAccounts')).body;
    for (const [account_id, body, field] of [
      ['new', { provider }, 'credentials'],
      ['new', { provider, credentials: {} }, 'credentials.api_key'],
      ['new', { provider, credentials: { api_key: '' } }, 'credentials.api_key'],
      ['new', { provider, credentials: { api_key, secret: 1 } }, 'credentials.secret'],
      ['new', { provider, credentials: { api_key }, options: { region: 'moon' } }, 'options.region'],
      ['new', { provider: 'docusign', credentials: { api_key } }, 'provider'],
      ['New', { provider, credentials: { api_key } }, 'account_id'],
      ['a'.repeat(64), { provider, credentials: { api_key } }, 'account_id'],
    ] as const) {
      const refused = await client.refused('putAccount', { path: { account_id }, body });
      expect([refused.status, refused.fields]).toEqual([400, [field]]);
    }
    expect((await client.call('listAccounts')).body).toEqual(before);
  });
});

describe('who may ask', () => {
  const bare = async (headers: Record<string, string>, path = '/v1/accounts', method = 'GET') => {
    const response = await fetch(`${rescind.stack.url}${path}`, { method, headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  test('no key, a wrong key, or two keys: 401', async () => {
    const { keys } = rescind;
    for (const headers of [
      {},
      { authorization: 'Bearer wrong-key' },
      { authorization: 'Bearer' },
      { authorization: `Basic ${btoa(`${keys.client}:`)}` },
      { 'x-api-key': `${keys.client}x` },
      { 'x-api-key': '' },
      { authorization: `Bearer ${keys.client}`, 'x-api-key': keys.stranger },
    ]) {
      for (const { method, path, key } of Object.values(routes)) {
        if (!key) continue;
        const { status, headers: answered, text } = await bare(headers, path, method);
        expect([method, path, status]).toEqual([method, path, 401]);
        expect(readProblem(status, answered, text).name).toBe('unauthenticated');
        expect(answered.get('www-authenticate')).toBe('Bearer');
      }
    }
    for (const headers of [{ authorization: `bearer ${keys.client}` }, { 'x-api-key': keys.client }])
      expect((await bare(headers)).status).toBe(200);
  });

  test('the things of another tenant are not there', async () => {
    const { client, stranger } = rescind;
    const { accountId: account_id } = connection;
    const { id } = await connection.cancel(connection.seed());
    for (const operation of [
      'getSignatureRequest',
      'getHistory',
      'cancelSignatureRequest',
      'retryCancellation',
    ] as const) {
      const refused = await stranger.refused(operation, { path: { id } });
      expect([refused.status, refused.name]).toEqual([404, 'signature-request-not-found']);
    }
    for (const operation of ['getAccount', 'deleteAccount'] as const)
      expect((await stranger.refused(operation, { path: { account_id } })).name).toBe('account-not-found');
    const refused = await stranger.refused('createCancellation', { body: good() });
    expect(refused.name).toBe('account-not-found');
    expect((await stranger.call('listAccounts')).body.items).toEqual([]);
    expect((await stranger.call('listSignatureRequests')).body.items).toEqual([]);
    expect((await client.call('getAccount', { path: { account_id } })).status).toBe(200);
    expect((await untilState(client, id, 'confirmed')).cancellation.attempts).toBe(1);
  });

  test.each(['sr_0', 'sr_00000000000000000000000000000000', 'sr_..', '%2e%2e', '%00'])(
    'id %s: 404',
    async (id) => {
      const refused = await rescind.client.refused('getSignatureRequest', {
        path: { id: encodeURIComponent(id) },
      });
      expect([refused.status, refused.name]).toEqual([404, 'signature-request-not-found']);
    },
  );

  test('no such path: 404; no such method: 405', async () => {
    const headers = { authorization: `Bearer ${rescind.keys.client}` };
    for (const [method, path, name] of [
      ['GET', '/', 'route-not-found'],
      ['GET', '/v1', 'route-not-found'],
      ['GET', '/v2/accounts', 'route-not-found'],
      ['GET', '/docs/../package.json', 'route-not-found'],
      ['GET', '/docs/%2e%2e%2findex.mjs', 'route-not-found'],
      ['DELETE', '/v1/cancellations', 'method-not-allowed'],
      ['PATCH', '/v1/accounts/main', 'method-not-allowed'],
      ['GET', '/webhooks/token', 'method-not-allowed'],
    ] as const) {
      const { status, headers: answered, text } = await bare(headers, path, method);
      expect([method, path, readProblem(status, answered, text).name]).toEqual([method, path, name]);
      if (name === 'method-not-allowed') expect(answered.get('allow')).toMatch(/^(GET|PUT|POST|DELETE)/);
    }
  });
});

describeAfterwards(() => rescind);
