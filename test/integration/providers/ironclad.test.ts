import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import type { Control } from '../../simulators/control.ts';
import { type Caller, callerOf } from './call.ts';
import { describeProvider } from './contract.ts';
import { appOf, ironcladStage, userOf } from './ironclad-stage.ts';

const credentials = userOf('company-1');

describeProvider({
  provider: ironclad,
  simulator: 'ironclad',
  credentials,
  credentialsOf: userOf,
  wrongCredentials: userOf('token-bad'),
  cancelCanProve: false,
  callbackSaysSigned: false,
  async registerCallback({ baseUrl, id, url }) {
    const headers = { authorization: 'Bearer company-1', 'content-type': 'application/json' };
    const body = JSON.stringify({ events: ['*'], targetURL: url });
    expect((await fetch(`${baseUrl}/webhooks`, { method: 'POST', headers, body })).ok).toBe(true);
    // The workflow joins the company that first asks for it.
    await callerOf(ironclad, { baseUrl, credentials }).read(id);
    return undefined;
  },
});

const invalidState = {
  kind: 'unclear',
  mayHaveActed: false,
  error: { type: 'refused', detail: 'The provider answered 400 INVALID_STATE.' },
};
const cancelled = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };

describe('a workflow at Ironclad', () => {
  const stage = ironcladStage();
  let control: Control;
  let caller: Caller;
  beforeAll(() => {
    control = stage().control;
    caller = stage().as(credentials);
  });
  const post = (path: string, body: object, token = 'company-1') =>
    fetch(`${stage().baseUrls.IRONCLAD_BASE_URL}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('the reason arrives, and the step stays where it was', async () => {
    const { id } = control.seed({ status: 'review' });
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
    expect(control.request(id)?.cancelReason).toBe('Superseded');
    const headers = { authorization: 'Bearer company-1' };
    const shown = await fetch(`${stage().baseUrls.IRONCLAD_BASE_URL}/workflows/${id}`, { headers });
    expect(await shown.json()).toMatchObject({ status: 'cancelled', step: 'Review' });
    expect(shown.headers.get('x-ironclad-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await caller.read(id, { sent: 'yes' })).toEqual(cancelled);
  });

  test.each(['review', 'paused', 'sign', 'action_required', 'archive'])(
    '%s is open, and can be cancelled',
    async (status) => {
      const { id } = control.seed({ status });
      expect(await caller.read(id)).toEqual({ kind: 'status', status: 'sent' });
      expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
      expect(await caller.read(id, { sent: 'yes' })).toEqual(cancelled);
    },
  );

  test('without a status, only isCancelled tells', async () => {
    const [open, done] = [control.seed(), control.seed({ status: 'cancelled' })];
    for (const { id } of [open, done]) control.override(id, { status_field: 'missing' });
    expect(await caller.read(open.id)).toMatchObject({ kind: 'unclear' });
    expect(await caller.read(done.id)).toEqual(cancelled);
  });

  test('a completed one is read as signed; only an admin could still cancel it', async () => {
    const [one, other] = [control.seed({ status: 'completed' }), control.seed({ status: 'completed' })];
    control.override(other.id, { acting_user: 'admin' });
    expect(await caller.read(one.id)).toEqual({ kind: 'status', status: 'signed' });
    expect(await caller.cancel(one.id)).toMatchObject({
      kind: 'refused',
      pausesAccount: false,
      error: { type: 'forbidden', detail: 'The provider answered 403 FORBIDDEN.' },
    });
    expect(await caller.cancel(other.id)).toEqual({ kind: 'accepted' });
  });

  test('a repeat is answered 400 or 204, and neither says more than the read', async () => {
    const [refused, taken] = [control.seed(), control.seed()];
    control.override(taken.id, { repeat: '204' });
    for (const { id } of [refused, taken]) control.act(id, 'cancel');
    expect(await caller.cancel(refused.id)).toMatchObject(invalidState);
    expect(await caller.cancel(taken.id)).toEqual({ kind: 'accepted' });
    for (const { id } of [refused, taken]) expect(await caller.read(id)).toEqual(cancelled);
  });

  test.each([
    ['silently_dropped', 'sent'],
    ['lost_race_signed', 'signed'],
  ])('a 204 that is %s is no proof: the read finds %s', async (outcome, status) => {
    const { id } = control.seed();
    control.override(id, { cancel_outcome: outcome });
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
    expect(await caller.read(id, { sent: 'yes' })).toEqual({ kind: 'status', status });
  });

  test('of another company it is unknown, or forbidden', async () => {
    const [hidden, shown] = [control.seed({ key: 'company-2' }), control.seed({ key: 'company-2' })];
    control.override(shown.id, { foreign_workflow: '403' });
    expect(await caller.cancel(hidden.id)).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type: 'not-found', providerStatus: 404 },
    });
    expect(await caller.read(hidden.id)).toMatchObject({ kind: 'not_found' });
    expect(await caller.cancel(shown.id)).toMatchObject({ kind: 'refused', error: { type: 'forbidden' } });
    expect(await caller.read(shown.id)).toMatchObject({ kind: 'refused', error: { type: 'forbidden' } });
  });

  test('its IC- number reads it and does not cancel it: such ids are refused before', async () => {
    const { id } = control.seed();
    const headers = { authorization: 'Bearer company-1' };
    const shown = await fetch(`${stage().baseUrls.IRONCLAD_BASE_URL}/workflows/${id}`, { headers });
    const { ironcladId } = z.object({ ironcladId: z.string() }).parse(await shown.json());
    expect(await caller.cancel(ironcladId)).toMatchObject({ error: { type: 'not-found' } });
    expect(ironclad.requestIds?.pattern.test(ironcladId)).toBe(false);
    expect(ironclad.requestIds?.pattern.test(id)).toBe(true);
  });

  test.each([
    [{ comment: 'a plain string' }, 'INVALID_PARAM'],
    [{ reason: 'the other call’s' }, 'MISSING_PARAM'],
  ])('the body %j, as others send it, would be refused', async (body, code) => {
    const answer = await post(`workflows/${control.seed().id}/cancel`, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code, param: 'comment' });
  });

  test('a 429 describes its bucket: reads go on', async () => {
    const { id } = control.seed();
    control.override(id, { faults: [{ on: 'cancel', do: 'status', status: 429 }], fault_retry_seconds: 7 });
    const answer = await caller.cancel(id);
    expect(answer).toMatchObject({ kind: 'try_again', error: { type: 'rate-limited' } });
    expect(answer.kind === 'try_again' && (answer.retryAt ?? 0) - Date.now()).toBeGreaterThan(5_000);
    control.set({ rate_limit_per_minute: 1 });
    for (const _ of [1, 2, 3]) expect((await caller.read(id)).kind).toBe('status');
    control.set({ rate_limit_per_minute: 0 });
  });

  test('one that is made, paused and resumed through its own API is listed until it is cancelled', async () => {
    const created = await post('workflows', { template: 't-1' }, 'company-3');
    const made = z.object({ id: z.string() }).parse(await created.json());
    const own = stage().as(userOf('company-3'));
    const comment = { comment: { message: 'wait' } };
    expect((await post(`workflows/${made.id}/pause`, comment, 'company-3')).status).toBe(204);
    expect(await own.read(made.id)).toEqual({ kind: 'status', status: 'sent' });
    expect((await post(`workflows/${made.id}/pause`, comment, 'company-3')).status).toBe(400);
    expect((await post(`workflows/${made.id}/resume`, comment, 'company-3')).status).toBe(204);
    const listed = async (query: string) => {
      const headers = { authorization: 'Bearer company-3' };
      const answer = await fetch(`${stage().baseUrls.IRONCLAD_BASE_URL}/workflows?${query}`, { headers });
      return z.object({ count: z.number() }).parse(await answer.json()).count;
    };
    expect(await listed('')).toBe(1);
    expect(await own.cancel(made.id)).toEqual({ kind: 'accepted' });
    expect(await listed('')).toBe(0);
    expect(await listed('status=active,paused,completed,cancelled')).toBe(1);
  });
});

describe('a signature packet at Ironclad', () => {
  const stage = ironcladStage();
  let control: Control;
  let caller: Caller;
  let viaApp: Caller;
  beforeAll(() => {
    control = stage().control;
    caller = stage().as(credentials, 'signature_packet');
    viaApp = stage().as(appOf('company-1'), 'signature_packet');
  });
  const taken = { kind: 'proof', status: 'cancelled', requestStatus: 'created' };

  test('it alone is taken back, with the reason; the workflow goes on', async () => {
    const { id } = control.seed();
    expect(await caller.read(id)).toEqual({ kind: 'status', status: 'sent' });
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
    expect(control.request(id)).toMatchObject({ status: 'sign', cancelReason: 'Superseded' });
    expect(await caller.read(id, { sent: 'yes' })).toEqual(taken);
    expect(await stage().as(credentials).read(id)).toEqual({ kind: 'status', status: 'sent' });
    expect(control.calls({ requestId: id, operation: 'cancel' })).toEqual([]);
  });

  test('a declined one waits for somebody, and can be taken back', async () => {
    const { id } = control.seed();
    control.act(id, 'decline');
    expect(await caller.read(id)).toEqual({ kind: 'status', status: 'sent' });
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
  });

  test('none is out: nothing to cancel before a call of ours, proof after one', async () => {
    for (const status of ['sign', 'review', 'paused']) {
      const { id } = control.seed({ status });
      expect(await caller.read(id)).toMatchObject({ kind: 'ended', as: 'not_found' });
      expect(await caller.cancel(id)).toMatchObject(invalidState);
      for (const sent of ['maybe', 'yes'] as const) expect(await caller.read(id, { sent })).toEqual(taken);
    }
  });

  test.each([
    ['sign_packet', { kind: 'status', status: 'signed' }],
    ['sign', { kind: 'status', status: 'signed' }],
    ['remove_signer', taken],
    ['revert', taken],
    ['cancel', cancelled],
  ])('%s while the cancel is under way: %j', async (action, meaning) => {
    const { id } = control.seed();
    control.override(id, { faults: [{ on: 'cancel_packet', do: 'cut_before' }] });
    expect(await caller.cancel(id)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    control.act(id, action);
    expect(await caller.read(id, { sent: 'maybe' })).toEqual(meaning);
    expect(await viaApp.read(id, { sent: 'maybe' })).toEqual(meaning);
  });

  test.each([
    ['silently_dropped', { kind: 'status', status: 'sent' }],
    ['lost_race_signed', { kind: 'status', status: 'signed' }],
  ])('a 200 that is %s is no proof', async (outcome, meaning) => {
    const { id } = control.seed();
    control.override(id, { cancel_outcome: outcome });
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
    expect(await caller.read(id, { sent: 'yes' })).toEqual(meaning);
  });

  test('the answer was lost after the act: the read finds it', async () => {
    const { id } = control.seed();
    control.override(id, { faults: [{ on: 'cancel_packet', do: 'cut_after' }] });
    expect(await caller.cancel(id)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    expect(await caller.read(id, { sent: 'maybe' })).toEqual(taken);
  });

  test('an app may not read the packet’s own status: the workflow tells, if it does', async () => {
    const [told, hidden] = [control.seed(), control.seed()];
    control.override(hidden.id, { unsent_packet_state: 'in_progress' });
    for (const { id } of [told, hidden]) {
      expect(await viaApp.read(id)).toEqual({ kind: 'status', status: 'sent' });
      expect(await viaApp.cancel(id)).toEqual({ kind: 'accepted' });
    }
    expect(await viaApp.read(told.id, { sent: 'yes' })).toEqual(taken);
    expect(await viaApp.read(hidden.id, { sent: 'yes' })).toEqual({ kind: 'status', status: 'sent' });
    const asked = control.calls({ requestId: told.id }).map(({ path }) => path);
    expect(asked.slice(0, 2)).toEqual([
      `/public/api/v1/workflows/${told.id}/sign-status`,
      `/public/api/v1/workflows/${told.id}`,
    ]);
  });

  test('after it was sent out again, it can be taken back again', async () => {
    const { id } = control.seed();
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
    const path = `${stage().baseUrls.IRONCLAD_BASE_URL}/workflows/${id}/sign-status/send-signature-request`;
    const headers = { authorization: 'Bearer company-1' };
    expect((await fetch(path, { method: 'POST', headers })).status).toBe(200);
    expect(await caller.read(id)).toEqual({ kind: 'status', status: 'sent' });
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
  });

  test('an unknown workflow has none', async () => {
    expect(await caller.read('68f0000000000000000000b2')).toMatchObject({ kind: 'not_found' });
    expect(await caller.cancel('68f0000000000000000000b2')).toMatchObject({ error: { type: 'not-found' } });
  });
});
