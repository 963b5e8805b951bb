/** What the sweep keeps in sight, and that nothing is late for that. */
import { afterAll, beforeAll, expect, test } from 'vitest';
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
