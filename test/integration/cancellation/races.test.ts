/** What must come out the same in whatever order it happens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Crash, openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const dropboxSign = (
  switches: Parameters<Play['simulated']['set']>[0] = {},
  policy = {},
): { play: Play; id: string } => {
  const play = stage.play('dropbox-sign', policy);
  play.simulated.set({
    cancel_delay_ms: 0,
    callbacks: 'deliver',
    cancel_outcome: 'canceled',
    callback_before_answer: 'false',
    ...switches,
  });
  const { id } = play.simulated.seed();
  play.about(id);
  return { play, id };
};
const cancelsOf = (play: Play, id: string) => play.simulated.calls({ operation: 'cancel', requestId: id });
const settled = async (play: Play, state: string): Promise<void> => {
  await expect.poll(async () => (await play.stored())?.cancellation?.state, { timeout: 5_000 }).toBe(state);
};

describe('the hint and the write', () => {
  test('ten clients at once are one cancellation and one cancel call', async () => {
    const { play, id } = dropboxSign({ callbacks: 'lose' });
    const results = await Promise.all(Array.from({ length: 10 }, () => play.wish()));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['accepted', ...Array(9).fill('joined')]);
    expect(play.queue).toHaveLength(1);
    await play.deliver();
    expect(cancelsOf(play, id)).toHaveLength(1);
  });

  test('a hint that cannot be sent still leaves the wish, and the sweep finds it', async () => {
    const { play, id } = dropboxSign({ callbacks: 'lose' });
    const { sendHint } = play.ports;
    play.ports.sendHint = async () => {
      throw new Error('SQS is down');
    };
    expect((await play.wish()).outcome).toBe('accepted');
    play.ports.sendHint = sendHint;
    await play.sweep();
    expect(play.queue).toHaveLength(0);
    play.skip(60_001);
    expect(await play.sweep()).toMatchObject({ hinted: 1 });
    await play.deliver();
    expect((await play.stored())?.cancellation).toMatchObject({ state: 'submitted', attempts: 1 });
    expect(cancelsOf(play, id)).toHaveLength(1);
  });

  test('a wish that the store did not take is not accepted, and nobody is hinted', async () => {
    const { play } = dropboxSign();
    play.ports.requests.put = async () => {
      throw new Error('DynamoDB is down');
    };
    await expect(play.wish()).rejects.toThrow('DynamoDB is down');
    expect(play.queue).toEqual([]);
    expect(await play.stored()).toBeNull();
  });

  test('a hint that is handed out twice, first and second time at once, acts once after its first receipt', async () => {
    const { play, id } = dropboxSign({ callbacks: 'lose' });
    await play.wish();
    const [message] = play.queue.splice(0);
    if (message === undefined) throw new Error('no hint was sent');
    await play.dispatch(message);
    await Promise.all([
      play.dispatch({ ...message, receives: 2 }),
      play.dispatch({ ...message, receives: 3 }),
    ]);
    expect(cancelsOf(play, id)).toHaveLength(1);
  });
});

describe('two workers on one item', () => {
  test('both look, one claims and sends', async () => {
    const { play, id } = dropboxSign({ callbacks: 'lose', cancel_outcome: 'silently_dropped' });
    const { request } = await play.wish();
    play.queue.splice(0);
    play.skip(60_001);
    const hint = {
      tenant: request.tenant,
      id: request.id,
      version: request.version,
      cause: 'sweep' as const,
    };
    await Promise.all(Array.from({ length: 5 }, () => play.dispatch({ hint, at: 0, receives: 1 })));
    expect(cancelsOf(play, id)).toHaveLength(1);
    expect((await play.stored())?.cancellation).toMatchObject({ state: 'submitted', attempts: 1 });
  });

  test('the sweep moves the wake time under a worker, and neither loses anything', async () => {
    const { play, id } = dropboxSign({ callbacks: 'lose' });
    await play.wish();
    play.skip(60_001);
    await Promise.all([play.deliver(), play.sweep(), play.sweep()]);
    await play.deliver();
    expect(cancelsOf(play, id)).toHaveLength(1);
    expect((await play.stored())?.cancellation?.state).toBe('submitted');
  });
});

describe('the callback', () => {
  test('confirms what was submitted', async () => {
    const { play } = dropboxSign();
    const stop = await stage.callBack(play.webhook);
    await play.wish();
    await play.deliver();
    await settled(play, 'confirmed');
    expect((await play.stored())?.cancellation).toMatchObject({ evidence: { kind: 'webhook' }, attempts: 1 });
    await stop();
  });

  test('before the submitted write is kept and confirms with it', async () => {
    const { play, id } = dropboxSign({ callback_before_answer: 'true' });
    const stop = await stage.callBack(play.webhook);
    await play.wish();
    await play.deliver();
    const { cancellation, history } = (await play.stored()) ?? {};
    expect(cancellation).toMatchObject({ state: 'confirmed', evidence: { kind: 'webhook' }, attempts: 1 });
    expect(history?.map(({ type }) => type)).toEqual(['requested', 'proof_kept', 'confirmed']);
    expect(cancelsOf(play, id)).toHaveLength(1);
    await stop();
  });

  test('of another signer finishing first leads to a read, and that to rejected', async () => {
    const { play } = dropboxSign({ cancel_outcome: 'lost_race_all_signed' });
    const stop = await stage.callBack(play.webhook);
    await play.wish();
    await play.deliver();
    await expect
      .poll(() => play.queue.filter(({ hint }) => hint.cause === 'webhook').length, { timeout: 5_000 })
      .toBe(1);
    await play.deliver();
    expect((await play.stored())?.cancellation).toMatchObject({
      state: 'rejected',
      error: { type: 'already-signed' },
    });
    await stop();
  });
});

describe('a webhook that asks for a look', () => {
  test('while our own first call is under way, does not send another', async () => {
    const { play, id } = dropboxSign({ callbacks: 'lose' });
    play.simulated.override(id, { faults: [{ on: 'cancel', do: 'slow', delay_ms: 600 }] });
    const { request } = await play.wish();
    const lone = play.deliver();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const hint = {
      tenant: request.tenant,
      id: request.id,
      version: request.version,
      cause: 'webhook' as const,
    };
    await play.dispatch({ hint, at: 0, receives: 1 });
    await lone;
    expect(cancelsOf(play, id)).toHaveLength(1);
    expect((await play.stored())?.cancellation).toMatchObject({ state: 'submitted', attempts: 1 });
  });
});

describe('the sweep', () => {
  test('goes on behind an item that it cannot read', async () => {
    const { play } = dropboxSign({ callbacks: 'lose' });
    const first = (await play.wish()).request.id;
    play.about(play.simulated.seed().id);
    await play.wish();
    play.queue.splice(0);
    play.skip(60_001);
    const { get } = play.ports.requests;
    play.ports.requests.get = (tenant, id) =>
      id === first ? Promise.reject(new Error('unreadable')) : get(tenant, id);
    expect(await play.sweep()).toMatchObject({ seen: 2, hinted: 1, overdue: 1 });
  });
});

describe('silence', () => {
  test('within the window is patience; at the window a read confirms', async () => {
    const { play } = dropboxSign({ callbacks: 'lose' });
    await play.wish();
    await play.deliver();
    play.skip(3_600_001);
    await play.sweep();
    await play.deliver();
    expect((await play.stored())?.cancellation).toMatchObject({
      state: 'confirmed',
      evidence: { kind: 'poll', status: 'deleted' },
    });
  });

  test('of a provider that forgot is answered by submitting again, and past the deadline by giving up', async () => {
    const { play, id } = dropboxSign(
      { callbacks: 'lose', cancel_outcome: 'silently_dropped' },
      { deadlineMs: 7_300_000 },
    );
    await play.wish();
    await play.deliver();
    for (const state of ['submitted', 'submitted', 'failed']) {
      play.skip(3_660_001);
      await play.sweep();
      await play.deliver();
      expect((await play.stored())?.cancellation?.state).toBe(state);
      if (state === 'submitted') play.skip(-60_000);
    }
    expect(cancelsOf(play, id)).toHaveLength(3);
    play.simulated.set({ cancel_outcome: 'canceled' });
    expect(await play.retry()).toMatchObject({ retried: true });
    await play.deliver();
    play.skip(3_600_001);
    await play.sweep();
    await play.deliver();
    expect((await play.stored())?.cancellation?.state).toBe('confirmed');
  });
});

describe('a provider in trouble', () => {
  test.each(['cut_after', 'hang_after'] as const)(
    '%s: what it did unseen is found by reading, not by sending again',
    async (fault) => {
      const { play, id } = dropboxSign({ callbacks: 'lose' });
      play.simulated.override(id, { faults: [{ on: 'cancel', do: fault }] });
      await play.wish();
      await play.deliver();
      for (let round = 0; round < 5; round += 1) {
        play.skip(5_000);
        await play.deliver();
      }
      expect((await play.stored())?.cancellation).toMatchObject({
        state: 'confirmed',
        evidence: { kind: 'poll' },
      });
      expect(cancelsOf(play, id)).toHaveLength(1);
    },
  );

  test('an hour of server errors loses nothing, and its end is one cancel', async () => {
    const { play, id } = dropboxSign({ callbacks: 'lose' });
    play.simulated.override(id, { faults: [{ on: 'any', do: 'status', status: 503, times: 0 }] });
    await play.wish();
    for (let minute = 0; minute < 60; minute += 1) {
      await play.deliver();
      play.skip(60_000);
    }
    const during = (await play.stored())?.cancellation;
    expect(during).toMatchObject({
      state: 'queued',
      error: { type: 'provider-unavailable', providerStatus: 503 },
    });
    play.simulated.override(id, { faults: [] });
    for (let round = 0; round < 4; round += 1) {
      play.skip(120_000);
      await play.sweep();
      await play.deliver();
    }
    expect((await play.stored())?.cancellation?.state).toBe('submitted');
    expect(cancelsOf(play, id).filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('okdokument', () => {
  const okdokument = () => {
    const play = stage.play('okdokument');
    const { id } = play.simulated.seed();
    play.about(id);
    return { play, id };
  };

  test('is probed, deleted, and confirmed by the answer', async () => {
    const { play, id } = okdokument();
    await play.wish();
    await play.deliver();
    expect(await play.stored()).toMatchObject({
      status: 'cancelled',
      existed: true,
      cancellation: { state: 'confirmed', evidence: { kind: 'response', status: 'deleted' }, attempts: 1 },
    });
    expect(cancelsOf(play, id)).toHaveLength(1);
  });

  test('that deleted and cut the line is confirmed, because the request existed', async () => {
    const { play, id } = okdokument();
    play.simulated.override(id, { faults: [{ on: 'cancel', do: 'cut_after' }] });
    await play.wish();
    await play.deliver();
    for (let round = 0; round < 3; round += 1) {
      play.skip(5_000);
      await play.deliver();
    }
    expect((await play.stored())?.cancellation?.state).toBe('confirmed');
  });

  test('that deleted it after a probe without an answer, unseen by a worker that died, is not said to never have had it', async () => {
    const { play, id } = okdokument();
    play.simulated.override(id, { faults: [{ on: 'read', do: 'status', status: 503 }] });
    await play.wish();
    const { call } = play.ports;
    play.ports.call = async (request, timeoutMs) => {
      const outcome = await call(request, timeoutMs);
      if (request.method === 'DELETE') throw new Crash();
      return outcome;
    };
    await play.deliver();
    expect(play.simulated.request(id)?.status).toBe('deleted');
    play.ports.call = call;
    play.skip(60_001);
    await play.sweep();
    await play.deliver();
    expect((await play.stored())?.cancellation).toMatchObject({
      state: 'failed',
      error: { type: 'outcome-unknown' },
    });
  });

  test('that never heard of the request rejects', async () => {
    const play = stage.play('okdokument');
    play.about('5f0c2a10-7e0b-4c8e-9a8e-000000000000');
    await play.wish();
    await play.deliver();
    expect((await play.stored())?.cancellation).toMatchObject({
      state: 'rejected',
      error: { type: 'not-found' },
    });
  });
});
