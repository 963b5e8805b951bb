/** Retries over time: a day of answers that help nobody, with the clock and the dice given. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longestProviderPauseMs, retryTime } from '../../../shared/domain/backoff.ts';
import { decide } from '../../../shared/domain/decide.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { breakerPauseMs } from '../../../shared/domain/pace.ts';
import { requestCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import type { Decision } from '../../../shared/domain/transition.ts';
import { eventPolicyOf } from '../../../shared/notify/policy.ts';
import { nextAttemptAt } from '../../../shared/notify/schedule.ts';
import { byWindow, policy, start, unknown, wish } from './examples.ts';
import { longTestMs, must } from './must.ts';

/** A fair die that rolls the same again for the same seed. */
const fairDice = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
const seed = fc.integer();

/** How one call fails: how long it takes, and when the provider wants to be called again. */
const failure = fc.record({
  callMs: fc.integer({ min: 0, max: policy.callMs }),
  retryAfterMs: fc.option(fc.integer({ min: -10_000, max: 7_200_000 }), { freq: 3 }),
  kind: fc.constantFrom('refused' as const, 'try_again' as const),
  fails: fc.constantFrom('cancel' as const, 'read' as const),
});
const error = { type: 'provider-unavailable', detail: '503' } as const;

interface Day {
  /** When each call ended, and when the next step was due then. */
  readonly waits: readonly { readonly at: number; readonly next: number; readonly told: number | null }[];
  readonly cancels: number;
  readonly end: SignatureRequest;
}

/** Follows a wish through failures, step by step as each is due, until it is given up. */
const livingThrough = (
  failures: readonly (typeof failure extends fc.Arbitrary<infer T> ? T : never)[],
  dice: () => number,
): Day => {
  let now = start as number;
  const context = () => ({ now: now as Instant, dice: dice(), policy, proof: byWindow });
  let request = requestCancellation(unknown, wish, context()).decision.request;
  const waits: { at: number; next: number; told: number | null }[] = [];
  let cancels = 0;
  const read = (answer: Parameters<typeof decide>[1] & { type: 'status_read' }): Decision =>
    decide(request, answer, context());
  for (let n = 0; request.cancellation?.state === 'queued'; n += 1) {
    const { callMs, retryAfterMs, kind, fails } = failures[n % failures.length] ?? failures[0] ?? never();
    const begunAt = now as Instant;
    const looked =
      n === 0
        ? null
        : read({ type: 'status_read', answer: { kind: 'status', status: 'sent' }, right: 'claim', begunAt });
    const sends = looked === null || looked.effects.some(({ type }) => type === 'send');
    must(sends || looked?.request.cancellation?.state === 'failed', 'what is due is tried');
    now += callMs;
    const told = retryAfterMs === null ? null : now + retryAfterMs;
    const answer = { kind, error, pausesAccount: false, ...(told !== null && { retryAt: told as Instant }) };
    let decision: Decision;
    if (fails === 'read' && n > 0) {
      decision = read({ type: 'status_read', answer, right: 'claim', begunAt });
    } else if (looked?.request.cancellation?.state === 'failed') {
      decision = looked;
    } else {
      if (looked?.changed) request = looked.request;
      cancels += 1;
      decision = decide(request, { type: 'cancel_answered', wish: start, answer }, context());
    }
    request = decision.request;
    const next = request.dueAt;
    if (next === null) break;
    waits.push({ at: now, next, told });
    now = Math.max(now, next);
  }
  return { waits, cancels, end: request };
};
const never = (): never => {
  throw new Error('no failures were given');
};

