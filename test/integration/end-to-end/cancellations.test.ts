/** A cancellation over the wire: what it answers, what proves it, and what asking again does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeAfterwards } from './afterwards.ts';
import { openRescind, providers, quickSettings, type Rescind } from './rescind.ts';
import { untilState } from './waiting.ts';

let rescind: Rescind;
beforeAll(async () => {
  // Nobody looks for proof by itself within this test.
  rescind = await openRescind({ ...quickSettings, CONFIRMATION_WINDOW_SECONDS: '3600' });
});
afterAll(() => rescind?.stack.close());

const proofOf = {
  'dropbox-sign': { by: 'webhook', status: 'cancelled', effect: 'voided' },
  okdokument: { by: 'response', status: 'deleted', effect: 'deleted' },
} as const;

describe.each(providers)('%s', (provider) => {
  const { by, status, effect } = proofOf[provider];

  test("is confirmed by the provider's own evidence, after one call", async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const providerRequestId = connection.seed();
    const asked = await client.call('createCancellation', {
      body: {
        account_id: connection.accountId,
        provider_request_id: providerRequestId,
        reason: 'Sent by mistake.',
      },
    });
    expect(asked.status).toBe(202);
    const { id } = asked.body;
    expect(asked.headers.get('location')).toBe(`/v1/signature_requests/${id}`);

    const { cancellation, ...request } = await untilState(client, id, 'confirmed');
    expect(request).toMatchObject({
      account_id: connection.accountId,
      provider,
      provider_request_id: providerRequestId,
      status: 'cancelled',
    });
    expect(cancellation).toMatchObject({
      scope: 'workflow',
      effect,
      reason: 'Sent by mistake.',
      reason_delivered: false,
      requested_by: 'demo',
      confirmed_by: by,
      attempts: 1,
      next_check_at: null,
      error: null,
    });
    expect(connection.cancelCalls(providerRequestId)).toBe(1);
    expect(connection.control.request(providerRequestId)?.status).toMatch(/^(cancelled|deleted)$/);

    const { items } = (await client.call('getHistory', { path: { id } })).body;
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted());
    expect(items[0]).toMatchObject({ type: 'requested', from: null, to: 'queued', evidence: null });
    expect(items.at(-1)).toMatchObject({
      type: 'confirmed',
      to: 'confirmed',
      evidence: { kind: by, status, at: cancellation.confirmed_at },
    });
  });

  test('asking again is the same cancellation', async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const providerRequestId = connection.seed();
    const { id } = await connection.cancel(providerRequestId);
    const confirmed = await untilState(client, id, 'confirmed');
    const body = { account_id: connection.accountId, provider_request_id: providerRequestId };
    for (const again of [
      await client.call('createCancellation', { body }),
      await client.call('cancelSignatureRequest', { path: { id } }),
      await client.call('cancelSignatureRequest', { path: { id }, body: { reason: 'Once more.' } }),
    ]) {
      expect(again.status).toBe(200);
      expect(again.body).toEqual(confirmed);
    }
    const retry = await client.refused('retryCancellation', { path: { id } });
    expect([retry.status, retry.name]).toEqual([409, 'not-retryable']);
    expect(connection.cancelCalls(providerRequestId)).toBe(1);
  });

  test('asked ten times at once, it is one cancellation and one call', async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const providerRequestId = connection.seed();
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => connection.cancel(providerRequestId, { reason: 'Ten times.' })),
    );
    const ids = new Set(asked.map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(new Set(asked.map(({ cancellation }) => cancellation?.requested_at)).size).toBe(1);
    const [id = ''] = ids;
    expect((await untilState(client, id, 'confirmed')).cancellation.attempts).toBe(1);
    expect(connection.cancelCalls(providerRequestId)).toBe(1);
  });

  test('what the provider does not know is rejected as not found', async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const { id } = await connection.cancel('nobody-has-heard-of-this');
    const { cancellation } = await untilState(client, id, 'rejected');
    expect(cancellation.error?.type).toBe('not-found');
    const again = await client.refused('cancelSignatureRequest', { path: { id } });
    expect([again.status, again.name]).toEqual([409, 'not-cancellable']);
  });
});

describe('Prefer: wait', () => {
  const ask = async (prefer: string, delayMs: number) => {
    const { client, connect } = rescind;
    const connection = await connect('dropbox-sign');
    const providerRequestId = connection.seed();
    connection.control.override(providerRequestId, { cancel_delay_ms: delayMs });
    const begun = Date.now();
    const answer = await client.call('createCancellation', {
      body: { account_id: connection.accountId, provider_request_id: providerRequestId },
      headers: { prefer },
    });
    return { answer, tookMs: Date.now() - begun };
  };
  const never = 600_000;

  test.each(['wait=25', 'respond-async, wait=25', 'WAIT="25"', 'wait=3600'])(
    '%s: 200 at the end',
    async (prefer) => {
      const { answer } = await ask(prefer, 300);
      expect(answer.status).toBe(200);
      expect(answer.body.cancellation?.state).toBe('confirmed');
      expect(answer.headers.get('preference-applied')).toBe('wait=25');
    },
  );

  test('wait=1: 202 when that time is over', async () => {
    const { answer, tookMs } = await ask('wait=1', never);
    expect(answer.status).toBe(202);
    expect(answer.body.cancellation?.state).toBe('submitted');
    expect(tookMs).toBeGreaterThanOrEqual(1_000);
  });

  test.each(['wait=0', 'wait=-1', 'wait=soon', 'wait', 'return=minimal', ''])(
    '%j: 202 at once',
    async (prefer) => {
      const { answer, tookMs } = await ask(prefer, never);
      expect(answer.status).toBe(202);
      expect(tookMs).toBeLessThan(10_000);
    },
  );
});

test.each([`Because ${'🖋'.repeat(992)}`, 'x'])('a reason is kept whole', async (reason) => {
  const { client, connect } = rescind;
  const connection = await connect('okdokument');
  const { id } = await connection.cancel(connection.seed(), { reason });
  expect((await untilState(client, id, 'confirmed')).cancellation.reason).toBe(reason);
});

describeAfterwards(() => rescind);
