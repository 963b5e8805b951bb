/** Options that every account has, whatever its provider. */
import * as z from 'zod/mini';

/** What share of the provider's limit Rescind may use: others call with the same account. */
export const defaultRateLimitShare = 0.5;

export const accountOptions = {
  rate_limit_share: z.optional(
    z.number().check(z.minimum(0.01, 'must be at least 0.01'), z.maximum(1, 'must be at most 1')),
  ),
};

export interface AccountOptions {
  readonly rate_limit_share?: number | undefined;
}

/** @param options as stored */
export const rateLimitShareOf = (options: Readonly<Record<string, unknown>>): number => {
  const share = options['rate_limit_share'];
  return typeof share === 'number' ? share : defaultRateLimitShare;
};
