/** `Prefer: wait=N` (RFC 7240): how long a client would wait for the end of what it asked for. */

const longestWaitSeconds = 25;
/** A longer header is not looked into. */
const longestHeader = 1_000;

/**
 * @returns seconds, capped at 25; null when there is no such preference or it is malformed, since a preference that
 * is not understood is ignored. Of several, the first counts.
 */
export const preferredWait = (prefer: string | undefined): number | null => {
  if (prefer === undefined || prefer.length > longestHeader) return null;
  for (const [, name = '', value] of prefer.matchAll(preference)) {
    if (name.toLowerCase() !== 'wait') continue;
    const seconds = value?.replace(/^"(.*)"$/s, '$1') ?? '';
    return /^\d{1,9}$/.test(seconds) ? Math.min(Number(seconds), longestWaitSeconds) : null;
  }
  return null;
};

/** A name, perhaps a value (a token or a quoted string), perhaps parameters of its own, up to the next comma. */
const preference =
  /(?:^|,)\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,;"]*))?(?:"(?:[^"\\]|\\.)*"|[^,"])*(?=,|$)/g;
