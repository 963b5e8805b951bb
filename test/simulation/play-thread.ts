/** One thread of `play-many.ts`: plays the ranges that it is sent, until it is sent none. */
import { parentPort } from 'node:worker_threads';
import type { Range } from './play-many.ts';
import { playSeed } from './run.ts';
import { count, emptyTally } from './tally.ts';

parentPort?.on('message', async (range: Range | null) => {
  if (range === null) {
    parentPort?.close();
    return;
  }
  const tally = emptyTally();
  for (let seed = range.from; seed < range.from + range.count; seed += 1) count(tally, await playSeed(seed));
  parentPort?.postMessage(tally);
});
