import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { preferredWait } from '../../../shared/http/prefer.ts';

test.each([
  [undefined, null],
  ['', null],
  ['wait=10', 10],
  ['wait=0', 0],
  ['wait=25', 25],
  ['wait=600', 25],
  ['Wait = 5', 5],
  ['wait="7"', 7],
  ['respond-async, wait=10', 10],
  ['wait=10; foo="a, wait=3"', 10],
  ['foo="x, wait=3", wait=4', 4],
  ['return=minimal;x=y, wait=4', 4],
  ['wait=1, wait=2', 1],
  ['wait', null],
  ['wait=', null],
  ['wait=-1', null],
  ['wait=1.5', null],
  ['wait=abc', null],
  ['wait=1e3', null],
  ['waiting=5', null],
  ['await=5', null],
])('Prefer: %s → %s', (prefer, seconds) => {
  expect(preferredWait(prefer)).toBe(seconds);
});

test('whatever a client prefers, it waits 0 to 25 whole seconds or not at all', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const seconds = preferredWait(text) ?? 0;
      expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= 25).toBe(true);
    }),
  );
});

test('a hostile header costs little', () => {
  const started = performance.now();
  preferredWait(`wait="${',a="'.repeat(240)}`);
  preferredWait(',"'.repeat(5_000));
  expect(performance.now() - started).toBeLessThan(200);
});
