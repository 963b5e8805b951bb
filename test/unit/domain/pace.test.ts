import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import {
  blockSize,
  breakerPauseMs,
  burstMs,
  freeRate,
  reserve,
  slotMs,
} from '../../../shared/domain/pace.ts';
import { start, time } from './examples.ts';

const share = fc.double({ min: 0.01, max: 1, noNaN: true });
const perMinute = fc.integer({ min: 10, max: 1_000 });

describe('slots', () => {
  test('are a minute cut by the target', () => {
    expect(slotMs(100, 0.5)).toBe(1_200);
    expect(slotMs(40, 0.5)).toBe(3_000);
  });

  test('never take what is left for the calls that nobody reserves: a fifth of the limit', () => {
    expect(slotMs(100, 0.8)).toBe(750);
    expect(slotMs(100, 1)).toBe(750);
  });

  test('that were not used may be taken later only as far as the limit allows', () => {
    expect(burstMs(0.5)).toBe(15_000);
    expect(burstMs(0.7)).toBeCloseTo(60_000 / 7, 6);
    expect(burstMs(0.8)).toBe(0);
    expect(burstMs(1)).toBe(0);
  });

  test('of a quiet account may be taken for a quarter of a minute back, and then come one by one', () => {
    const slot = slotMs(100, 0.5);
    const first = reserve(null, 1, slot, burstMs(0.5), start);
    expect(first).toEqual({ start: time(-15_000), nextFree: time(-13_800) });
    let next: Instant | null = null;
    let immediate = 0;
    for (let n = 0; n < 60; n += 1) {
      const taken: ReturnType<typeof reserve> = reserve(next, 1, slot, burstMs(0.5), start);
      next = taken.nextFree;
      if (taken.start <= start) immediate += 1;
    }
    expect(immediate).toBe(13);
  });

  test('never add up to more than the limit in any minute, free calls included', () => {
    const workers = 5;
    fc.assert(
      fc.property(perMinute, share, fc.array(fc.nat(20_000), { maxLength: 300 }), (limit, part, pauses) => {
        const slot = slotMs(limit, part);
        const calls: number[] = [];
        let now = start as number;
        let next: Instant | null = null;
        for (const pause of pauses) {
          // Every call as early as it may be: whoever has to wait, waits.
          const taken: ReturnType<typeof reserve> = reserve(next, 1, slot, burstMs(part), now as Instant);
          next = taken.nextFree;
          now = Math.max(now, taken.start);
          calls.push(now);
          now += pause % 3 === 0 ? pause : 0;
        }
        const free = 2 * freeRate(limit, workers) * workers;
        for (const [n, from] of calls.entries()) {
          const within = calls.slice(n).filter((call) => call < from + 60_000).length;
          expect(within).toBeLessThanOrEqual(Math.ceil(limit - free) + 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('a worker reserves some seconds of the rate at once, one call at least', () => {
  expect(blockSize(100, 0.5)).toBe(5);
  expect(blockSize(40, 0.5)).toBe(2);
  expect(blockSize(40, 0.01)).toBe(1);
  expect(blockSize(1_000, 0.5)).toBe(20);
});

test('the breaker stays open for longer each time, five minutes at most', () => {
  expect([1, 2, 3, 4].map((trips) => breakerPauseMs(trips, 1_000))).toEqual([4_000, 8_000, 16_000, 32_000]);
  expect(breakerPauseMs(50, 1_000)).toBe(300_000);
});
