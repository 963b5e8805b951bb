import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import type { Control } from '../../simulators/control.ts';
import { type Caller, callerOf } from './call.ts';
import { describeProvider } from './contract.ts';
import { ironcladStage, userOf } from './ironclad-stage.ts';

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
    const created = await post(
      'workflows',
      { template: 't-1', attributes: { counterpartySignerEmail: 'lee@northwind.example' } },
      'company-3',
    );
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
