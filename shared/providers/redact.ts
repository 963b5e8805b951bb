/** Keeps credentials out of what is stored and shown: a provider's message may repeat them. */

/** Long enough to say what happened, short enough for the hot item. */
const longestDetail = 160;
/** A shorter secret would blot out ordinary words. */
const shortestSecret = 6;

/** @param credentials whatever the account holds; every string in it counts as a secret, encoded ones included */
export const redact = (text: string, credentials: unknown): string => {
  const clean = withoutSecrets(text, credentials);
  return clean.length > longestDetail ? `${clean.slice(0, longestDetail - 1)}…` : clean;
};

/** Text that people wrote. Addresses, pages and the provider's own names for things are not: they must stay what they are. */
const written = new Set(['name', 'externalId', 'declineReason']);

/** What is told of a request, without the credentials in its words. */
export const redactWords = <T>(told: T, credentials: unknown): T =>
  JSON.parse(JSON.stringify(told), (field, value) =>
    written.has(field) && typeof value === 'string' ? withoutSecrets(value, credentials) : value,
  );

const withoutSecrets = (text: string, credentials: unknown): string =>
  secretsIn(credentials).reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);

const secretsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') {
    const forms = [
      value,
      encodeURIComponent(value),
      // The longer one first: it may begin with the other.
      Buffer.from(`${value}:`).toString('base64'),
      Buffer.from(value).toString('base64'),
    ];
    return value.length < shortestSecret ? [] : forms;
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
};
