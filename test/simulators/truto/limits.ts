/** Truto's own limits: calls in 10 s, for each token and for each integrated account. */
import type { Answer } from '../answer.ts';
import { trutoError } from './error-answer.ts';
import type { TrutoWorld } from './ironclad.ts';

const windowMs = 10_000;

export const rateLimits = (world: TrutoWorld) => {
  const counts = new Map<string, { window: number; count: number }>();
  /** Null, or the 429. */
  return function over(tier: 'token_limit' | 'account_limit', key: string): Answer | null {
    const limit = world.value(tier);
    if (limit === 0) return null;
    const window = Math.floor(Date.now() / windowMs);
    const before = counts.get(`${tier} ${key}`);
    const count = (before?.window === window ? before.count : 0) + 1;
    counts.set(`${tier} ${key}`, { window, count });
    return count > limit ? limited(world, windowMs / 1_000, limit) : null;
  };
};

export const limited = (world: TrutoWorld, seconds: number, limit: number): Answer => {
  const form = world.value('limit_header');
  const reset = {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': '0',
    'ratelimit-reset': String(seconds),
  };
  return {
    ...trutoError(429, 'Too many requests', { rate_limit_error: { value: true } }),
    headers: {
      ...((form === 'both' || form === 'retry-after') && { 'retry-after': String(seconds) }),
      ...((form === 'both' || form === 'ratelimit-reset') && reset),
    },
  };
};
