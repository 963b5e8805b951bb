import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import { signatureKeys } from '../../simulators/box-sign/callback.ts';
import type { Control } from '../../simulators/control.ts';
import { boxSignStage, clientCredentials } from './box-sign-stage.ts';
import { type Caller, type Listener, listen, until } from './call.ts';

const credentials = clientCredentials('111');
const refused = { kind: 'refused' };
const eventId = z.object({ id: z.string() });

describe('webhooks of Box Sign', () => {
  const stage = boxSignStage();
  let control: Control;
  let caller: Caller;
  beforeAll(() => {
    control = stage().control;
    caller = stage().as(credentials);
  });
  let listener: Listener;
  beforeEach(async () => {
    listener = await listen(boxSign.webhook.acknowledgement.body);
    return () => listener.close();
  });
  const seed = () => control.seed({ callback_url: listener.url });
  const received = async (n: number, of: readonly object[] = [credentials]) =>
    boxSign.webhook.receive(await listener.delivery(n), of, null);
  const hint = (id: string, status: string | null) => ({
    kind: 'notices',
    notices: [{ providerRequestId: id, claim: status && { status, ref: null }, trust: 'hint' }],
  });

  test.each([
    ['sign', 'signed'],
    ['decline', 'declined'],
    ['expire', 'expired'],
    ['bounce', null],
    ['sign_one', null],
    ['fail', null],
  ])('%s is a hint, in either spelling', async (action, claim) => {
    for (const [n, names] of [
      [1, 'guide'],
      [2, 'openapi'],
    ] as const) {
      const { id } = seed();
      control.override(id, { trigger_names: names });
      control.act(id, action);
      expect(await received(n)).toEqual(hint(id, claim));
    }
  });

  test('no webhook tells of a cancellation, not even of one made in Box: a read does', async () => {
    const [ours, theirs, after] = [seed(), seed(), seed()];
    await caller.cancel(ours.id);
    control.act(theirs.id, 'cancel');
    control.act(after.id, 'sign');
    expect(await received(1)).toEqual(hint(after.id, 'signed'));
    expect((await caller.read(theirs.id)).kind).toBe('proof');
  });

  test('the bytes are escaped as PHP does it, and count as they came', async () => {
    const [escaped, plain] = [seed(), seed()];
    control.override(plain.id, { body_escaping: 'plain' });
    control.act(escaped.id, 'sign');
    const delivery = await listener.delivery(1);
    const text = delivery.body.toString('utf8');
    expect(text).toContain('NDA \\/ v2 \\ud83d\\ude00.pdf');
    const again = { ...delivery, body: Buffer.from(JSON.stringify(JSON.parse(text))) };
    expect(boxSign.webhook.receive(again, [credentials], null)).toEqual(refused);
    control.act(plain.id, 'sign');
    expect(await received(2)).toEqual(hint(plain.id, 'signed'));
  });

  test('either key verifies, in the old or in the new place', async () => {
    const keys = ['primary_rotated', 'secondary_rotated', 'wrong'] as const;
    const answers = [];
    for (const [n, value] of keys.entries()) {
      const { id } = seed();
      control.override(id, { signature_keys: value });
      control.act(id, 'sign');
      answers.push((await received(n + 1)).kind);
    }
    expect(answers).toEqual(['notices', 'notices', 'refused']);
    const swapped = {
      access_token: 'x',
      webhook_primary_key: signatureKeys.secondary,
    };
    expect((await received(1, [swapped])).kind).toBe('notices');
  });

  test('without a key it is a reason to look, and claims nothing', async () => {
    const { id } = seed();
    control.override(id, { signature_keys: 'wrong' });
    control.act(id, 'sign');
    expect(await received(1, [{ access_token: 'x' }])).toEqual(hint(id, null));
  });

  test('a stale one is refused; a doubled one says the same twice; of swapped ones each says its own', async () => {
    const [stale, doubled, late, lost] = [seed(), seed(), seed(), seed()];
    control.override(lost.id, { callbacks: 'lose' });
    control.act(lost.id, 'sign');
    control.override(stale.id, { delivery_age_seconds: 660 });
    control.act(stale.id, 'sign');
    expect(await received(1)).toEqual(refused);
    control.override(doubled.id, { callbacks: 'twice' });
    control.act(doubled.id, 'decline');
    expect([await received(2), await received(3)]).toEqual([
      hint(doubled.id, 'declined'),
      hint(doubled.id, 'declined'),
    ]);
    const bodies = listener.deliveries
      .slice(1)
      .map(({ body }) => eventId.parse(JSON.parse(body.toString())).id);
    expect(new Set(bodies).size).toBe(1);
    control.override(late.id, { callback_delay_ms: 200 });
    control.act(late.id, 'sign_one');
    control.override(late.id, { callback_delay_ms: 0 });
    control.act(late.id, 'sign');
    expect([await received(4), await received(5)]).toEqual([hint(late.id, 'signed'), hint(late.id, null)]);
  });

  test('a delivery that fails is repeated with a time and a signature of its own', async () => {
    const { id } = seed();
    control.set({ time_scale: 0.0001 });
    listener.answerWith(503, '');
    control.act(id, 'sign');
    const first = await listener.delivery(1);
    listener.answerWith(204, '');
    const second = await listener.delivery(2);
    control.set({ time_scale: 1 });
    expect(second.headers['box-delivery-id']).not.toBe(first.headers['box-delivery-id']);
    expect(second.headers['box-signature-primary']).not.toBe(first.headers['box-signature-primary']);
    expect(second.body.equals(first.body)).toBe(true);
    for (const n of [1, 2]) expect(await received(n)).toEqual(hint(id, 'signed'));
    const settled = async () => ({ kind: String(control.callbacks().at(-1)?.delivered) });
    expect((await until(settled, 'true')).kind).toBe('true');
  });
});
