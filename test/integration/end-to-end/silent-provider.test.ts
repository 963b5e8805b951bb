/** A provider that says "queued" and then nothing, and signers who are faster. The deadline is a few seconds off. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeAfterwards } from './afterwards.ts';
import { openRescind, type providers, quickSettings, type Rescind } from './rescind.ts';
import { untilRequest, untilState } from './waiting.ts';

let rescind: Rescind;
beforeAll(async () => {
  rescind = await openRescind({
    ...quickSettings,
    CONFIRMATION_WINDOW_SECONDS: '1',
    CANCEL_DEADLINE_SECONDS: '8',
  });
});
afterAll(() => rescind?.stack.close());

const begin = async (...[provider, seed]: [(typeof providers)[number], { status?: string }?]) => {
  const connection = await rescind.connect(provider);
  const providerRequestId = connection.seed(seed);
  return { ...connection, providerRequestId };
};

describe.concurrent('Dropbox Sign', () => {
  test('its event is lost: a look at the window confirms', async () => {
    const { client } = rescind;
    const { control, providerRequestId, cancel, cancelCalls } = await begin('dropbox-sign');
    control.override(providerRequestId, { callbacks: 'lose' });
    const { id } = await cancel(providerRequestId);
    const { cancellation } = await untilState(client, id, 'confirmed');
    expect(cancellation).toMatchObject({ confirmed_by: 'poll', attempts: 1 });
    expect(cancelCalls(providerRequestId)).toBe(1);
  });

  test('it forgets the cancellation: submitted again, then failed at the deadline, then retried', async () => {
    const { client } = rescind;
    const { control, providerRequestId, cancel, cancelCalls } = await begin('dropbox-sign');
    control.override(providerRequestId, { cancel_outcome: 'silently_dropped' });
    const { id } = await cancel(providerRequestId);
    const early = await client.refused('retryCancellation', { path: { id } });
    expect([early.status, early.name]).toEqual([409, 'not-retryable']);

    const again = await untilRequest(client, id, ({ cancellation }) => (cancellation?.attempts ?? 0) >= 2);
    expect(['queued', 'submitted']).toContain(again.cancellation?.state);
    expect(again.cancellation?.next_check_at).not.toBeNull();
    expect(again.status).not.toBe('cancelled');

    const failed = await untilState(client, id, 'failed');
    expect(failed.cancellation.error?.type).toBe('deadline-exceeded');
    expect(failed.cancellation.next_check_at).toBeNull();
    expect(failed.cancellation.confirmed_at).toBeNull();
    expect(failed.cancellation.attempts).toBe(cancelCalls(providerRequestId));
    const listed = await client.call('listSignatureRequests', { query: { cancellation_state: 'failed' } });
    expect(listed.body.items.map((item) => item.id)).toContain(id);

    control.override(providerRequestId, { cancel_outcome: 'canceled' });
    const retried = await client.call('retryCancellation', { path: { id } });
    expect(retried.status).toBe(202);
    expect(retried.body.cancellation).toMatchObject({ state: 'queued', error: null });
    await untilState(client, id, 'confirmed');
    const late = await client.refused('retryCancellation', { path: { id } });
    expect([late.status, late.name]).toEqual([409, 'not-retryable']);
    const types = (await client.call('getHistory', { path: { id } })).body.items.map(({ type }) => type);
    expect(types.filter((type) => ['failed', 'retried', 'confirmed'].includes(type))).toEqual([
      'failed',
      'retried',
      'confirmed',
    ]);
  });

  test('asking again for one that failed retries it', async () => {
    const { client } = rescind;
    const { control, providerRequestId, cancel } = await begin('dropbox-sign');
    control.override(providerRequestId, { cancel_outcome: 'silently_dropped' });
    const { id } = await cancel(providerRequestId);
    await untilState(client, id, 'failed');
    control.override(providerRequestId, { cancel_outcome: 'canceled' });
    const again = await client.call('cancelSignatureRequest', { path: { id } });
    expect([again.status, again.body.id]).toEqual([202, id]);
    await untilState(client, id, 'confirmed');
  });

  test('proof that comes after the deadline confirms', async () => {
    const { client } = rescind;
    const { control, providerRequestId, cancel } = await begin('dropbox-sign');
    control.override(providerRequestId, { cancel_outcome: 'silently_dropped' });
    const { id } = await cancel(providerRequestId);
    await untilState(client, id, 'failed');
    control.act(providerRequestId, 'cancel');
    await untilRequest(client, id, ({ cancellation }) => cancellation?.state === 'confirmed');
  });

  test.each(['deliver', 'lose'])('every signer is faster, callbacks: %s: rejected', async (callbacks) => {
    const { client } = rescind;
    const { control, providerRequestId, cancel } = await begin('dropbox-sign');
    control.override(providerRequestId, { cancel_outcome: 'lost_race_all_signed', callbacks });
    const { id } = await cancel(providerRequestId);
    await isRejectedAsSigned(id);
    const { items } = (await client.call('getHistory', { path: { id } })).body;
    expect(items.map(({ to }) => to)).not.toContain('confirmed');
  });

  test.each([
    ['signed', 'signed', 'already-signed'],
    ['declined', 'declined', 'already-declined'],
    ['expired', 'expired', 'already-expired'],
  ])('%s before it was asked for: rejected', async (at, status, error) => {
    const { client } = rescind;
    const { providerRequestId, cancel } = await begin('dropbox-sign', { status: at });
    const request = await untilState(client, (await cancel(providerRequestId)).id, 'rejected');
    expect([request.status, request.cancellation.error?.type]).toEqual([status, error]);
  });
});

describe.concurrent('OKdokument', () => {
  test('the signer is faster than a provider that is down: rejected by its metadata', async () => {
    const { control, providerRequestId, cancel } = await begin('okdokument');
    const down = { do: 'status', status: 500, times: 0 } as const;
    control.override(providerRequestId, {
      faults: [
        { on: 'read', ...down },
        { on: 'cancel', ...down },
      ],
    });
    const { id } = await cancel(providerRequestId);
    control.act(providerRequestId, 'sign');
    await isRejectedAsSigned(id);
    expect(control.request(providerRequestId)?.status).toBe('signed');
  });

  test('it refuses to delete what is signed: not confirmed, and rejected once the callback says so', async () => {
    const { client } = rescind;
    const { control, providerRequestId, cancel } = await begin('okdokument', { status: 'signed' });
    control.override(providerRequestId, { delete_of_signed: '400' });
    const { id } = await cancel(providerRequestId);
    const seen = await untilRequest(client, id, ({ cancellation }) => (cancellation?.attempts ?? 0) >= 1);
    expect(seen.cancellation?.state).not.toBe('confirmed');
    control.act(providerRequestId, 'sign');
    await isRejectedAsSigned(id);
  });
});

const isRejectedAsSigned = async (id: string): Promise<void> => {
  const { client } = rescind;
  const { status, cancellation } = await untilState(client, id, 'rejected');
  expect([status, cancellation.error?.type]).toEqual(['signed', 'already-signed']);
  expect(cancellation).toMatchObject({ confirmed_at: null, confirmed_by: null, next_check_at: null });
  const again = await client.refused('cancelSignatureRequest', { path: { id } });
  expect([again.status, again.name]).toEqual([409, 'not-cancellable']);
};

describeAfterwards(() => rescind);
