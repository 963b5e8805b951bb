/** Every await of a cancellation is a place to die. After each death it must end right, and the provider act once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CancellationState, isFinal } from '../../../shared/domain/signature-request.ts';
import type { ProviderName } from '../../../shared/providers/registry.ts';
import { Crash, openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Client, queue, sweep and time go on until the cancellation is final. */
const runToTheEnd = async (play: Play): Promise<CancellationState | undefined> => {
  for (let round = 0; round < 60; round += 1) {
    const request = await play.stored();
    if (isFinal(request?.cancellation ?? null)) return request?.cancellation?.state;
    // A client whose call died asks again.
    if (request === null) await survive(play.wish());
    await play.deliver();
    play.skip(30_000);
    await survive(play.sweep());
  }
  return (await play.stored())?.cancellation?.state;
};

const survive = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
};

describe.each(['dropbox-sign', 'okdokument'] as const)('%s', (provider: ProviderName) => {
  test.each(['before', 'after'] as const)('dies %s any of its awaits', async (when) => {
    let at = 1;
    for (; at < 60; at += 1) {
      const play = stage.play(provider, { confirmationWindowMs: 120_000 });
      // Callbacks are lost here: proof comes from reads alone, so that every run has the same awaits.
      if (provider === 'dropbox-sign') play.simulated.set({ cancel_delay_ms: 0, callbacks: 'lose' });
      const { id } = play.simulated.seed();
      play.about(id);
      Object.assign(play.crash, { at, when });
      await survive(play.wish());
      const state = await runToTheEnd(play);
      const cancels = play.simulated.calls({ operation: 'cancel', requestId: id });
      expect({ at, state, acted: cancels.filter(({ status }) => status === 200).length }).toEqual({
        at,
        state: 'confirmed',
        acted: 1,
      });
      expect((await play.stored())?.cancellation?.attempts).toBeGreaterThanOrEqual(0);
      if (play.crash.count < at) break;
    }
    // The run without a crash must be among them, or the loop proved nothing.
    expect(at).toBeGreaterThan(5);
    expect(at).toBeLessThan(60);
  });
});
