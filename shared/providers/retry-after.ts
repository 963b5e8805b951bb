/** When a provider wants to be called again, by whichever header it says so. */
import type { Instant } from '../domain/ids.ts';
import type { ProviderResponse } from './provider.ts';

/** However far off a provider's own word is, it is not waited for longer than this. */
const farthestMs = 24 * 3_600_000;

/**
 * The later of `Retry-After` (RFC 9110: seconds, or a date) and `X-RateLimit-Reset` (Unix seconds: Dropbox Sign,
 * Ironclad), at most 24 hours off. Null where neither lies ahead.
 */
export const comeBackAt = ({ headers, receivedAt }: ProviderResponse): Instant | null => {
  const times = [retryAfter(headers['retry-after'], receivedAt), resetTime(headers['x-ratelimit-reset'])];
  const latest = Math.max(...times.filter((time) => time > receivedAt));
  if (latest === Number.NEGATIVE_INFINITY) return null;
  return Math.min(latest, receivedAt + farthestMs) as Instant;
};

/** `Retry-After` alone. NaN where it is absent or means nothing. */
export const retryAfter = (value: string | undefined, now: Instant): number => {
  const text = `${value}`;
  return digits.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
};

const resetTime = (value: string | undefined): number =>
  digits.test(`${value}`) ? Number(value) * 1_000 : Number.NaN;

const digits = /^\d{1,15}$/;
