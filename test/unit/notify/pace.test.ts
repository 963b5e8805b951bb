import { expect, test } from 'vitest';
import { paceAfter } from '../../../functions/notify/pace.ts';
import type { Instant } from '../../../shared/domain/ids.ts';

const now = 1_800_000_000_000 as Instant;
const inMs = (ms: number): Instant => (now + ms) as Instant;

test('nothing waits for an endpoint that answers quickly', () => {
  expect(paceAfter(null, 1_999, now)).toBeNull();
});

test('a slow one is left alone as long as it took, and what comes meanwhile is put off in a row', () => {
  const pace = paceAfter(null, 10_000, now);
  expect(pace?.slot(inMs(1))).toBe(inMs(30_001));
  expect(pace?.slot(inMs(9_999))).toBe(inMs(60_001));
  expect(pace?.slot(inMs(10_000))).toBeNull();
});

test('the row goes on after the next slow attempt', () => {
  const first = paceAfter(null, 10_000, now);
  first?.slot(now);
  first?.slot(now);
  expect(paceAfter(first, 2_000, inMs(20_000))?.slot(inMs(20_000))).toBe(inMs(66_000));
});
