import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Instant } from '../../../shared/domain/ids.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { verificationKeys } from '../../../shared/providers/verification-keys.ts';
import type { Control } from '../../simulators/control.ts';
import { type Listener, listen, until } from './call.ts';
import { answered, ironcladStage, userOf } from './ironclad-stage.ts';

describe('webhooks of Ironclad', () => {
  const stage = ironcladStage();
  let control: Control;
  let listener: Listener;
  let company = '';
  beforeAll(() => {
    control = stage().control;
  });
  beforeEach(async ({ task }) => {
    company = `company-${task.id}`;
    listener = await listen('OK');
    const connection = { baseUrl: stage().baseUrls.IRONCLAD_BASE_URL, options: {}, accessToken: null };
    const whole = { ...connection, credentials: userOf(company) };
    const set = await answered(ironclad.webhookSetup.request(whole, listener.url));
    expect(ironclad.webhookSetup.classify(set)).toEqual({ kind: 'registered' });
    return () => listener.close();
  });
  const keysOf = (now: () => number) => {
    const ports = { call: callProvider, now, timeoutMs: 1_000 };
    const connect = connections({
      ...ports,
      now: () => now() as Instant,
      environment: { ...stage().baseUrls },
    });
    const find = verificationKeys({ ...ports, connect });
    const owner = { uid: company, provider: ironclad, options: {}, credentials: userOf(company) };
    return (refused: boolean) => find(owner, { refused });
  };
  const key = () => keysOf(Date.now)(false);
  const received = async (n: number) =>
    ironclad.webhook.receive(await listener.delivery(n), [userOf(company)], await key());
  const seed = () => control.seed({ key: company });
  const hint = (id: string) => ({
    kind: 'notices',
    notices: [{ providerRequestId: id, claim: null, trust: 'hint' }],
  });
  const refused = { kind: 'refused' };

  test.each(['sign', 'cancel', 'send_packet', 'sign_packet', 'revert'])(
    '%s is a reason to look',
    async (action) => {
      const { id } = seed();
      control.act(id, action);
      expect(await received(1)).toEqual(hint(id));
    },
  );

  test('a packet that is taken back by the removal of a signer is told without anybody’s asking', async () => {
    const { id } = seed();
    control.act(id, 'remove_signer');
    expect(await received(1)).toEqual(hint(id));
    expect(await received(2)).toEqual(hint(id));
    expect(listener.deliveries[0]?.body.toString()).toContain('"workflow_signer_removed"');
    expect(listener.deliveries[1]?.body.toString()).toContain('"workflow_signature_packet_cancelled"');
  });

  test('a signer who opens the packet is told as any event is, without a name', async () => {
    const { id } = seed();
    control.act(id, 'view');
    expect(await received(1)).toEqual(hint(id));
    expect(listener.deliveries[0]?.body.toString()).toContain('signer_first_viewed');
    expect(listener.deliveries[0]?.body.toString()).not.toContain('ana@acme.example');
  });

  test('a cancellation of ours is told too, as thin as any', async () => {
    const { id } = seed();
    await stage().as(userOf(company)).cancel(id);
    expect(await received(1)).toEqual(hint(id));
    expect(listener.deliveries[0]?.body.toString()).not.toMatch(/Superseded|status/);
  });

  test('a wrong signature, and one over the parts in the older order, are refused', async () => {
    for (const [n, mode] of [
      [1, 'wrong'],
      [2, 'old_order'],
    ] as const) {
      const { id } = seed();
      control.override(id, { callback_signature: mode });
      control.act(id, 'cancel');
      expect(await received(n)).toEqual(refused);
    }
  });

  test('a body that was written otherwise than it was signed is genuine all the same', async () => {
    const { id } = seed();
    control.override(id, { callback_body: 'pretty' });
    control.act(id, 'cancel');
    expect((await listener.delivery(1)).body.toString()).toContain('\n  "payload"');
    expect(await received(1)).toEqual(hint(id));
  });

  test('doubled, with the same event id, it says the same twice; lost, nothing', async () => {
    const [doubled, lost] = [seed(), seed()];
    control.override(lost.id, { callbacks: 'lose' });
    control.override(doubled.id, { callbacks: 'twice' });
    control.act(lost.id, 'cancel');
    control.act(doubled.id, 'cancel');
    expect([await received(1), await received(2)]).toEqual([hint(doubled.id), hint(doubled.id)]);
    const ids = listener.deliveries.map(({ headers }) => headers['x-ironclad-webhook-event-id']);
    expect(new Set(ids).size).toBe(1);
  });

  test('late and out of order, each says its own', async () => {
    const [late, prompt] = [seed(), seed()];
    control.override(late.id, { callback_delay_ms: 150 });
    control.act(late.id, 'cancel');
    control.act(prompt.id, 'cancel');
    expect([await received(1), await received(2)]).toEqual([hint(prompt.id), hint(late.id)]);
  });

  test('after a rotation the new key is fetched, once in a while', async () => {
    let clock = 1_000_000;
    const find = keysOf(() => clock);
    const old = await find(false);
    control.set({ signing_key: 'second' });
    const { id } = seed();
    control.act(id, 'cancel');
    const delivery = await listener.delivery(1);
    const receive = (pem: string | null) => ironclad.webhook.receive(delivery, [], pem);
    expect(receive(old)).toEqual(refused);
    expect(await find(true)).toBe(old);
    clock += 5 * 60_000;
    const fresh = await find(true);
    expect(fresh).not.toBe(old);
    expect(receive(fresh)).toEqual(hint(id));
    control.set({ signing_key: 'first' });
  });

  test('a 410 disables it at once; another error only counts, and a success makes up for it', async () => {
    const headers = { authorization: `Bearer ${company}` };
    const state = z.object({
      list: z.array(z.object({ status: z.string(), consecutiveFailureCount: z.number() })),
    });
    const standing = async () => {
      const answer = await fetch(`${stage().baseUrls.IRONCLAD_BASE_URL}/webhooks`, { headers });
      const [webhook] = state.parse(await answer.json()).list;
      return { kind: `${webhook?.status} ${webhook?.consecutiveFailureCount}` };
    };
    control.set({ time_scale: 0.002 });
    listener.answerWith(503, '');
    control.act(seed().id, 'cancel');
    expect((await until(standing, 'enabled 1')).kind).toBe('enabled 1');
    listener.answerWith(204, '');
    expect((await until(standing, 'enabled 0')).kind).toBe('enabled 0');
    listener.answerWith(410, '');
    control.act(seed().id, 'cancel');
    expect((await until(standing, 'disabledBySystem 1')).kind).toBe('disabledBySystem 1');
    const before = listener.deliveries.length;
    control.act(seed().id, 'cancel');
    control.set({ time_scale: 1 });
    expect((await until(standing, 'disabledBySystem 1')).kind).toBe('disabledBySystem 1');
    expect(listener.deliveries).toHaveLength(before);
  });
});
