import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { truto } from '../../../shared/providers/truto/provider.ts';
import { answer, id, memory } from './answers.ts';
import { attemptedAt, earlier, ours, refusedOf, signer, targetOf } from './workflow-wishes.ts';

const baseUrl = 'https://api.truto.one';
const credentials = { api_token: 'token-1', integrated_account_id: '62f44730-dd91-461e-bd6a-aedd9e0ad79d' };
const options = { external_id_attribute: 'caseId' };
const connection = { baseUrl, credentials, options, accessToken: null };
const account = `integrated_account_id=${credentials.integrated_account_id}`;

const remote = (over: object = {}) => ({
  id,
  title: 'NDA with Northwind',
  status: 'active',
  created: earlier(60_000),
  attributes: {},
  ...over,
});
const unified = (remote_data: unknown = remote(), over: object = {}) => ({
  id,
  name: 'NDA',
  status: 'active',
  created_at: earlier(60_000),
  urls: [],
  remote_data,
  ...over,
});
const error = (status: number, over: object = {}) => ({
  statusCode: status,
  error: 'x',
  message: 'm',
  ...over,
});
const remoteError = (status: number, code: string) =>
  error(status, { truto_is_remote_error: true, raw_response: { code, message: 'm' } });

test('what can be asked for is what Ironclad takes', () => {
  const kinds = (fields: typeof truto.creation.fields) =>
    Object.entries(fields).map(([field, { kind }]) => [field, kind]);
  expect(kinds(truto.creation.fields)).toEqual(kinds(ironclad.creation.fields));
  for (const wanted of [{}, { template_id: null }, { name: 'NDA' }, { days_valid: 7 }]) {
    expect(refusedOf(truto, wanted)).toEqual(refusedOf(ironclad, wanted));
  }
  expect(refusedOf(truto, { external_id: 'case-1' }, options)).toEqual([]);
  expect(truto.options.safeParse({ external_id_attribute: 'a b' }).success).toBe(false);
  expect(truto.remind ?? truto.reminders).toBeUndefined();
});

describe('the create call', () => {
  test('has the template and its attributes as Truto and as Ironclad call them, under the one key', () => {
    const request = truto.create.request(targetOf(), connection);
    expect(request).toMatchObject({
      method: 'POST',
      url: `${baseUrl}/unified/e-signature/workflows?${account}`,
      headers: { authorization: 'Bearer token-1', 'idempotency-key': 'once' },
    });
    const attributes = {
      counterpartySignerName: signer.name,
      counterpartySignerEmail: signer.email,
      caseId: ours,
    };
    expect(JSON.parse(request.body ?? '')).toEqual({
      template_id: 'nda-1',
      custom_fields: attributes,
      remote_data: { template: 'nda-1', attributes },
    });
    expect(truto.create.request(targetOf(), connection)).toEqual(request);
  });
});

describe('the answer to it', () => {
  const classify = (status: number, body: string | object | null, headers = {}) =>
    truto.create.classify(answer(status, body, headers), targetOf());
  const created = { kind: 'created', providerRequestId: id, status: 'sent' };

  test.each([
    [200, unified(), created],
    [201, { result: unified() }, created],
    [200, unified(remote(), { id: undefined }), created],
    [200, unified(undefined, { remote_data: undefined }), { ...created, status: 'unknown' }],
    [200, unified(remote({ status: 'cancelled' })), { ...created, status: 'unknown' }],
  ])('%i %j was created', (status, body, meaning) => {
    expect(classify(status, body)).toMatchObject(meaning);
  });
  test.each([
    [200, {}],
    [200, { result: {} }],
    [200, ''],
    [200, null],
    [200, unified({}, { id: '../x' })],
    [200, unified({}, { id: 'IC-41' })],
    [204, ''],
    [302, ''],
    [400, '<html></html>'],
    [400, error(500)],
    [404, '<html></html>'],
    [409, remoteError(409, 'CONFLICT')],
    [500, error(500)],
    [502, ''],
    [503, remoteError(503, 'BAD_GATEWAY')],
    [504, error(504)],
  ])('%i %j may hide one', (status, body) => {
    expect(classify(status, body)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
  });
  test.each([
    [400, error(400), 'answered 400.'],
    [422, error(422), 'answered 422.'],
    [400, remoteError(400, 'MISSING_PARAM'), 'answered 400 MISSING_PARAM.'],
    [404, remoteError(404, 'NOT_FOUND'), 'answered 404 NOT_FOUND.'],
  ])('%i %j: none was made, now or later', (status, body, words) => {
    expect(classify(status, body)).toMatchObject({
      kind: 'invalid',
      error: { type: 'refused', detail: `The provider ${words}`, providerStatus: status },
    });
  });
  test.each([
    [401, error(401), 'refused', 'unauthorized', true],
    [403, error(403), 'refused', 'forbidden', false],
    [405, error(405), 'refused', 'refused', false],
    [503, error(503), 'refused', 'account-blocked', true],
    [429, error(429), 'try_again', 'rate-limited', true],
    [404, error(404), 'refused', 'not-found', false],
  ])('%i %j is about the account: %s', (status, body, kind, type, pausesAccount) => {
    expect(classify(status, body, { 'ratelimit-reset': '7' })).toMatchObject({
      kind,
      error: { type },
      pausesAccount,
    });
  });
  test('whatever it is, nothing is thrown, and only Truto’s own refusal is final', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        expect(['created', 'invalid']).not.toContain(classify(status, body).kind);
      }),
    );
  });
});

