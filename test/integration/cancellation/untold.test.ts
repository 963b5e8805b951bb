/** What is yet to be told keeps an item in sight, and hides nothing of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('a failed cancellation that nobody has told of is counted all the same, and hinted until somebody does', async () => {
  const play = stage.play('dropbox-sign', { deadlineMs: 60_000 });
  const told: string[] = [];
  play.ports.telling = {
    isWanted: async () => true,
    sendHint: async (_tenant, id) => {
      told.push(id);
    },
  };
  play.simulated.set({ faults: [{ on: 'any', do: 'status', status: 402, times: 0 }] });
  play.about(play.simulated.seed().id);
  await play.wish();
  for (let round = 0; round < 40 && (await play.stored())?.cancellation?.state !== 'failed'; round += 1) {
    await play.deliver();
    play.skip(30_000);
    await play.sweep();
  }
  play.simulated.set({ faults: [] });
  const failed = await play.stored();
  expect(failed?.cancellation?.state).toBe('failed');
  expect(failed?.untold).toBe(1);
  told.splice(0);
  play.skip(600_000);
  const report = await play.sweep();
  expect(report).toMatchObject({ failed: 1, overdue: 1 });
  expect(told).toEqual([failed?.id]);
  if (failed !== null) expect(await play.ports.requests.markTold(failed, play.now())).toBe(true);
  play.skip(600_000);
  expect(await play.sweep()).toMatchObject({ failed: 1, overdue: 0, seen: 0 });
  expect((await play.stored())?.untold).toBeNull();
});
