import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { truto } from '../../../shared/providers/truto/provider.ts';
import { type Listener, listen } from './call.ts';
import {
  answerTo,
  credentials,
  open,
  proof,
  registerWebhook,
  type Stage,
  trutoStage,
} from './truto-stage.ts';

describe('an account at Truto', () => {
  const stage = trutoStage();
  let baseUrl: Stage['baseUrl'];
  let control: Stage['control'];
  let caller: Stage['caller'];
  let as: Stage['as'];
  let seed: Stage['seed'];
  beforeAll(() => {
    ({ baseUrl, control, caller, as, seed } = stage());
  });

  describe('the integrated account', () => {
    test.each([
      ['blocked', 'account-blocked', 503, true],
      ['needs_reauth', 'unauthorized', 401, true],
    ])('that is %s answers nothing', async (state, type, providerStatus, pausesAccount) => {
      const id = seed({ integrated_account: state });
      for (const answer of [await caller.read(id), await caller.cancel(id)]) {
        expect(answer).toMatchObject({ kind: 'refused', error: { type, providerStatus }, pausesAccount });
      }
    });
    test('of a sandbox can be read, and not written', async () => {
      const id = seed({ integrated_account: 'sandbox' });
      expect(await caller.read(id)).toEqual(open);
      expect(await caller.cancel(id)).toMatchObject({
        kind: 'refused',
        error: { type: 'refused', providerStatus: 405 },
        pausesAccount: false,
      });
    });
    test('is shut by Ironclad’s 401 until somebody connects it anew', async () => {
      const lost = as({ ...credentials, integrated_account_id: 'company-2' });
      const [shut, other] = [seed({ ironclad_error: '401' }), seed()];
      expect(await lost.cancel(shut)).toMatchObject({ error: { type: 'unauthorized' } });
      expect(await lost.read(other)).toMatchObject({
        kind: 'refused',
        error: { detail: expect.stringContaining('needs to be authorized again') },
      });
      expect(await caller.read(other)).toEqual(open);
      control.act(other, 'reauthorize');
      expect(await lost.read(other)).toEqual(open);
    });
    test('that is not there is found by the check', async () => {
      const check = async (given: object) => {
        const connection = {
          baseUrl,
          credentials: { ...credentials, ...given },
          options: {},
          accessToken: null,
        };
        return truto.check.classify(await answerTo(truto.check.request(connection)));
      };
      expect(await check({})).toEqual({ kind: 'good' });
      expect(await check({ integrated_account_id: 'x-gone' })).toMatchObject({ kind: 'bad_credentials' });
      expect(await check({ api_token: 'x-bad' })).toMatchObject({ kind: 'bad_credentials' });
    });
  });

  describe('too many calls', () => {
    afterEach(() => control.set({ token_limit: 0, account_limit: 0, limit_header: 'both' }));
    test.each([
      ['token_limit', 'both', 10_000],
      ['account_limit', 'both', 10_000],
      ['account_limit', 'retry-after', 10_000],
      ['account_limit', 'ratelimit-reset', 10_000],
      ['account_limit', 'none', null],
    ] as const)('over the %s, told by %s', async (tier, limit_header, waitMs) => {
      const own = { api_token: `t-${randomUUID()}`, integrated_account_id: `a-${randomUUID()}` };
      const id = seed();
      control.set({ [tier]: 1, limit_header });
      // The limit is per window of 10 s, which may end between two calls.
      const answers = [];
      for (let calls = 0; calls < 3; calls += 1) answers.push(await as(own).read(id));
      const limited = answers.find(({ kind }) => kind === 'try_again');
      expect(limited).toMatchObject({ error: { type: 'rate-limited' }, pausesAccount: true });
      const retryAt = limited?.kind === 'try_again' ? (limited.retryAt ?? null) : null;
      const left = retryAt === null ? null : retryAt - Date.now();
      if (waitMs === null || left === null) expect(left).toBe(waitMs);
      else expect(Math.abs(left - waitMs)).toBeLessThan(2_000);
    });
  });

  describe('webhooks', () => {
    let listener: Listener;
    let verifying: object;
    beforeAll(async () => {
      listener = await listen('OK');
      verifying = await registerWebhook(baseUrl, listener.url);
      control.set({ time_scale: 0.02 });
    });
    afterAll(() => listener.close());
    const next = async (n: number) => truto.webhook.receive(await listener.delivery(n), [verifying], null);
    const hint = (id: string) => ({
      kind: 'notices',
      notices: [{ providerRequestId: id, claim: null, trust: 'hint' }],
    });

    test('none comes of a cancellation, as far as is known', async () => {
      const before = listener.deliveries.length;
      const id = seed();
      await caller.cancel(id);
      control.act(id, 'cancel');
      const told = seed({ record_events: 'records' });
      control.act(told, 'pause');
      expect(await next(before + 1)).toEqual(hint(told));
      expect(listener.deliveries).toHaveLength(before + 1);
    });
    test('doubled, it says the same twice; forged or unsigned, it is refused', async () => {
      const before = listener.deliveries.length;
      const id = seed({ record_events: 'payload', callbacks: 'twice' });
      control.act(id, 'cancel');
      expect([await next(before + 1), await next(before + 2)]).toEqual([hint(id), hint(id)]);
      expect(await caller.read(id)).toEqual(proof);
      for (const [n, callback_signature] of ['wrong', 'missing'].entries()) {
        control.act(seed({ record_events: 'payload', callback_signature }), 'cancel');
        expect(await next(before + 3 + n)).toEqual({ kind: 'refused' });
      }
    });
    test('the test event is acknowledged', async () => {
      const before = listener.deliveries.length;
      const headers = { authorization: 'Bearer token-1' };
      await fetch(`${baseUrl}/webhook/test`, { method: 'POST', headers, body: '{"id":"w"}' });
      expect(await next(before + 1)).toEqual({ kind: 'notices', notices: [] });
    });
    test('it is tried four times within seconds, and then never again', async () => {
      const before = listener.deliveries.length;
      listener.answerWith(503, '');
      const id = seed({ record_events: 'payload' });
      control.act(id, 'sign');
      await listener.delivery(before + 4);
      listener.answerWith(200, 'OK');
      await expect
        .poll(() => control.callbacks().find(({ requestId }) => requestId === id)?.nextAt)
        .toBeNull();
      expect(listener.deliveries).toHaveLength(before + 4);
      expect(await caller.read(id)).toEqual({ kind: 'status', status: 'signed' });
    });
    test('one for an address without HTTPS is refused', async () => {
      await expect(registerWebhook(baseUrl, 'http://rescind.example/webhooks/t')).rejects.toThrow(
        'answered 400',
      );
    });
  });
});
