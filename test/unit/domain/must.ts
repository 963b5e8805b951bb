/** Fails a test that asks the same of a million states: `expect()` costs more there than all that is tested. */
import { isDeepStrictEqual } from 'node:util';

export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`It does not hold: ${what}`);
};

export const mustEqual = (found: unknown, wanted: unknown, what: string): void => {
  if (isDeepStrictEqual(found, wanted)) return;
  throw new Error(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
};

/** For a test that takes seconds by itself, and many times as long on a machine that is busy. */
export const longTestMs = 60_000;
