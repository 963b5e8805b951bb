/**
 * How often a slow endpoint is called by one process. A worker is held for as long as its slowest attempt, so an endpoint
 * that takes its time gets one attempt and then a pause as long, and what else is due for it is put off in a row.
 */
import type { Instant } from '../../shared/domain/ids.ts';

const slowMs = 2_000;
/** From slot to slot, in durations of the slow attempt: itself, the pause, and as much for what comes between. */
const spacing = 3;

export interface Pace {
  /** Null: nothing need wait. Each call takes another slot. */
  readonly slot: (now: Instant) => Instant | null;
  /** The last slot that was taken. */
  readonly lastSlot: () => Instant;
}

/** @param ms how long an attempt took that has just ended. @returns null where it was quick. */
export const paceAfter = (before: Pace | null, ms: number, now: Instant): Pace | null => {
  if (ms < slowMs) return null;
  const pausedUntil = now + ms;
  let last = before?.lastSlot() ?? now;
  return {
    slot: (at) => {
      if (at >= pausedUntil) return null;
      last = (Math.max(last, at) + spacing * ms) as Instant;
      return last;
    },
    lastSlot: () => last,
  };
};
