/** When to try again. */
import type { Instant } from './ids.ts';
import type { Policy } from './policy.ts';

/** No provider's word pauses anything for longer than this: a clock error over there must not park a cancellation. */
export const longestProviderPauseMs = 3_600_000;

/**
 * Full jitter: uniform over 0 to min(cap, base · 2^(failures − 1)), but never before `retryAt`.
 * @param failures calls in a row without a useful answer, this one included (≥ 1)
 * @param dice uniform in [0, 1)
 */
export const retryTime = (
  failures: number,
  retryAt: Instant | undefined,
  now: Instant,
  dice: number,
  policy: Pick<Policy, 'retryBaseMs' | 'retryCapMs'>,
): Instant => {
  const bound = Math.min(policy.retryCapMs, policy.retryBaseMs * 2 ** Math.min(failures - 1, 30));
  const own = now + Math.floor(dice * bound);
  const theirs = retryAt === undefined ? now : Math.min(retryAt, now + longestProviderPauseMs);
  return Math.max(own, theirs) as Instant;
};
