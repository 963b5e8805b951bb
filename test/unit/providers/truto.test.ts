import { describe, expect, test } from 'vitest';
import { truto } from '../../../shared/providers/truto/provider.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';

const baseUrl = 'https://api.truto.one';
const credentials = { api_token: 'token-1', integrated_account_id: '62f44730-dd91-461e-bd6a-aedd9e0ad79d' };
const query = `integrated_account_id=${credentials.integrated_account_id}`;
const connection = { baseUrl, options: {}, credentials };
const { cancel, request } = callsOf(truto, connection);
const headers = { accept: 'application/json', authorization: 'Bearer token-1' };

const error = (status: number, over: object = {}) => ({
  statusCode: status,
  error: 'x',
  message: 'm',
  ...over,
});
const remote = (status: number, code: unknown) =>
  error(status, { truto_is_remote_error: true, raw_response: { code, message: 'm' } });

describe('what is sent', () => {
  const target = {
    providerRequestId: id,
    scope: 'workflow',
    reason: 'Superseded by amendment 3',
    remoteData: null,
    idempotencyKey: 'sr_1-2-3',
  } as const;
  const whole = { ...connection, accessToken: null };

  test('a cancel: id and message, under a key, for the integrated account', () => {
    expect(truto.cancel.request(target, whole, memory())).toEqual({
      method: 'POST',
      url: `${baseUrl}/unified/e-signature/workflows/cancel?${query}`,
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'sr_1-2-3' },
      body: `{"id":"${id}","message":"Superseded by amendment 3"}`,
    });
  });
  test('remote_data goes along untouched, and cannot replace the rest', () => {
    const remoteData = { id: 'other', comment: { addUsersToWorkflow: true } };
    const { body } = truto.cancel.request({ ...target, remoteData }, whole, memory());
    expect(JSON.parse(body ?? '')).toEqual({ id, message: target.reason, remote_data: remoteData });
  });
  test('a read, with nothing that would leave out the remote data', () => {
    expect(request('read', memory())).toEqual({
      method: 'GET',
      url: `${baseUrl}/unified/e-signature/workflows/${id}?${query}`,
      headers,
    });
  });
  test('the integrated account cannot add to the query', () => {
    const strange = { ...whole, credentials: { ...credentials, integrated_account_id: 'a&b=c#d' } };
    expect(truto.read.request(target, strange, memory()).url).toMatch(
      /\?integrated_account_id=a%26b%3Dc%23d$/,
    );
  });
});

describe('what it declares', () => {
  test('the effect, a reason that is required and travels, and no other scope', () => {
    expect(truto.scopes).toEqual({
      workflow: { effect: 'workflow_cancelled', reasonRequired: true, reasonTravels: true },
    });
    expect(truto.acceptsRemoteData).toBe(true);
    expect(truto.baseUrl({})).toBe(baseUrl);
  });
  test.each([
    ['68f0000000000000000000b2', true],
    ['wf_1', true],
    ['IC-41b', true],
    ['IC-41', false],
    ['ic-7', false],
  ])('the id %s is taken: %s', (given, taken) => {
    expect(truto.requestIds?.pattern.test(given)).toBe(taken);
  });
});

describe('the answer to a cancel', () => {
  const workflow = { id, status: 'inactive', remote_data: { id, status: 'cancelled' } };
  test.each([
    [200, workflow],
    [200, { result: workflow }],
    [200, { result: {} }],
    [200, {}],
    [200, { id, status: 'cancelled' }],
    [200, ''],
    [200, null],
    [200, '<html></html>'],
    [201, workflow],
    [202, ''],
    [204, ''],
  ])('%i with %j is accepted, and no more', (status, body) => {
    expect(cancel(answer(status, body))).toEqual({ kind: 'accepted' });
  });

  test.each([
    [400, remote(400, 'INVALID_STATE'), 'refused', 'The provider answered 400 INVALID_STATE.'],
    [422, error(422), 'refused', 'The provider answered 422.'],
    [409, remote(409, 'CONFLICT'), 'refused', 'The provider answered 409 CONFLICT.'],
    [404, remote(404, 'NOT_FOUND'), 'not-found', 'The provider answered 404 NOT_FOUND.'],
    [404, '<html></html>', 'not-found', 'The provider answered 404.'],
  ])('%i did nothing: a read decides (%#)', (status, body, type, detail) => {
    expect(cancel(answer(status, body))).toEqual({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type, detail, providerStatus: status },
    });
  });

  test.each([
    [401, error(401), 'unauthorized', true, '401.'],
    [
      401,
      remote(401, 'UNAUTHORIZED'),
      'unauthorized',
      true,
      '401 UNAUTHORIZED, the integrated account needs',
    ],
    [402, '', 'payment-required', true, '402.'],
    [403, remote(403, 'FORBIDDEN'), 'forbidden', false, '403 FORBIDDEN.'],
    [405, error(405), 'refused', false, '405.'],
    [503, error(503), 'account-blocked', true, '503 the integrated account is blocked.'],
    [503, '', 'account-blocked', true, '503 the integrated account is blocked.'],
  ])('%i is refused (%#)', (status, body, type, pausesAccount, detail) => {
    expect(cancel(answer(status, body))).toEqual({
      kind: 'refused',
      error: { type, detail: expect.stringContaining(`answered ${detail}`), providerStatus: status },
      pausesAccount,
    });
  });

  test.each([
    [500, error(500)],
    [502, error(502)],
    [502, '<html></html>'],
    [503, remote(503, 'BAD_GATEWAY')],
    [504, error(504, { truto_is_remote_error: true })],
    [599, null],
  ])('%i may have acted behind Truto (%#)', (status, body) => {
    expect(cancel(answer(status, body))).toMatchObject({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'provider-unavailable', providerStatus: status },
    });
  });
  test.each([199, 300, 302, 307, 408, 418])('%i is not foreseen, and may have acted', (status) => {
    expect(cancel(answer(status))).toMatchObject({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'unexpected-answer' },
    });
  });
});

