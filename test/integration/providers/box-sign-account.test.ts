import { beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../../shared/domain/answers.ts';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { performRead } from '../../../shared/providers/exchange.ts';
import type { Control } from '../../simulators/control.ts';
import { boxSignStage, clientCredentials } from './box-sign-stage.ts';
import { memory } from './call.ts';

const credentials = clientCredentials('111');
const targetOf = (id: string): Target => ({
  providerRequestId: id as ProviderRequestId,
  scope: 'workflow',
  reason: null,
  remoteData: null,
  idempotencyKey: 'once',
});

describe('the token for client credentials', () => {
  const stage = boxSignStage();
  let control: Control;
  beforeAll(() => {
    control = stage().control;
  });
  const as = (of: object) => stage().as(of);
  const tokenCalls = () => control.calls({ operation: 'token' }).length;

  test('one serves many calls, and a given one needs none', async () => {
    const before = tokenCalls();
    const own = as(clientCredentials('333'));
    for (const { id } of [control.seed(), control.seed()]) {
      expect((await own.cancel(id)).kind).toBe('confirmed');
    }
    expect(tokenCalls()).toBe(before + 1);
    expect((await as({ access_token: '333' }).cancel(control.seed().id)).kind).toBe('confirmed');
    expect(tokenCalls()).toBe(before + 1);
  });

  test('one that is about to end is renewed before it does', async () => {
    control.set({ token_seconds: 59 });
    const before = tokenCalls();
    const own = as(clientCredentials('334'));
    const { id } = control.seed();
    expect((await own.read(id)).kind).toBe('status');
    expect((await own.read(id)).kind).toBe('status');
    expect(tokenCalls()).toBe(before + 2);
    control.set({ token_seconds: 4123 });
  });

  test.each(['json', 'empty'])('one that ends early is a 401 (%s), and a fresh one helps', async (body) => {
    control.set({ token_calls: 1, unauthorized_body: body });
    const { id } = control.seed();
    const connect = connections({
      call: callProvider,
      environment: { ...stage().baseUrls },
      now: () => Date.now() as Instant,
    });
    const read = async (fresh: boolean) => {
      const found = await connect(boxSign, credentials, {}, 1_000, fresh);
      if (found.kind !== 'connected') return found;
      return performRead(
        (request) => callProvider(request, 1_000),
        boxSign,
        targetOf(id),
        found.connection,
        memory(),
      );
    };
    expect((await read(false)).kind).toBe('status');
    expect(await read(false)).toMatchObject({ kind: 'refused', error: { type: 'unauthorized' } });
    expect((await read(true)).kind).toBe('status');
    control.set({ token_calls: 0, unauthorized_body: 'json' });
  });

  test('its type may be spelled as in the guide', async () => {
    control.set({ token_type_field: 'issued_token_type' });
    expect((await as(clientCredentials('335')).cancel(control.seed().id)).kind).toBe('confirmed');
    control.set({ token_type_field: 'token_type' });
  });

  test.each([
    [{ client_secret: 'wrong-bad' }, 'refused', 'unauthorized', '400 invalid_grant'],
    [{}, 'refused', 'unauthorized', '401'],
  ] as const)('refused credentials (%j) are the account’s matter', async (wrong, kind, type, answered) => {
    const of = 'client_secret' in wrong ? { ...credentials, ...wrong } : { access_token: 'token-bad' };
    const answer = await as(of).cancel(control.seed().id);
    expect(answer).toMatchObject({ kind, pausesAccount: true, error: { type } });
    expect(JSON.stringify(answer)).toContain(answered);
  });

  test.each([
    [429, 'rate-limited', true],
    [503, 'provider-unavailable', false],
  ])('%i from its endpoint: nothing was sent, try again', async (status, type, pausesAccount) => {
    control.set({ faults: [{ on: 'token', do: 'status', status }] });
    const { id } = control.seed();
    const answer = await as(clientCredentials(`40${status}`)).cancel(id);
    expect(answer).toMatchObject({ kind: 'try_again', error: { type }, pausesAccount });
    expect(control.calls({ operation: 'cancel', requestId: id })).toEqual([]);
  });
});

describe('the account at Box Sign', () => {
  const stage = boxSignStage();
  const connection = (token: string, options: object = {}) => ({
    baseUrl: stage().baseUrls.BOX_BASE_URL,
    credentials: { access_token: token },
    options,
    accessToken: null,
  });
  const answered = async (request: Parameters<typeof callProvider>[0] | null) => {
    const outcome = request && (await callProvider(request, 1_000));
    if (outcome?.kind !== 'response') throw new Error('no answer');
    return outcome.response;
  };

  test('one harmless read tells good credentials from bad ones', async () => {
    const check = async (token: string) =>
      boxSign.check.classify(await answered(boxSign.check.request(connection(token))));
    expect(await check('555')).toEqual({ kind: 'good' });
    expect(await check('555-bad')).toMatchObject({ kind: 'bad_credentials' });
  });

  test('a webhook is set on a folder, once', async () => {
    const set = async () => {
      const whole = connection('556', { webhook_folder_id: '777' });
      const request = boxSign.webhookSetup.request(whole, 'https://rescind.example/webhooks/token');
      return boxSign.webhookSetup.classify(await answered(request));
    };
    expect(await set()).toEqual({ kind: 'registered' });
    expect(await set()).toMatchObject({ kind: 'refused', detail: expect.stringContaining('409 conflict') });
  });
});