describe('the look for it', () => {
  const { find } = truto;
  if (find === undefined) throw new Error('Truto can be searched');
  const first = find.request(targetOf(), attemptedAt, connection);
  if (first === null) throw new Error('the option is set');
  const look = (body: object | string | null, over: object = {}) =>
    find.classify(answer(200, body), targetOf(over), attemptedAt, first);
  const page = (result: readonly unknown[], over: object = {}) => ({ result, next_cursor: null, ...over });
  const own = remote({ attributes: { caseId: ours } });

  test('asks for the template’s workflows, whatever Ironclad says of them', () => {
    const url = new URL(first.url);
    expect(url.pathname).toBe('/unified/e-signature/workflows');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      integrated_account_id: credentials.integrated_account_id,
      template_id: 'nda-1',
      'remote_query[status]': 'active,paused,completed,cancelled',
      limit: '100',
    });
    expect(find.request(targetOf(), attemptedAt, { ...connection, options: {} })).toBeNull();
  });
  test.each([
    ['active', 'sent'],
    ['completed', 'signed'],
    ['cancelled', 'cancelled'],
  ])('one that is %s at Ironclad is found by our id', (status, meaning) => {
    expect(look(page([unified(), unified({ ...own, status })]))).toMatchObject({
      kind: 'found',
      providerRequestId: id,
      status: meaning,
    });
  });
  test('with an external id of the client’s a person decides, unless there is none', () => {
    const over = { external_id: 'case-1' };
    expect(look(page([unified(remote({ attributes: { caseId: 'case-1' } }))]), over)).toEqual({
      kind: 'ambiguous',
      detail: `Workflows with the same external id: ${id}.`,
    });
    expect(look(page([unified(remote({ attributes: { caseId: 'case-2' } }))]), over)).toEqual({
      kind: 'absent',
    });
  });
  test('what is too long is asked for in smaller pages, from the first', () => {
    const onPage = (search: string) => ({ ...first, url: first.url.replace('limit=100', search) });
    const next = find.classify(answer(200, null), targetOf(), attemptedAt, onPage('limit=100&next_cursor=c'));
    if (next.kind !== 'follow') throw new Error(next.kind);
    expect(next.request.url).toBe(onPage('limit=20').url);
    expect(find.classify(answer(200, null), targetOf(), attemptedAt, onPage('limit=1'))).toMatchObject({
      kind: 'unclear',
    });
  });
  test('a recent one without the attribute may be it, unless another page has it', () => {
    const doubtful = { kind: 'ambiguous', detail: expect.stringContaining(id) };
    expect(look(page([unified()]))).toEqual(doubtful);
    const next = look(page([unified()], { next_cursor: 'c1' }));
    if (next.kind !== 'follow') throw new Error(next.kind);
    const last = (result: readonly unknown[]) =>
      find.classify(answer(200, page(result)), targetOf(), attemptedAt, next.request);
    expect(last([])).toEqual(doubtful);
    expect(last([unified(own)])).toMatchObject({ kind: 'found' });
  });
  test('a cursor leads on', () => {
    const next = look(page([unified()], { next_cursor: 'a&b=c' }));
    if (next.kind !== 'follow') throw new Error(next.kind);
    const { searchParams } = new URL(next.request.url);
    expect([searchParams.get('next_cursor'), searchParams.get('b')]).toEqual(['a&b=c', null]);
    const second = find.classify(answer(200, page([unified(own)])), targetOf(), attemptedAt, next.request);
    expect(second).toMatchObject({ kind: 'found' });
  });
  test('what hides Ironclad’s word may be it, if it is recent; so may what a partial list leaves out', () => {
    expect(look(page([unified(null)]))).toMatchObject({ kind: 'ambiguous' });
    expect(look(page([unified(null, { created_at: earlier(86_400_000) })]))).toEqual({ kind: 'absent' });
    expect(look(page([], { is_partial_response: true }))).toMatchObject({ kind: 'ambiguous' });
  });
  test.each(['', '[]', '{}', '<html></html>'])('the body %j is no list', (body) => {
    expect(look(body)).toMatchObject({ kind: 'unclear' });
  });
  test.each([
    [401, 'refused'],
    [404, 'unclear'],
    [429, 'try_again'],
    [500, 'try_again'],
    [503, 'refused'],
  ])('%i: %s', (status, kind) => {
    const said = answer(status, error(status));
    expect(find.classify(said, targetOf(), attemptedAt, first)).toMatchObject({ kind });
  });
});

