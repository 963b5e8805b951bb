import { describe, expect, test } from 'vitest';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { answer, id, memory, now } from './answers.ts';
import { baseUrl, callsAbout, problem, workflow, workflowUrl } from './ironclad-requests.ts';

const { cancel, read, request } = callsAbout('workflow');
const packet = callsAbout('signature_packet');
const cancelled = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };
const sent = { kind: 'status', status: 'sent' };
const signed = { kind: 'status', status: 'signed' };

describe('what is sent', () => {
  const headers = { accept: 'application/json', authorization: 'Bearer token-1' };

  test('a cancel of a workflow has the reason as the message of a comment, which is an object', () => {
    expect(request('cancel', memory())).toEqual({
      method: 'POST',
      url: `${workflowUrl}/cancel`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"comment":{"message":"Superseded"}}',
    });
  });
  test('a cancel of its packet has the reason as it is', () => {
    expect(packet.request('cancel', memory())).toMatchObject({
      method: 'POST',
      url: `${workflowUrl}/sign-status/cancel-signature-request`,
      body: '{"reason":"Superseded"}',
    });
  });
  test.each([
    ['workflow', '{"comment":{"message":""}}'],
    ['signature_packet', '{"reason":""}'],
  ] as const)('a cancel of a %s without a reason has an empty one', (scope, body) => {
    const target = {
      providerRequestId: id,
      scope,
      reason: null,
      remoteData: null,
      idempotencyKey: 'once',
    };
    const connection = { baseUrl, options: {}, credentials: { access_token: 't' }, accessToken: null };
    expect(ironclad.cancel.request(target, connection, memory()).body).toBe(body);
  });
  test('a read is a GET of the one or the other', () => {
    expect(request('read', memory())).toEqual({ method: 'GET', url: workflowUrl, headers });
    expect(packet.request('read', memory())).toEqual({
      method: 'GET',
      url: `${workflowUrl}/sign-status`,
      headers,
    });
  });
  test('the user is named where the account names one', () => {
    const as_user_email = 'bot@acme.example';
    for (const credentials of [
      { access_token: 'token-1', as_user_email },
      { client_id: 'app', client_secret: 'secret', as_user_email },
    ]) {
      const calls = callsAbout('workflow', credentials);
      expect(calls.request('read', memory()).headers['x-as-user-email']).toBe(as_user_email);
    }
  });
});

