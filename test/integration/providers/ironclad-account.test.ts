import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Instant } from '../../../shared/domain/ids.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import type { Control } from '../../simulators/control.ts';
import { answered, appOf, ironcladStage, userOf } from './ironclad-stage.ts';

describe('the token for an app', () => {
  const stage = ironcladStage();
  let control: Control;
  beforeAll(() => {
    control = stage().control;
  });
  const tokenCalls = () => control.calls({ operation: 'token' }).length;

  test('one serves many calls, in the name of a user; a given one needs none', async () => {
    const before = tokenCalls();
    const app = stage().as(appOf('app-1'));
    for (const { id } of [control.seed(), control.seed()]) {
      expect(await app.cancel(id)).toEqual({ kind: 'accepted' });
      expect((await app.read(id)).kind).toBe('proof');
    }
    expect((await stage().as(userOf('app-1')).cancel(control.seed().id)).kind).toBe('accepted');
    expect(tokenCalls()).toBe(before + 1);
  });

  test('it is renewed when expires_in says so, and when it is refused', async () => {
    control.set({ token_seconds: 61 });
    const connect = connections({
      call: callProvider,
      environment: { ...stage().baseUrls },
      now: () => clock as Instant,
    });
    let clock = Date.now();
    const token = async (fresh: boolean) => {
      const found = await connect(ironclad, appOf('app-2'), {}, 1_000, fresh);
      return found.kind === 'connected' ? found.connection.accessToken : null;
    };
    const first = await token(false);
    expect(await token(false)).toBe(first);
    expect(await token(true)).not.toBe(first);
    const third = await token(false);
    clock += 2_000;
    expect(await token(false)).not.toBe(third);
    control.set({ token_seconds: 3_600 });
  });

  test.each([
    [{ client_secret: 'wrong-bad' }, '403 unauthorized_client'],
    [{ client_id: 'mal.formed' }, '400 invalid_request'],
  ])('refused credentials (%j) are the account’s matter: %s', async (wrong, said) => {
    const answer = await stage()
      .as({ ...appOf('app-3'), ...wrong })
      .cancel(control.seed().id);
    expect(answer).toMatchObject({
      kind: 'refused',
      pausesAccount: true,
      error: { type: 'unauthorized', detail: `The provider answered ${said}.` },
    });
  });

  test('its endpoint is down: nothing was sent', async () => {
    control.set({ faults: [{ on: 'token', do: 'status', status: 503 }] });
    const { id } = control.seed();
    expect(await stage().as(appOf('app-4')).cancel(id)).toMatchObject({ kind: 'try_again' });
    expect(control.calls({ operation: 'cancel', requestId: id })).toEqual([]);
  });

  test('without a user it would be refused', async () => {
    const connection = { credentials: userOf('x'), options: {}, baseUrl: stage().baseUrls.IRONCLAD_BASE_URL };
    const fields = { grant_type: 'client_credentials', client_id: 'app-5', client_secret: 'secret' };
    const body = new URLSearchParams(fields);
    const granted = await fetch(stage().baseUrls.IRONCLAD_TOKEN_URL, { method: 'POST', body });
    const accessToken = z.object({ access_token: z.string() }).parse(await granted.json()).access_token;
    const check = ironclad.check.request({ ...connection, accessToken });
    expect(ironclad.check.classify(await answered(check))).toEqual({
      kind: 'unclear',
      detail: 'The provider answered 400 MISSING_PARAM.',
    });
  });
});

describe('the account at Ironclad', () => {
  const stage = ironcladStage();
  const connection = (token: string) => ({
    baseUrl: stage().baseUrls.IRONCLAD_BASE_URL,
    credentials: userOf(token),
    options: {},
    accessToken: null,
  });

  test('one harmless read tells good credentials from bad ones and from lacking ones', async () => {
    const check = async (token: string) =>
      ironclad.check.classify(await answered(ironclad.check.request(connection(token))));
    expect(await check('company-1')).toEqual({ kind: 'good' });
    expect(await check('company-bad')).toMatchObject({ kind: 'bad_credentials' });
    stage().control.set({ faults: [{ on: 'list', do: 'status', status: 403 }] });
    expect(await check('company-1')).toMatchObject({ kind: 'lacking_scope' });
  });

  test.each(['200', '201'])('a webhook is registered (%s), and a second time it stands', async (created) => {
    stage().control.set({ webhook_created: created });
    const register = async (url: string) =>
      answered(ironclad.webhookSetup.request(connection(`company-${created}`), url));
    const url = 'https://rescind.example/webhooks/token';
    const first = await register(url);
    expect([String(first.status), ironclad.webhookSetup.classify(first)]).toEqual([
      created,
      { kind: 'registered' },
    ]);
    const second = await register(url);
    expect([second.status, ironclad.webhookSetup.classify(second)]).toEqual([400, { kind: 'registered' }]);
    expect(ironclad.webhookSetup.classify(await register('nowhere'))).toEqual({
      kind: 'refused',
      detail: 'The provider answered 400 INVALID_PARAM.',
    });
  });
});
