import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import { eventPolicyOf } from '../../../shared/notify/policy.ts';
import { attemptMs, nextAttemptAt, turnAt } from '../../../shared/notify/schedule.ts';

const policy = eventPolicyOf({});
const now = 1_800_000_000_000 as Instant;
const inMs = (ms: number): Instant => (now + ms) as Instant;

describe('the next attempt', () => {
  test('follows the schedule of the specification, up to a tenth later, and then no more', () => {
    const waits = (dice: number) =>
      Array.from({ length: 10 }, (_, index) => nextAttemptAt(index + 1, null, now, dice, policy)).map((at) =>
        at === null ? null : (at - now) / 1000,
      );
    expect(waits(0)).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null]);
    expect(waits(1)).toEqual([5.5, 330, 1980, 7920, 19_800, 39_600, 55_440, 79_200, 95_040, null]);
  });

  test('is never before the schedule, nor before what the receiver asks for, up to a day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -1_000, max: 200_000_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (count, asked, dice) => {
          const step = policy.retryMs[count - 1] ?? 0;
          const at = nextAttemptAt(count, inMs(asked), now, dice, policy);
          expect(at).toBeGreaterThanOrEqual(Math.max(now + step, now + Math.min(asked, 86_400_000)));
          expect(at).toBeLessThanOrEqual(now + Math.max(step * 1.1, 86_400_000));
        },
      ),
    );
  });
});

describe('while an endpoint fails', () => {
  const failing = (failedMsAgo: number, triedMsAgo: number | null = null) => ({
    failingSince: inMs(-3_600_000),
    lastFailure: { at: inMs(-failedMsAgo), status: 500, error: null },
    triedAt: triedMsAgo === null ? null : inMs(-triedMsAgo),
  });
  const turn = (endpoint: Parameters<typeof turnAt>[0], count: number) =>
    turnAt(endpoint, count, now, policy);

  test('a new event tries it only if it has not failed for five minutes', () => {
    expect(turn(failing(299_999), 0)).toEqual({ kind: 'skip' });
    expect(turn(failing(300_000), 0)).toEqual({ kind: 'claim' });
  });

  test('a retry tries it only if it has not failed for five seconds', () => {
    expect(turn(failing(4_999), 3)).toEqual({ kind: 'skip' });
    expect(turn(failing(5_000), 3)).toEqual({ kind: 'claim' });
  });

  test('a retry of a quicker schedule need not wait for longer than that', () => {
    expect(turnAt(failing(1_000), 1, now, { retryMs: [1_000] })).toEqual({ kind: 'claim' });
  });

  test('so does the last attempt at an event, or a backlog would try it once for each', () => {
    expect(turn(failing(299_999), 8)).toEqual({ kind: 'claim' });
    expect(turn(failing(299_999), 9)).toEqual({ kind: 'skip' });
    expect(turn(failing(300_000), 9)).toEqual({ kind: 'claim' });
    // In a quicker schedule, one whose own attempt before is the last that failed.
    expect(turnAt(failing(2_000), 1, now, { retryMs: [2_000] })).toEqual({ kind: 'claim' });
  });

  test('whoever comes while another tries it waits for the outcome, and no longer than an attempt lasts', () => {
    expect(turn(failing(300_000, 10_000), 3)).toEqual({ kind: 'wait', until: inMs(5_000) });
    expect(turn(failing(300_000, attemptMs), 3)).toEqual({ kind: 'claim' });
    // That attempt has ended, with the failure.
    expect(turn(failing(9_000, 10_000), 3)).toEqual({ kind: 'claim' });
  });

  test('an attempt that began when the last one failed is over with it', () => {
    expect(turn(failing(9_000, 9_000), 3)).toEqual({ kind: 'claim' });
  });

  test('since a time that is known alone, it is left in peace from then on', () => {
    const unseen = { failingSince: inMs(-4_999), lastFailure: null, triedAt: null };
    expect(turn(unseen, 3)).toEqual({ kind: 'skip' });
    expect(turn({ ...unseen, failingSince: inMs(-5_000) }, 3)).toEqual({ kind: 'claim' });
  });

  test('nobody waits twice: after a failure the next outcome is not waited for', () => {
    expect(turn(failing(20_000, 10_000), 3)).toEqual({ kind: 'skip' });
  });

  test('one that does not fail is attempted, whatever was before', () => {
    expect(turn({ ...failing(1, 1), failingSince: null }, 0)).toEqual({ kind: 'go' });
  });
});