describe('the answer to a cancel', () => {
  test.each([
    [204, ''],
    [200, '{"status":"not_sent"}'],
    [200, '<html></html>'],
    [202, null],
  ])('%i with the body %j is accepted, never more', (status, body) => {
    expect(cancel(answer(status, body))).toEqual({ kind: 'accepted' });
    expect(packet.cancel(answer(status, body))).toEqual({ kind: 'accepted' });
  });

  test.each([
    [400, 'INVALID_STATE'],
    [400, 'MISSING_PARAM'],
    [400, 'INVALID_PARAM'],
    [409, 'CONFLICT'],
    [410, 'CONTENT_UNAVAILABLE'],
    [422, 'NOT_ALLOWED'],
  ])('%i %s leaves the decision to a read, and did nothing', (status, code) => {
    for (const calls of [{ cancel }, packet]) {
      expect(calls.cancel(answer(status, problem(code)))).toEqual({
        kind: 'unclear',
        mayHaveActed: false,
        error: {
          type: 'refused',
          detail: `The provider answered ${status} ${code}.`,
          providerStatus: status,
        },
      });
    }
  });

  test('404 alone decides nothing', () => {
    const known = problem('NOT_FOUND', 'workflow does not exist', 'workflowId');
    expect(cancel(answer(404, known))).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type: 'not-found', providerStatus: 404 },
    });
  });

  test.each([
    [401, 'UNAUTHORIZED', 'unauthorized', true],
    [403, 'FORBIDDEN', 'forbidden', false],
    [405, 'NOT_ALLOWED', 'refused', false],
  ])('%i %s is refused as %s', (status, code, type, pausesAccount) => {
    expect(cancel(answer(status, problem(code)))).toMatchObject({
      kind: 'refused',
      error: { type, detail: `The provider answered ${status} ${code}.` },
      pausesAccount,
    });
  });

  test.each([
    ['Retry-After', { 'retry-after': '42' }],
    ['X-RateLimit-Reset', { 'x-ratelimit-reset': String(now / 1_000 + 42) }],
    ['the later of both', { 'retry-after': '7', 'x-ratelimit-reset': String(now / 1_000 + 42) }],
  ])('429 waits as %s says', (_, headers) => {
    expect(cancel(answer(429, problem('TOO_MANY_REQUESTS'), headers))).toEqual({
      kind: 'try_again',
      error: {
        type: 'rate-limited',
        detail: 'The provider answered 429 TOO_MANY_REQUESTS.',
        providerStatus: 429,
      },
      pausesAccount: true,
      retryAt: now + 42_000,
    });
  });

  test.each([
    [500, problem('SERVER_ERROR')],
    [501, problem('NOT_IMPLEMENTED')],
    [502, problem('BAD_GATEWAY')],
    [503, '<html></html>'],
  ])('%i did nothing', (status, body) => {
    expect(cancel(answer(status, body))).toMatchObject({
      kind: 'try_again',
      error: { type: 'provider-unavailable' },
      pausesAccount: false,
    });
  });

  test.each([301, 302, 307])('%i is no answer that is known: it may have acted', (status) => {
    expect(cancel(answer(status))).toMatchObject({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'unexpected-answer' },
    });
  });

  test('a text of the provider is never kept', () => {
    const text = JSON.stringify([
      cancel(answer(400, problem('Not A Code: secret'))),
      read(answer(400, problem('INVALID_PARAM'))),
    ]);
    expect(text).not.toMatch(/secret|quote/);
  });
});

describe('the status of a workflow', () => {
  test.each([
    ['as recorded after a cancellation', {}, cancelled],
    ['active', { status: 'active', isCancelled: false, step: 'Sign' }, sent],
    ['paused', { status: 'paused' }, sent],
    ['completed', { status: 'completed', isComplete: true }, signed],
    ['a step that sounds like an end', { status: 'active', step: 'Complete', isComplete: true }, sent],
    ['a deprecated flag that contradicts', { status: 'active', isCancelled: true }, sent],
    ['one that is not documented', { status: 'archived' }, { kind: 'status', status: 'unknown' }],
    ['none, and the deprecated flag', { status: undefined, isCancelled: true }, cancelled],
    ['null, and the deprecated flag', { status: null }, cancelled],
  ])('%s', (_, over, meaning) => {
    expect(read(answer(200, workflow(over)))).toEqual(meaning);
  });

  test.each([
    ['nothing that tells', workflow({ status: undefined, isCancelled: false, isComplete: true })],
    ['a flag of another type', workflow({ status: undefined, isCancelled: 'true' })],
    ['another workflow', workflow({ id: '68f0000000000000000000ff' })],
    ['too large', null],
    ['empty', ''],
    ['HTML', '<html></html>'],
    ['a list', '[]'],
  ])('%s is unclear', (_, body) => {
    expect(read(answer(200, body))).toMatchObject({ kind: 'unclear', error: { type: 'unexpected-answer' } });
  });

  test.each([
    [401, 'refused'],
    [403, 'refused'],
    [404, 'not_found'],
    [429, 'try_again'],
    [500, 'try_again'],
    [400, 'unclear'],
    [302, 'unclear'],
    [204, 'unclear'],
  ])('%i: %s, even after an accepted cancel', (status, kind) => {
    expect(read(answer(status), memory({ sent: 'yes' }))).toMatchObject({ kind });
  });
});
