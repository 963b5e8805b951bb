/** `Idempotency-Key`: the client's own name for one creation, as a quoted string (the draft standard) or bare (common use). */
import { invalidField } from './problem.ts';

const longestKey = 255;
/** A quoted key may have a backslash before each of its characters. */
const longestHeader = 2 * longestKey + 2;
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
const bare = /^[!#-~][ -~]*$/;

/**
 * @returns the key, the same for both spellings; null when there is none
 * @throws Problem that names the header
 */
export const idempotencyKeyIn = (header: string | undefined): string | null => {
  if (header === undefined) return null;
  const key = header.length > longestHeader ? null : keyOf(header.trim());
  if (key === null || key.length < 1 || key.length > longestKey) {
    throw invalidField('Idempotency-Key', `must be 1 to ${longestKey} printable ASCII characters`);
  }
  return key;
};

const keyOf = (text: string): string | null => {
  const inside = quoted.exec(text)?.[1];
  if (inside !== undefined) return inside.replace(/\\(.)/g, '$1');
  return bare.test(text) ? text : null;
};