describe('a day of failures', () => {
  const day = fc.tuple(fc.array(failure, { minLength: 1, maxLength: 40 }), seed);
  const deadlineOf = ({ cancellation }: SignatureRequest) =>
    Number(cancellation?.firstAttemptAt) + policy.deadlineMs;

  test('ends as failed, at the deadline and not before', { timeout: longTestMs }, () => {
    fc.assert(
      fc.property(day, ([failures, dice]) => {
        const { waits, end } = livingThrough(failures, fairDice(dice));
        must(end.cancellation?.state === 'failed', 'it is given up');
        const deadline = deadlineOf(end);
        must(end.updatedAt >= deadline, 'not before the deadline');
        must(end.updatedAt <= deadline + policy.callMs, 'nor later than one more call lasts');
        for (const { next } of waits) must(next <= deadline, 'nothing is due after the deadline');
      }),
      { numRuns: 500 },
    );
  });

  test('is never retried before the provider allows, and never later than it must be', {
    timeout: longTestMs,
  }, () => {
    fc.assert(
      fc.property(day, ([failures, dice]) => {
        const { waits, end } = livingThrough(failures, fairDice(dice));
        for (const [n, { at, next, told }] of waits.entries()) {
          const asked = told === null ? at : Math.min(told, at + longestProviderPauseMs);
          must(next >= Math.min(asked, deadlineOf(end)), 'not before Retry-After');
          const bound = Math.min(policy.retryCapMs, policy.retryBaseMs * 2 ** n);
          must(next <= Math.max(asked, at + bound), 'not later than the bound of the back-off');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('costs a bounded number of calls: some two hundred cancels', { timeout: longTestMs }, () => {
    const down = { callMs: 100, retryAfterMs: null, kind: 'try_again', fails: 'cancel' } as const;
    const counts = Array.from({ length: 200 }, (_, n) => livingThrough([down], fairDice(n)).cancels);
    // The cap alone gives one in fifteen minutes at least; half of that is the mean of full jitter.
    expect(Math.min(...counts)).toBeGreaterThan(96);
    expect(Math.max(...counts)).toBeLessThan(260);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(mean).toBeGreaterThan(190);
    expect(mean).toBeLessThan(215);
  });
});

describe('a thousand that failed together', () => {
  const thousand = Array.from({ length: 1_000 }, (_, n) => n / 1_000);
  const tenths = (times: readonly number[], from: number, to: number): readonly number[] => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const time of times) {
      const tenth = Math.min(9, Math.floor(((time - from) * 10) / (to - from)));
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    return counts;
  };

  test.each([1, 2, 5, 10, 30])('come back evenly over the whole bound after %i failures', (failures) => {
    const bound = Math.min(policy.retryCapMs, policy.retryBaseMs * 2 ** (failures - 1));
    const times = thousand.map((dice) => retryTime(failures, undefined, start, dice, policy));
    for (const count of tenths(times, start, start + bound)) {
      expect(count).toBeGreaterThan(95);
      expect(count).toBeLessThan(105);
    }
  });

  test('come back over a tenth of a pause of their account', () => {
    const queued = (dice: number) =>
      requestCancellation(unknown, wish, { now: start, dice, policy, proof: byWindow }).decision.request;
    const until = (start + 600_000) as Instant;
    const times = thousand.map((dice) => {
      const event = { type: 'deferred', until, error, lone: false, permit: false } as const;
      return Number(decide(queued(dice), event, { now: start, dice, policy, proof: byWindow }).request.dueAt);
    });
    for (const count of tenths(times, until, until + 60_000)) {
      expect(count).toBeGreaterThan(95);
      expect(count).toBeLessThan(105);
    }
  });
});

test('an account whose provider is down for a day is probed some three hundred times', () => {
  let now = 0;
  let trips = 1;
  for (; now < 86_400_000; trips += 1) {
    const pause = breakerPauseMs(trips, policy.retryBaseMs);
    must(pause >= breakerPauseMs(trips - 1, policy.retryBaseMs), 'the pause never becomes shorter');
    must(pause <= 300_000, 'five minutes at most');
    now += pause;
  }
  expect(trips).toBeGreaterThan(288);
  expect(trips).toBeLessThan(300);
});

test('an event that nobody takes is tried ten times, over three to three and a half days', () => {
  const schedule = eventPolicyOf({});
  fc.assert(
    fc.property(seed, (chance) => {
      const dice = fairDice(chance);
      let now = start as number;
      let attempts = 1;
      for (;;) {
        const next = nextAttemptAt(attempts, null, now as Instant, dice(), schedule);
        if (next === null) break;
        must(next > now, 'each attempt is later than the one before');
        now = next;
        attempts += 1;
      }
      must(attempts === 10, 'ten attempts');
      const days = (now - start) / 86_400_000;
      must(days > 3.1 && days < 3.5, `over ${days} days`);
    }),
  );
});
