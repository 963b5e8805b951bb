/** A read that takes a second call for the details: what that is answered with concerns the account, not the request. */
import { expect, test } from 'vitest';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import type { CallOutcome } from '../../../shared/providers/call.ts';
import { performRead } from '../../../shared/providers/exchange.ts';
import { providers } from '../../../shared/providers/registry.ts';

const receivedAt = 1_800_000_000_000 as Instant;
const answer = (status: number, body: object, headers: Record<string, string> = {}): CallOutcome => ({
  kind: 'response',
  response: { status, headers, body: JSON.stringify(body), receivedAt },
});
const id = '5f0e1d2c3b4a59687f6e5d4c' as ProviderRequestId;
const signing = answer(200, { id, title: 'NDA', step: 'Sign', status: 'active', isComplete: false });

const read = async (second: CallOutcome) => {
  const outcomes = [signing, second];
  const target = {
    providerRequestId: id,
    scope: 'workflow',
    reason: null,
    remoteData: null,
    idempotencyKey: '',
  } as const;
  const connection = {
    baseUrl: 'https://ironclad.example/public/api/v1',
    credentials: { access_token: 'token' },
    options: {},
    accessToken: null,
  };
  const told = await performRead(
    async () => outcomes.shift() ?? second,
    providers.ironclad,
    target,
    connection,
    { sent: 'no', existed: false, claim: null, followed: true },
  );
  expect(outcomes).toEqual([]);
  return told;
};

test('a time to come back holds for the account, and the status that the first call told is kept', async () => {
  expect(await read(answer(429, {}, { 'retry-after': '300' }))).toMatchObject({
    kind: 'status',
    status: 'sent',
    accountPause: { error: { type: 'rate-limited' }, retryAt: receivedAt + 300_000 },
  });
});

test.each([
  ['a refusal', answer(403, { code: 'FORBIDDEN' })],
  ['credentials that may not ask for it', answer(401, {})],
  ['a server error that names no time', answer(500, {})],
  ['an answer', answer(200, {})],
])('%s is no matter of the account', async (_, second) => {
  const told = await read(second);
  expect(told).toMatchObject({ kind: 'status', status: 'sent' });
  expect(told).not.toHaveProperty('accountPause');
});
