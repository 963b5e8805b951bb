/** Whatever stands where a client may write, it is read or refused with a problem, soon. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveriesQuery } from '../../../shared/http/contract/deliveries.ts';
import { listQuery } from '../../../shared/http/contract/requests.ts';
import { fromCursor, toCursor } from '../../../shared/http/cursor.ts';
import { idempotencyKeyIn } from '../../../shared/http/idempotency-key.ts';
import { preferredWait } from '../../../shared/http/prefer.ts';
import { Problem } from '../../../shared/http/problem.ts';
import { readQuery } from '../../../shared/http/query.ts';
import { splitSignToken } from '../../../shared/http/sign-token.ts';
import { comeBackAt, retryAfter } from '../../../shared/providers/retry-after.ts';
import { answer, now } from '../providers/answers.ts';
import { signatureRequest } from './examples.ts';

/** @returns what it gives, or null where it is a problem. @throws Error for any other end */
const readOrRefused = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem && error.type === 'invalid-request') return null;
    throw error;
  }
};

const seed = 20_261_121;
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', '\0', '\ud800', '..', '%2e%2e', `${'9'.repeat(400)}`),
);

describe('a query', () => {
  const known = fc.constantFrom('limit', 'cursor', 'status', 'state', 'account_id', '__proto__', 'extra');
  const query = fc
    .array(fc.tuple(fc.oneof(known, text), text), { maxLength: 5 })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));
  test.each([
    ['signature requests', listQuery],
    ['deliveries', deliveriesQuery],
  ] as const)('of %s is read or refused', (_, schema) => {
    fc.assert(
      fc.property(query, (given) => {
        const read = readOrRefused(() => readQuery<{ limit: number }>(new URLSearchParams(given), schema));
        if (read !== null) expect(read.limit).toBeOneOf(Array.from({ length: 100 }, (__, at) => at + 1));
      }),
      { numRuns: 2_000, seed },
    );
  });
});

test('a cursor that was changed or cut anywhere is refused, or is another position of the same form', () => {
  const genuine = toCursor(`2026-11-21T10:00:00.000Z#${signatureRequest.id}`);
  const change = fc.record({
    at: fc.nat(genuine.length),
    cut: fc.nat(genuine.length),
    by: fc.string({ maxLength: 4 }),
  });
  fc.assert(
    fc.property(change, ({ at, cut, by }) => {
      const given = genuine.slice(0, at) + by + genuine.slice(at + cut);
      const read = readOrRefused(() => fromCursor(given));
      if (read !== null) expect(read).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#sr_[0-9a-f]{32}$/);
    }),
    { numRuns: 5_000, seed },
  );
});

test('a sign token is two halves or nothing', () => {
  fc.assert(
    fc.property(text, (token) => {
      const halves = splitSignToken(token);
      if (halves !== null) expect(halves.handle + halves.secret).toBe(token);
    }),
    { seed },
  );
});

describe('headers', () => {
  test('are read or refused, in no time', () => {
    const crafted = fc
      .array(fc.constantFrom('"', '\\', ',', ';', '=', ' ', 'wait', 'a', '\t', '1'), { maxLength: 1_000 })
      .map((parts) => parts.join(''));
    const begun = performance.now();
    fc.assert(
      fc.property(fc.oneof(text, crafted), (header) => {
        const key = readOrRefused(() => idempotencyKeyIn(header));
        if (key !== null) expect(key).toMatch(/^[ -~]{1,255}$/);
        expect(preferredWait(header) ?? 0).toBeOneOf(Array.from({ length: 26 }, (_, seconds) => seconds));
      }),
      { numRuns: 2_000, seed },
    );
    expect(performance.now() - begun).toBeLessThan(8_000);
  });

  test('that say when to come back say a time ahead, within a day, or nothing', () => {
    const days = fc.oneof(text, fc.date({ noInvalidDate: false }).map(String), fc.integer().map(String));
    fc.assert(
      fc.property(days, days, (one, other) => {
        const at = comeBackAt(answer(429, '', { 'retry-after': one, 'x-ratelimit-reset': other }));
        if (at !== null) {
          expect(at).toBeGreaterThan(now);
          expect(at).toBeLessThanOrEqual(now + 86_400_000);
        }
        expect(typeof retryAfter(one, now)).toBe('number');
      }),
      { numRuns: 2_000, seed },
    );
  });
});
