/** A hundred thousand runs, each with its own accounts, clients, signers and faults: no rule is ever broken. */
import { expect, test } from 'vitest';
import { playMany } from './play-many.ts';
import { reportShrunk, reportTally } from './report.ts';
import { play } from './run.ts';
import { scenarioOf } from './scenario.ts';
import { shrink } from './shrink.ts';
import { faultsMissing, statesMissing } from './tally.ts';

const seedCount = 100_000;
/** Two: the runner itself has other files at work beside this one. */
const threads = 2;

test(`${seedCount} seeds break no rule, and every fault and every end is among them`, async () => {
  const started = performance.now();
  const tally = await playMany({ from: 0, count: seedCount }, threads, ({ broken }) => broken.length > 0);
  process.stdout.write(`${reportTally(tally, (performance.now() - started) / 1_000)}\n`);
  const [first] = tally.broken;
  const shorter = first === undefined ? null : await shrink(scenarioOf(first.seed));
  expect(shorter === null ? 'nothing' : reportShrunk(shorter)).toBe('nothing');
  expect(tally.broken).toEqual([]);
  expect(tally.seeds).toBe(seedCount);
  expect(faultsMissing(tally)).toEqual([]);
  expect(statesMissing(tally)).toEqual([]);
});

test('a seed plays the same each time', async () => {
  const history = async (seed: number): Promise<readonly string[]> => {
    const lines: string[] = [];
    await play(scenarioOf(seed), { note: (line) => lines.push(line) });
    return lines;
  };
  for (const seed of [3, 10, 30, 135, 364, 999]) {
    const first = await history(seed);
    expect(first.length).toBeGreaterThan(5);
    expect(await history(seed)).toEqual(first);
  }
});
