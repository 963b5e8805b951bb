import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import type { Control } from '../../simulators/control.ts';
import { boxSignStage, clientCredentials } from './box-sign-stage.ts';
import { type Caller, callerOf } from './call.ts';
import { describeProvider } from './contract.ts';

const credentials = clientCredentials('111');

describeProvider({
  provider: boxSign,
  simulator: 'box-sign',
  credentials,
  credentialsOf: clientCredentials,
  wrongCredentials: { access_token: 'token-bad' },
  async registerCallback({ baseUrl, id, url }) {
    const given = { access_token: '111' };
    const connection = {
      baseUrl,
      credentials: given,
      options: { webhook_folder_id: '777' },
      accessToken: null,
    };
    const request = boxSign.webhookSetup.request(connection, url);
    const outcome = request && (await callProvider(request, 1_000));
    expect(outcome).toMatchObject({ kind: 'response', response: { status: 201 } });
    // The request joins the user that first asks for it.
    await callerOf(boxSign, { baseUrl, credentials: given }).read(id);
  },
});

describe('a cancel at Box Sign', () => {
  const stage = boxSignStage();
  let control: Control;
  let caller: Caller;
  beforeAll(() => {
    control = stage().control;
    caller = stage().as(credentials);
  });
  const as = (of: object) => stage().as(of);
  const statusOf = (id: string) => control.request(id)?.status;

  test('the answer is the proof, and the reason arrives', async () => {
    const { id } = control.seed();
    expect(await caller.cancel(id)).toEqual({ kind: 'confirmed', status: 'cancelled' });
    expect(control.request(id)?.cancelReason).toBe('Superseded');
    expect(await caller.read(id)).toEqual({
      kind: 'proof',
      status: 'cancelled',
      requestStatus: 'cancelled',
    });
  });

  test.each(['created', 'sent', 'viewed'])('%s can be cancelled', async (status) => {
    const { id } = control.seed({ status });
    expect(await caller.read(id)).toEqual({ kind: 'status', status });
    expect((await caller.cancel(id)).kind).toBe('confirmed');
  });

  test.each([
    ['finalizing', 'finalizing'],
    ['signed', 'signed'],
    ['declined', 'declined'],
    ['expired', 'expired'],
    ['error', 'error'],
    ['error_converting', 'error_converting'],
    ['error_sending', 'error_sending'],
    ['error_finalizing', 'error_finalizing'],
    ['downloaded', 'signed'],
    ['signed and downloaded', 'signed'],
  ])('%s cannot, and a read says why: %s', async (status, read) => {
    const { id } = control.seed({ status });
    expect(await caller.cancel(id)).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type: 'refused', detail: 'The provider answered 400 bad_request.' },
    });
    expect(await caller.read(id)).toEqual({ kind: 'status', status: read });
    expect(statusOf(id)).toBe(status);
  });

  test('while it converts it is refused, and the same call helps afterwards', async () => {
    const { id } = control.seed({ status: 'converting' });
    control.override(id, { converting_ms: 300 });
    expect(await caller.cancel(id)).toMatchObject({ kind: 'unclear', mayHaveActed: false });
    expect(await caller.read(id)).toEqual({ kind: 'status', status: 'converting' });
    await sleep(310);
    expect((await caller.cancel(id)).kind).toBe('confirmed');
  });

  test('or it is tolerated while it converts, as in the vendor’s own tests', async () => {
    const { id } = control.seed({ status: 'converting' });
    control.override(id, { converting_ms: 60_000, cancel_during_converting: '200' });
    expect((await caller.cancel(id)).kind).toBe('confirmed');
  });

  test('a second one is answered 200, or 400 and a read proves it', async () => {
    const [same, other] = [control.seed(), control.seed()];
    control.override(other.id, { second_cancel: '400' });
    for (const { id } of [same, other]) control.act(id, 'cancel');
    expect((await caller.cancel(same.id)).kind).toBe('confirmed');
    expect(await caller.cancel(other.id)).toMatchObject({ kind: 'unclear', mayHaveActed: false });
    expect((await caller.read(other.id)).kind).toBe('proof');
  });

  test.each([
    ['silently_dropped', 'sent'],
    ['lost_race_signed', 'signed'],
  ])('a 200 that is %s is no proof: it is %s', async (outcome, status) => {
    const { id } = control.seed();
    control.override(id, { cancel_outcome: outcome });
    expect(await caller.cancel(id)).toMatchObject({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'unexpected-answer', detail: `The provider answered 200 ${status}.` },
    });
    expect(await caller.read(id, { sent: 'maybe' })).toEqual({ kind: 'status', status });
  });

  test('a deleted folder hides the request: 404 is never "cancelled"', async () => {
    const { id } = control.seed();
    expect((await caller.cancel(id)).kind).toBe('confirmed');
    control.override(id, { parent_folder: 'deleted' });
    expect(await caller.cancel(id)).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
      error: { type: 'not-found', providerStatus: 404 },
    });
    expect(await caller.read(id, { sent: 'yes' })).toMatchObject({ kind: 'not_found' });
  });

  test('who is not the requester may be told 404 or 403', async () => {
    const [hidden, shown] = [control.seed({ key: '222' }), control.seed({ key: '222' })];
    control.override(shown.id, { foreign_request: '403' });
    expect(await caller.cancel(hidden.id)).toMatchObject({ error: { type: 'not-found' } });
    expect(await caller.cancel(shown.id)).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
      error: {
        type: 'forbidden',
        detail: expect.stringContaining('access_denied_insufficient_permissions'),
      },
    });
    expect(await caller.read(shown.id)).toMatchObject({ kind: 'refused', error: { type: 'forbidden' } });
    expect((await as(clientCredentials('222')).cancel(shown.id)).kind).toBe('confirmed');
  });

  test.each(['retry-after', 'Retry-After'])('a 429 names its time in %s', async (name) => {
    const { id } = control.seed();
    const faults = [{ on: 'cancel', do: 'status', status: 429 } as const];
    control.override(id, { retry_after_name: name, fault_retry_seconds: 7, faults });
    const answer = await caller.cancel(id);
    expect(answer).toMatchObject({
      kind: 'try_again',
      pausesAccount: true,
      error: { type: 'rate-limited' },
    });
    expect(answer.kind === 'try_again' && (answer.retryAt ?? 0) - Date.now()).toBeGreaterThan(5_000);
  });

  test('a 202 with Retry-After means "not yet"', async () => {
    const { id } = control.seed();
    const notYet = { do: 'reply', status: 202, headers: { 'Retry-After': '1' } } as const;
    control.override(id, {
      faults: [
        { on: 'cancel', ...notYet },
        { on: 'read', ...notYet },
      ],
    });
    expect(await caller.cancel(id)).toMatchObject({ kind: 'try_again', pausesAccount: false });
    expect(await caller.read(id)).toMatchObject({ kind: 'try_again', pausesAccount: false });
    expect((await caller.cancel(id)).kind).toBe('confirmed');
  });

  test('done, yet answered with an error: the read finds it', async () => {
    const { id } = control.seed();
    control.override(id, { faults: [{ on: 'cancel', do: 'status_after', status: 503 }] });
    expect(await caller.cancel(id)).toMatchObject({ kind: 'try_again' });
    expect((await caller.read(id)).kind).toBe('proof');
  });

  test('a request that Box itself made: the sender is its first signer, its name has an extension', async () => {
    const headers = { authorization: 'Bearer 111', 'content-type': 'application/json' };
    const body = JSON.stringify({
      name: 'NDA',
      signers: [{ email: 'ann@signer.example' }],
      source_files: [{ id: '12345', type: 'file' }],
    });
    control.set({ converting_ms: 0 });
    const address = `${stage().baseUrls.BOX_BASE_URL}/sign_requests`;
    const created = await fetch(address, { method: 'POST', headers, body });
    expect(created.status).toBe(201);
    const { id, ...made } = z.looseObject({ id: z.string() }).parse(await created.json());
    expect(made).toMatchObject({ name: 'NDA.pdf', signers: [{ role: 'final_copy_reader' }, {}] });
    expect((await caller.cancel(id)).kind).toBe('confirmed');
    control.set({ converting_ms: 500 });
  });
});
