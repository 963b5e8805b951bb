/** Keeps credentials out of what is stored and shown: a provider's message may repeat them. */

/** Long enough to say what happened, short enough for the hot item. */
const longestDetail = 160;
/** A shorter secret would blot out ordinary words. */
const shortestSecret = 6;

/** @param credentials whatever the account holds; every string in it counts as a secret, encoded ones included */
export const redact = (text: string, credentials: unknown): string => {
  let clean = text;
  for (const secret of secretsIn(credentials)) clean = clean.replaceAll(secret, '[redacted]');
  return clean.length > longestDetail ? `${clean.slice(0, longestDetail - 1)}…` : clean;
};

const secretsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') {
    const forms = [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
      Buffer.from(`${value}:`).toString('base64'),
    ];
    return value.length < shortestSecret ? [] : forms;
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
};
