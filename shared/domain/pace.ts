/**
 * The rate of calls to one account, as arithmetic. Time is cut into slots of one call each; whoever wants to call
 * reserves the next free ones. Only the time of the next free slot is shared, so a reservation is one conditional write.
 *
 * In any minute at most `share` of the limit is used for the slots of that minute, up to a quarter as much again for what
 * was not used before, and a fifth for calls that nobody reserves: never more than the limit.
 */
import type { Instant } from './ids.ts';

const minuteMs = 60_000;
/** What the calls that nobody reserves may take of the limit: in one minute twice, a full bucket and its refill. */
const freeShare = 0.1;
const reservable = 1 - 2 * freeShare;
const longestBurstMs = minuteMs / 4;

/** The account's target in calls a minute. */
const targetOf = (perMinute: number, share: number): number => perMinute * Math.min(share, reservable);

/** @returns milliseconds between two calls at the target rate */
export const slotMs = (perMinute: number, share: number): number => minuteMs / targetOf(perMinute, share);

/** How far back unused slots may still be taken, at once: no further than keeps every minute below the limit. */
export const burstMs = (share: number): number =>
  Math.max(0, Math.min(longestBurstMs, minuteMs * (reservable / Math.min(share, reservable) - 1)));

/**
 * What one worker may call without asking anybody, in calls a minute, all workers together staying within their share.
 * A worker begins with one visit's worth, however small this is: a lone cancellation costs no write.
 */
export const freeRate = (perMinute: number, workers: number): number => (perMinute * freeShare) / workers;

/** How many calls a worker reserves at once: some six seconds of the rate. */
export const blockSize = (perMinute: number, share: number): number =>
  Math.max(1, Math.min(20, Math.floor(6_000 / slotMs(perMinute, share))));

/**
 * @param nextFree the shared time of the next free slot; null when nobody has reserved one yet
 * @returns the first slot, in the past where unused ones are taken, and the next that is free
 */
export const reserve = (
  nextFree: Instant | null,
  calls: number,
  slot: number,
  burst: number,
  now: Instant,
): { readonly start: Instant; readonly nextFree: Instant } => {
  const start = Math.max(nextFree ?? 0, Math.ceil(now - burst)) as Instant;
  return { start, nextFree: Math.ceil(start + calls * slot) as Instant };
};

/** How long the breaker keeps an account closed to calls: doubling with each failed probe, five minutes at most. */
export const breakerPauseMs = (trips: number, retryBaseMs: number): number =>
  Math.min(300_000, retryBaseMs * 2 ** Math.min(trips + 1, 20));

/** So many calls in a row without an answer, or answered with a server error, open the breaker. */
export const failuresToTrip = 3;
