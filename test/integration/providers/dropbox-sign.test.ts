import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import type { Control } from '../../simulators/control.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { type Caller, callerOf, type Listener, listen } from './call.ts';
import { describeProvider } from './contract.ts';

const credentials = { api_key: 'a-key' };
const authorization = `Basic ${Buffer.from('a-key:').toString('base64')}`;

const setCallbackUrl = async (baseUrl: string, url: string): Promise<number> => {
  const body = JSON.stringify({ callback_url: url });
  const headers = { authorization, 'content-type': 'application/json' };
  return (await fetch(`${baseUrl}/account`, { method: 'PUT', headers, body })).status;
};

describeProvider({
  provider: dropboxSign,
  simulator: 'dropbox-sign',
  credentials,
  wrongCredentials: { api_key: 'a-key-bad' },
  cancelCanProve: false,
  async registerCallback({ baseUrl, id, url }) {
    expect(await setCallbackUrl(baseUrl, url)).toBe(200);
    // The request joins the account that first asks for it.
    await callerOf(dropboxSign, { baseUrl, credentials }).read(id);
  },
});

describe('what only Dropbox Sign does', () => {
  let simulators: Simulators;
  let control: Control;
  let caller: Caller;
  let listener: Listener;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
    control = simulators.control['dropbox-sign'];
    caller = callerOf(dropboxSign, { baseUrl: simulators.baseUrls.DROPBOX_SIGN_BASE_URL, credentials });
    control.set({ cancel_delay_ms: 50 });
  });
  afterAll(() => simulators.close());
  beforeEach(async () => {
    listener = await listen('Hello API Event Received');
    expect(await setCallbackUrl(simulators.baseUrls.DROPBOX_SIGN_BASE_URL, listener.url)).toBe(200);
    return () => listener.close();
  });
  const received = async (n: number) =>
    dropboxSign.webhook.receive(await listener.delivery(n), [credentials], null);
  const proof = (id: string) => ({
    kind: 'notices',
    notices: [{ providerRequestId: id, claim: { status: 'cancelled', ref: null }, trust: 'proof' }],
  });

  test('a callback URL is tested before it is kept', async () => {
    expect(await received(1)).toEqual({ kind: 'notices', notices: [] });
    listener.answerWith(200, 'something else');
    expect(await setCallbackUrl(simulators.baseUrls.DROPBOX_SIGN_BASE_URL, listener.url)).toBe(400);
  });

  test.each(['multipart', 'json', 'urlencoded'])(
    'the event of a cancellation (%s) is the proof',
    async (form) => {
      const { id } = control.seed();
      control.override(id, { callback_form: form });
      expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
      expect(await received(2)).toEqual(proof(id));
    },
  );

  test('the event may come before the answer', async () => {
    const { id } = control.seed();
    control.override(id, { callback_before_answer: 'true' });
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
    expect(listener.deliveries).toHaveLength(2);
    expect(await received(2)).toEqual(proof(id));
  });

  test('a forged hash is refused, a doubled event says the same twice, a lost one nothing', async () => {
    const [forged, doubled, lost] = [control.seed(), control.seed(), control.seed()];
    control.override(forged.id, { callback_hash: 'wrong' });
    control.override(doubled.id, { callbacks: 'twice' });
    control.override(lost.id, { callbacks: 'lose' });
    await caller.cancel(lost.id);
    await caller.cancel(forged.id);
    expect(await received(2)).toEqual({ kind: 'refused' });
    await caller.cancel(doubled.id);
    expect([await received(3), await received(4)]).toEqual([proof(doubled.id), proof(doubled.id)]);
    expect((await caller.read(lost.id, { sent: 'yes' })).kind).toBe('proof');
  });

  test('a cancellation can be overtaken or forgotten after its 200', async () => {
    const [overtaken, forgotten] = [control.seed(), control.seed()];
    control.override(overtaken.id, { cancel_outcome: 'lost_race_all_signed' });
    control.override(forgotten.id, { cancel_outcome: 'silently_dropped' });
    expect(await caller.cancel(overtaken.id)).toEqual({ kind: 'accepted' });
    expect(await received(2)).toMatchObject({ notices: [{ claim: { status: 'signed' }, trust: 'hint' }] });
    expect(await caller.read(overtaken.id, { sent: 'yes' })).toEqual({ kind: 'status', status: 'signed' });
    expect(await caller.cancel(overtaken.id)).toMatchObject({ kind: 'unclear', mayHaveActed: false });
    expect(await caller.cancel(forgotten.id)).toEqual({ kind: 'accepted' });
    expect(await caller.read(forgotten.id, { sent: 'yes' })).toEqual({ kind: 'status', status: 'sent' });
  });

  test.each([
    ['200', { kind: 'accepted' }],
    ['409', { kind: 'unclear', mayHaveActed: false }],
    ['410', { kind: 'unclear', mayHaveActed: true }],
  ])('a second cancel while the first is queued may be answered %s', async (second, meaning) => {
    const { id } = control.seed();
    control.override(id, { second_cancel: second, cancel_delay_ms: 60_000 });
    await caller.cancel(id);
    expect(await caller.cancel(id, { sent: 'yes' })).toMatchObject(meaning);
  });

  test('after a cancellation a read may find 410, 404 or an open request: only 410 is proof', async () => {
    for (const [found, kind] of [
      ['410', 'proof'],
      ['404', 'not_found'],
      ['stale', 'status'],
    ] as const) {
      const { id } = control.seed();
      control.act(id, 'cancel');
      control.override(id, { get_after_cancel: found });
      expect((await caller.read(id, { sent: 'yes' })).kind).toBe(kind);
    }
  });

  test.each(['partially_signed', 'viewed'])(
    '%s is cancellable, unless the help page is right',
    async (status) => {
      const { id } = control.seed({ status });
      expect(await caller.read(id)).toEqual({ kind: 'status', status: 'viewed' });
      control.override(id, { partial_signed_cancellable: 'false' });
      expect((await caller.cancel(id)).kind).toBe(status === 'viewed' ? 'accepted' : 'unclear');
    },
  );

  test.each(['signed', 'declined', 'expired', 'error'] as const)(
    '%s cannot be cancelled, and a read says why',
    async (status) => {
      const { id } = control.seed({ status });
      expect(await caller.cancel(id)).toMatchObject({ kind: 'unclear', mayHaveActed: false });
      expect(await caller.read(id)).toEqual({ kind: 'status', status });
    },
  );
});
