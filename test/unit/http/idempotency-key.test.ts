import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idempotencyKeyIn } from '../../../shared/http/idempotency-key.ts';
import { Problem } from '../../../shared/http/problem.ts';

const keyOf = (header: string | undefined): string | null | undefined => {
  try {
    return idempotencyKeyIn(header);
  } catch (error) {
    if (error instanceof Problem && error.options.errors?.[0]?.field === 'Idempotency-Key') return undefined;
    throw error;
  }
};
const refused = undefined;

describe('Idempotency-Key', () => {
  test.each([
    [undefined, null],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    [' a ', 'a'],
    ['offer 4711, second', 'offer 4711, second'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['a\\b', 'a\\b'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ])('%j is the key %j', (header, key) => {
    expect(keyOf(header)).toBe(key);
  });

  test.each([
    '',
    ' ',
    '""',
    '"',
    '"a',
    '"a"b"',
    '"a\\x"',
    '"a";p=1',
    'ä',
    'a\tb',
    'a\u007f',
    '"ä"',
    'x'.repeat(256),
    `"${'x'.repeat(256)}"`,
    'x'.repeat(100_000),
  ])('%j is refused, naming the header', (header) => {
    expect(keyOf(header)).toBe(refused);
  });

  test('whatever is printable comes back the same in both spellings', () => {
    const printable = fc.stringMatching(/^[!#-~]([ -~]{0,100}[!-~])?$/);
    fc.assert(
      fc.property(printable, (key) => {
        expect(keyOf(key)).toBe(key);
        expect(keyOf(`"${key.replace(/["\\]/g, '\\$&')}"`)).toBe(key);
      }),
    );
  });
});
