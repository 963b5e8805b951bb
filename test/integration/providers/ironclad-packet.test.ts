import { beforeAll, describe, expect, test } from 'vitest';
import type { Control } from '../../simulators/control.ts';
import type { Caller } from './call.ts';
import { appOf, ironcladStage, userOf } from './ironclad-stage.ts';

const credentials = userOf('company-1');
const invalidState = {
  kind: 'unclear',
  mayHaveActed: false,
  error: { type: 'refused', detail: 'The provider answered 400 INVALID_STATE.' },
};
const cancelled = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };

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
