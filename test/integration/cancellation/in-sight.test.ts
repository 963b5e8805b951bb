/** What the sweep keeps in sight, so that a person is told of all of it and nothing is late for that. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const minute = 60_000;

/** A provider that takes every cancel and cancels nothing. */
const liar = (): Play => {
  const play = stage.play('dropbox-sign');
  play.simulated.set({ cancel_outcome: 'silently_dropped', cancel_delay_ms: 0, callbacks: 'lose' });
  play.about(play.simulated.seed().id);
  return play;
};

describe('a cancellation that its provider took, and that nothing proves', () => {
  test('counts as unconfirmed past the window, at every sweep, also when it was sent again', async () => {
    const play = liar();
    await play.wish();
    await play.deliver();
    play.skip(59 * minute);
    expect(await play.sweep()).toMatchObject({ unconfirmed: 0 });
    play.skip(2 * minute);
    await play.sweep();
    await play.deliver();
    expect((await play.stored())?.cancellation).toMatchObject({ state: 'submitted', attempts: 2 });
    play.skip(5 * minute);
    const counts: number[] = [];
    for (let sweeps = 0; sweeps < 5; sweeps += 1) {
      counts.push((await play.sweep()).unconfirmed);
      play.skip(minute);
    }
    // The first of these sweeps may still have it moved to its next step.
    expect(counts.slice(1)).toEqual([1, 1, 1, 1]);
    expect(play.simulated.calls({ operation: 'cancel' })).toHaveLength(2);
  });

  test('begins its window anew with a retry', async () => {
    const play = liar();
    await play.wish();
    await play.deliver();
    for (let hours = 0; hours < 26; hours += 1) {
      play.skip(60 * minute);
      await play.sweep();
      await play.deliver();
    }
    expect((await play.stored())?.cancellation?.state).toBe('failed');
    await play.retry();
    await play.deliver();
    expect((await play.stored())?.cancellation?.state).toBe('submitted');
    play.skip(10 * minute);
    expect(await play.sweep()).toMatchObject({ unconfirmed: 0 });
  });
});

test('what is untold is looked at again no later than its own next step is due', async () => {
  const play = liar();
  play.ports.telling = { isWanted: async () => true, sendHint: async () => undefined };
  await play.wish();
  await play.deliver();
  play.skip(60 * minute - 30_000);
  await play.sweep();
  const request = await play.stored();
  expect(request?.untold).not.toBeNull();
  expect(request?.wakeAt).toBeLessThanOrEqual(request?.dueAt ?? 0);
});