describe('when to come back', () => {
  const at = (headers: Readonly<Record<string, string>>, status = 429): unknown => {
    const said = cancel(answer(status, error(status), headers));
    return 'retryAt' in said ? said.retryAt : undefined;
  };
  test.each([
    ['Retry-After', { 'retry-after': '10' }, now + 10_000],
    ['ratelimit-reset, in seconds from now', { 'ratelimit-reset': '7' }, now + 7_000],
    ['Retry-After before ratelimit-reset', { 'retry-after': '10', 'ratelimit-reset': '7' }, now + 10_000],
    ['Ironclad’s own header, a time', { 'x-ratelimit-reset': String(now / 1_000 + 42) }, now + 42_000],
    ['none', { 'ratelimit-limit': '50' }, undefined],
    ['nonsense', { 'ratelimit-reset': 'soon' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(at(headers)).toBe(expected);
  });
  test('both tiers of 429 pause the account, and nothing was done', () => {
    for (const body of [error(429), remote(429, 'TOO_MANY_REQUESTS')]) {
      expect(cancel(answer(429, body))).toMatchObject({
        kind: 'try_again',
        error: { type: 'rate-limited' },
        pausesAccount: true,
      });
    }
  });
  test('a blocked account may name a time too', () => {
    expect(at({ 'retry-after': '60' }, 503)).toBe(now + 60_000);
  });
});

describe('what is kept of an error', () => {
  const detailOf = (body: object | string, status = 403) => {
    const said = cancel(answer(status, body));
    return 'error' in said ? said.error.detail : '';
  };
  const lacking = (missing_scopes: unknown, raw = {}) =>
    error(403, { ...raw, truto_error_insight: { forbidden_error: { value: { missing_scopes } } } });

  test('the scopes that are missing, by either place', () => {
    const detail = 'The provider answered 403 missing scopes: public.workflows.cancel.';
    expect(detailOf(lacking(['public.workflows.cancel']))).toBe(detail);
    const flat = {
      truto_error_insight: { forbidden_error: { missing_scopes: ['public.workflows.cancel'] } },
    };
    expect(detailOf(error(403, flat))).toBe(detail);
  });
  test('two of them at most, and none that is no scope', () => {
    const scopes = ['see <https://evil.example>', 'a b', 'x'.repeat(51), '', 'one', 'two', 'three'];
    expect(detailOf(lacking(scopes))).toBe('The provider answered 403 missing scopes: one two.');
  });
  test.each([7, 'all', [7], null, []])('scopes as %j are left out', (scopes) => {
    expect(detailOf(lacking(scopes))).toBe('The provider answered 403.');
  });
  test('Ironclad’s code, also where its answer is a text', () => {
    expect(detailOf(error(403, { raw_response: '{"code":"FORBIDDEN"}' }))).toContain('403 FORBIDDEN.');
  });
  test.each(['token-1 leaked', 'lower_case', 'A'.repeat(90), '', 7, null, { a: 1 }])(
    'a code of %j is left out, and so is every message',
    (code) => {
      expect(detailOf(remote(400, code), 400)).toBe('The provider answered 400.');
    },
  );
  test('an original that nests beyond reason has none, and is no error of ours', () => {
    const body = `{"raw_response":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(cancel(answer(400, body))).toMatchObject({ kind: 'unclear', mayHaveActed: false });
  });
  test.each(['', '[]', '"x"', 'null', '{"raw_response":"{"}', '{"truto_error_insight":[]}'])(
    'a body %j says nothing',
    (body) => {
      expect(detailOf(body)).toBe('The provider answered 403.');
    },
  );
});