describe('what a followed workflow tells', () => {
  const followed = memory({ followed: true });
  const target = {
    providerRequestId: id,
    scope: 'workflow',
    reason: null,
    remoteData: null,
    idempotencyKey: 'x',
  } as const;
  const request = truto.read.request(target, connection, followed);
  const read = (body: object, asked = request) => truto.read.classify(answer(200, body), followed, asked);
  const attributes = { caseId: 'case-1' };

  test('its name and the client’s external id, directly or through the proxy', () => {
    expect(read(unified(remote({ attributes })))).toEqual({
      kind: 'status',
      status: 'sent',
      details: { name: 'NDA', externalId: 'case-1' },
    });
    const next = read(unified(null));
    if (next.kind !== 'follow') throw new Error(next.kind);
    expect(new URL(next.request.url).pathname).toBe(`/proxy/workflows/${id}`);
    expect(read(remote({ attributes }), next.request)).toEqual({
      kind: 'status',
      status: 'sent',
      details: { name: 'NDA with Northwind', externalId: 'case-1' },
    });
  });
  test('our own id is none', () => {
    expect(read(unified(remote({ attributes: { caseId: ours } })))).toMatchObject({
      details: { name: 'NDA' },
    });
    expect(JSON.stringify(read(unified(remote({ attributes: { caseId: ours } }))))).not.toContain(ours);
  });
  test('a page only where it is one for signing', () => {
    const url = 'https://ironcladapp.example/sign?r=1';
    const page = (urls: unknown) => {
      const told = read(unified(remote(), { urls }));
      return 'details' in told ? told.details?.page : undefined;
    };
    expect(
      page([
        { type: 'browser', url: 'https://x.example/' },
        { type: 'Signing', url },
      ]),
    ).toBe(url);
    for (const none of [
      [{ type: 'browser', url }],
      [{ url }],
      [{ type: 'sign', url: 'javascript:alert(1)' }],
      [{ type: 'sign', url: 'http://x.example' }],
      [7],
      'x',
      null,
    ]) {
      expect(page(none)).toBeUndefined();
    }
  });
  test('nothing odd breaks the status', () => {
    expect(read(unified(remote({ title: 7, attributes: 'x' }), { name: {}, urls: {} }))).toEqual({
      kind: 'status',
      status: 'sent',
      details: {},
    });
  });
  test('what is not followed is read as before', () => {
    const plain = truto.read.request(target, connection, memory());
    expect(plain.url).toBe(`${baseUrl}/unified/e-signature/workflows/${id}?${account}`);
    expect(truto.read.classify(answer(200, unified()), memory(), plain)).toEqual({
      kind: 'status',
      status: 'sent',
    });
  });
});
