/** Plays a range of seeds on several threads. Which thread plays which changes nothing. */
import { Worker } from 'node:worker_threads';
import { add, emptyTally, type Tally } from './tally.ts';

export interface Range {
  readonly from: number;
  readonly count: number;
}

const chunkSize = 250;

/** @param isEnough asked after each part: true ends the whole */
export const playMany = async (
  { from, count }: Range,
  threads: number,
  isEnough: (sum: Tally) => boolean = () => false,
): Promise<Tally> => {
  const sum = emptyTally();
  let next = from;
  const chunk = (): Range | null => {
    const left = from + count - next;
    if (left <= 0 || isEnough(sum)) return null;
    const range = { from: next, count: Math.min(chunkSize, left) };
    next += range.count;
    return range;
  };
  await Promise.all(Array.from({ length: threads }, () => runThread(chunk, (part) => add(sum, part))));
  sum.broken.sort((a, b) => a.seed - b.seed);
  return sum;
};

const runThread = (chunk: () => Range | null, done: (part: Tally) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    // A run leaves a lot behind at once: with more room for what is young, little of it is ever copied.
    const worker = new Worker(new URL('./play-thread.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    const giveWork = (): void => worker.postMessage(chunk());
    worker.on('message', (part: Tally) => {
      done(part);
      giveWork();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))));
    giveWork();
  });
