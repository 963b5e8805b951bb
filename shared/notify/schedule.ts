/** When an event is attempted next, and whether an attempt makes sense at the moment. Pure. */
import type { Instant } from '../domain/ids.ts';
import type { Endpoint } from './endpoint.ts';

export interface EventPolicy {
  /** How long after each failed attempt the next one follows. */
  readonly retryMs: readonly number[];
  /** An endpoint without a success for so long is disabled. */
  readonly disableAfterMs: number;
  /** How soon the sweep looks for a step that nobody took. */
  readonly recoveryMs: number;
  readonly allowLoopback: boolean;
}

/** One attempt, from the look-up of the name to the answer. */
export const attemptMs = 15_000;
/** No receiver's word puts an event off for longer than this. */
const longestRetryAfterMs = 24 * 3_600_000;
/** A new event does not try an endpoint that failed so recently, nor does the last attempt at one. */
const quietMs = 5 * 60_000;
/** The retries between, one that failed so recently for another event. */
const quietForRetriesMs = 5_000;

/**
 * By the schedule, up to a tenth later, so that what failed together does not come back together.
 * @param count attempts so far (≥ 1)
 * @param retryAfter what the receiver asked for; only a later time than the schedule's counts
 * @param dice uniform in [0, 1)
 * @returns null after the last
 */
export const nextAttemptAt = (
  count: number,
  retryAfter: Instant | null,
  now: Instant,
  dice: number,
  { retryMs }: Pick<EventPolicy, 'retryMs'>,
): Instant | null => {
  const step = retryMs[count - 1];
  if (step === undefined) return null;
  const own = now + step + Math.floor(dice * 0.1 * step);
  const theirs = Math.min(retryAfter ?? 0, now + longestRetryAfterMs);
  return Math.max(own, theirs) as Instant;
};

/** `go`: attempt it. `claim`: only if no other worker does. `skip`: it would fail. `wait`: another worker is finding out. */
export type Turn =
  | { readonly kind: 'go' | 'claim' | 'skip' }
  | { readonly kind: 'wait'; readonly until: Instant };

/**
 * While an endpoint fails, one attempt at a time finds out whether it is back, with a pause after each: an outage must
 * not keep every worker waiting for its time-out. The rest of the attempts are skipped. They wait for the outcome only
 * where the last one is so old that they do so once: a wait uses up no retry, so nothing else would end their waiting.
 * @param count attempts of the event so far
 */
export const turnAt = (
  { failingSince, lastFailure, triedAt }: Pick<Endpoint, 'failingSince' | 'lastFailure' | 'triedAt'>,
  count: number,
  now: Instant,
  { retryMs }: Pick<EventPolicy, 'retryMs'>,
): Turn => {
  if (failingSince === null) return { kind: 'go' };
  const failedAt = lastFailure?.at ?? failingSince;
  const step = retryMs[Math.max(0, count - 1)] ?? 0;
  const longQuietMs = count === 0 ? quietMs : Math.min(quietMs, step);
  const isBetween = count > 0 && count < retryMs.length;
  const ownQuietMs = isBetween ? Math.min(quietForRetriesMs, step) : longQuietMs;
  if (now < failedAt + ownQuietMs) return { kind: 'skip' };
  const overBy = (triedAt ?? 0) + attemptMs;
  if ((triedAt ?? 0) > failedAt && now < overBy) {
    if (now < failedAt + longQuietMs) return { kind: 'skip' };
    return { kind: 'wait', until: Math.min(overBy, now + Math.max(step, 1_000)) as Instant };
  }
  return { kind: 'claim' };
};
