/** A bulk runs at the provider's rate, and an outage is probed, not hammered. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creationExamples } from './creations.ts';
import { openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const bulk = async (play: Play, count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) {
    play.about(play.simulated.seed().id);
    await play.wish();
  }
};

/** Delivers, sweeps and lets seconds pass until nothing is left to do. */
const run = async (play: Play, until: (states: readonly (string | null)[]) => boolean): Promise<void> => {
  for (let second = 0; second < 900; second += 1) {
    await play.deliver();
    if (second % 60 === 59) await play.sweep();
    if (second % 10 === 9 && until(await play.states())) return;
    play.skip(1_000);
  }
};

const busiestMinute = (calls: readonly number[]): number =>
  Math.max(...calls.map((from) => calls.filter((at) => at >= from && at < from + 60_000).length));

test('a bulk never exceeds the limit in any minute, and none of it is lost', async () => {
  const play = stage.play('okdokument');
  const count = 150;
  await bulk(play, count);
  await run(play, (states) => states.every((state) => state === 'confirmed'));
  expect(await play.states()).toEqual(Array(count).fill('confirmed'));
  expect(busiestMinute(play.calls)).toBeLessThanOrEqual(120);
  // Not so polite that it never ends: half of the limit is its own.
  const minutes = ((play.calls.at(-1) ?? 0) - (play.calls[0] ?? 0)) / 60_000;
  expect(play.calls.length / minutes).toBeGreaterThan(40);
  // One attempt each: pacing is no failure.
  expect(play.simulated.calls({ operation: 'cancel' }).length).toBe(count);
});

test('an outage costs a few calls, not one for each cancellation, and its end lets all through', async () => {
  const play = stage.play('dropbox-sign');
  play.simulated.set({
    callbacks: 'lose',
    cancel_delay_ms: 0,
    faults: [{ on: 'any', do: 'status', status: 503, times: 0 }],
  });
  const count = 40;
  await bulk(play, count);
  const outageEnds = play.now() + 60_000;
  while (play.now() < outageEnds) {
    await play.deliver();
    play.skip(1_000);
  }
  expect(play.calls.length).toBeLessThan(count);
  expect(await play.storedAccount()).toMatchObject({ pauseReason: 'provider-unavailable' });
  play.simulated.set({ faults: [] });
  await run(play, (states) => states.every((state) => state === 'submitted' || state === 'confirmed'));
  expect((await play.states()).filter((state) => state === 'queued' || state === 'failed')).toEqual([]);
  expect(await play.storedAccount()).toMatchObject({ trips: 0, pausedUntil: null });
});

test('a bulk of creations keeps the pace too: what is reserved is used', async () => {
  const play = stage.play('box-sign');
  const count = 60;
  const { body } = creationExamples('https://files.example/nda.pdf')['box-sign'];
  for (let n = 0; n < count; n += 1) await play.create(body, `bulk-${n}`);
  for (let second = 0; second < 240; second += 1) {
    await play.deliver();
    if (second % 60 === 59) await play.sweep();
    play.skip(1_000);
  }
  const made = play.simulated.calls({ operation: 'create' }).filter(({ status }) => status === 201);
  expect(made).toHaveLength(count);
  // Half of a hundred a minute is its own.
  expect(busiestMinute(play.calls)).toBeLessThanOrEqual(100);
});
