/** The verdict of a run: each way in which a promise can be broken is seen. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryEntryView, SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { type Ended, type Fault, judge, strayCancels } from '../../chaos/verdict.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({ port: 0 });
});
afterAll(() => simulators.close());

type State = NonNullable<SignatureRequestView['cancellation']>['state'];
const at = '2026-01-01T00:00:00.000Z';
const proof = { kind: 'poll', status: 'cancelled', at } as const;

const ended = (providerRequestId: string, state: State, evidence: HistoryEntryView['evidence']): Ended => ({
  provider: 'ironclad',
  providerRequestId,
  view: {
    id: `sr_${'0'.repeat(32)}`,
    account_id: 'a',
    provider: 'ironclad',
    provider_request_id: providerRequestId,
    status: 'cancelled',
    name: null,
    external_id: null,
    signers: [],
    creation: null,
    cancellation: {
      state,
      scope: 'workflow',
      effect: 'workflow_cancelled',
      reason: null,
      reason_delivered: null,
      requested_by: 'first',
      requested_at: at,
      submitted_at: null,
      confirmed_at: null,
      confirmed_by: null,
      attempts: 1,
      next_check_at: null,
      error: null,
    },
    reminder: null,
    expires_at: null,
    prepare_url: null,
    read_at: null,
    read_error: null,
    created_at: at,
    updated_at: at,
  },
  history: [
    { at, type: 'confirmed', from: 'queued', to: state, status_from: null, status_to: null, evidence },
  ],
});

const cancelCall = async (id: string): Promise<void> => {
  await fetch(`${simulators.baseUrls.IRONCLAD_BASE_URL}/workflows/${id}/cancel`, {
    method: 'POST',
    headers: { authorization: 'Bearer somebody', 'content-type': 'application/json' },
    body: JSON.stringify({ comment: { message: 'Superseded' } }),
  });
};

test.each<{ name: string; state: State; calls: number; signs: boolean; faults: readonly Fault[] }>([
  { name: 'all is well', state: 'confirmed', calls: 1, signs: false, faults: [] },
  { name: 'the signer was faster', state: 'rejected', calls: 0, signs: true, faults: [] },
  { name: 'it never ended', state: 'queued', calls: 0, signs: false, faults: ['lost'] },
  { name: 'it was given up', state: 'failed', calls: 1, signs: false, faults: ['lost'] },
  { name: 'confirmed, and open', state: 'confirmed', calls: 0, signs: false, faults: ['wrong'] },
  { name: 'confirmed, and signed', state: 'confirmed', calls: 0, signs: true, faults: ['wrong'] },
  { name: 'rejected, and cancelled', state: 'rejected', calls: 1, signs: false, faults: ['wrong'] },
  { name: 'cancelled twice', state: 'confirmed', calls: 2, signs: false, faults: ['doubled'] },
])('$name: $faults', async ({ state, calls, signs, faults }) => {
  const control = simulators.control.ironclad;
  control.set({ repeat: '204' });
  const { id } = control.seed();
  if (signs) control.act(id, 'sign');
  for (let call = 0; call < calls; call += 1) await cancelCall(id);
  expect(judge(ended(id, state, proof), control).map(({ fault }) => fault)).toEqual(faults);
});

test('confirmed without evidence is unproven', async () => {
  const control = simulators.control.ironclad;
  const { id } = control.seed();
  await cancelCall(id);
  expect(judge(ended(id, 'confirmed', null), control).map(({ fault }) => fault)).toEqual(['unproven']);
});

test('a cancel whose answer was cut counts as done, one that was cut before does not', async () => {
  const control = simulators.control.ironclad;
  for (const [fault, faults] of [
    ['cut_after', []],
    ['cut_before', ['wrong']],
  ] as const) {
    const { id } = control.seed();
    control.override(id, { faults: [{ on: 'cancel', do: fault }] });
    await cancelCall(id).catch(() => undefined);
    expect(judge(ended(id, 'confirmed', proof), control).map((found) => found.fault)).toEqual(faults);
    expect(control.calls({ requestId: id })).toMatchObject([{ status: 0, acted: fault === 'cut_after' }]);
  }
});

test('given up as undecidable is no loss at OKdokument, if it is gone there and the error says so', async () => {
  const control = simulators.control.okdokument;
  const faultsOf = (id: string, type: 'outcome-unknown' | 'deadline-exceeded') => {
    const { view, ...rest } = ended(id, 'failed', null);
    if (view?.cancellation == null) throw new Error('there is a cancellation');
    const cancellation = { ...view.cancellation, error: { type, detail: '' } };
    return judge({ ...rest, view: { ...view, cancellation }, provider: 'okdokument' }, control).map(
      ({ fault }) => fault,
    );
  };
  const { id } = control.seed();
  expect(faultsOf(id, 'outcome-unknown')).toEqual(['lost']);
  control.act(id, 'delete');
  expect(faultsOf(id, 'deadline-exceeded')).toEqual(['lost']);
  expect(faultsOf(id, 'outcome-unknown')).toEqual([]);
});

test('a second job at Dropbox Sign is one effect after a look that found it open, and two without', async () => {
  const control = simulators.control['dropbox-sign'];
  const headers = { authorization: `Basic ${Buffer.from('somebody:').toString('base64')}` };
  const base = `${simulators.baseUrls.DROPBOX_SIGN_BASE_URL}/signature_request`;
  control.set({ cancel_delay_ms: 100 });
  for (const [looks, faults] of [
    [true, []],
    [false, ['doubled']],
  ] as const) {
    const { id } = control.seed();
    await fetch(`${base}/cancel/${id}`, { method: 'POST', headers });
    if (looks) await fetch(`${base}/${id}`, { headers });
    await fetch(`${base}/cancel/${id}`, { method: 'POST', headers });
    await expect.poll(() => control.request(id)?.status).toBe('cancelled');
    const judged = judge({ ...ended(id, 'confirmed', proof), provider: 'dropbox-sign' }, control);
    expect(judged.map(({ fault }) => fault)).toEqual(faults);
  }
});

test('a cancel that nobody asked for is seen', async () => {
  const control = simulators.control.ironclad;
  const { id } = control.seed();
  await cancelCall(id);
  const all = new Set(control.requests().map((request) => request.id));
  expect(strayCancels(control, all)).toEqual([]);
  all.delete(id);
  expect(strayCancels(control, all)).toEqual([id]);
});
