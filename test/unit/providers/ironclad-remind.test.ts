import { describe, expect, test } from 'vitest';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { answer, id, now } from './answers.ts';
import { baseUrl, problem } from './ironclad-requests.ts';
import { signer } from './workflow-wishes.ts';

const connection = { baseUrl, credentials: { access_token: 'token-1' }, options: {}, accessToken: null };

describe('a reminder', () => {
  const target = (ref: string | null) => ({
    providerRequestId: id,
    signer: { ref, email: signer.email, name: null },
  });
  const request = (ref: string | null) => ironclad.remind?.request(target(ref), connection);
  const classify = (status: number, body: object | string = '', headers = {}) =>
    ironclad.remind?.classify(answer(status, body, headers));

  test('goes to one signer, by the role', () => {
    expect(ironclad.reminders).toEqual({
      coolDownMs: 3_600_000,
      countsFromSending: false,
      perSigner: true,
    });
    expect(request('Counterparty Signer')).toMatchObject({
      method: 'POST',
      url: `${baseUrl}/workflows/${id}/sign-status/signers/Counterparty%20Signer/remind`,
    });
    expect(request('Legal / Finance?#')?.url).toContain('/signers/Legal%20%2F%20Finance%3F%23/remind');
  });
  test.each([null, '', ' ', '.', '..', '../x', 'a/..', 'a\\..\\b', 'a\nb', '\uD800', 'x'.repeat(256)])(
    'the role %j leads nowhere',
    (role) => {
      expect(request(role)).toBeNull();
    },
  );
  test('204 has reminded', () => {
    expect(classify(204)).toEqual({ kind: 'reminded' });
  });
  test('too early it is refused without a time: after the cool-down it is early no more', () => {
    expect(classify(429, problem('TOO_MANY_REQUESTS'))).toMatchObject({
      kind: 'refused',
      error: { type: 'rate-limited' },
      retryAt: now + 3_600_000,
    });
  });
  test('a rate limit names its time', () => {
    expect(classify(429, problem('TOO_MANY_REQUESTS'), { 'retry-after': '7' })).toMatchObject({
      kind: 'refused',
      retryAt: now + 7_000,
    });
  });
  test.each([
    [400, 'INVALID_STATE', 'refused', 'refused'],
    [401, 'UNAUTHORIZED', 'refused', 'unauthorized'],
    [403, 'FORBIDDEN', 'refused', 'forbidden'],
    [404, 'NOT_FOUND', 'refused', 'not-found'],
    [500, 'SERVER_ERROR', 'unclear', 'provider-unavailable'],
    [302, '', 'unclear', 'unexpected-answer'],
  ])('%i %s: %s', (status, code, kind, type) => {
    expect(classify(status, problem(code))).toMatchObject({ kind, error: { type } });
  });
});
