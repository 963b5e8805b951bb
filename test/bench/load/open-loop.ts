/** Arrivals by the clock: what is slow delays nobody's begin, and counts from when it should have begun. */
import { setTimeout as sleep } from 'node:timers/promises';

/** @param begin is given when the arrival was due; nobody waits for it */
export const openLoop = async (
  perSecond: number,
  seconds: number,
  begin: (dueAt: number) => Promise<void>,
): Promise<void> => {
  const begun = Date.now();
  const all: Promise<void>[] = [];
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const dueAt = begun + (n * 1_000) / perSecond;
    const wait = dueAt - Date.now();
    if (wait > 0) await sleep(wait);
    all.push(begin(dueAt));
  }
  await Promise.all(all);
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
