/** The answer to a client credentials grant (RFC 6749): a token, refused credentials, or a reason to ask again. */
import * as z from 'zod/mini';
import type { Postponement } from '../domain/answers.ts';
import type { Instant } from '../domain/ids.ts';
import { errorFrom, postponement } from './http-status.ts';
import { readJson } from './json.ts';
import type { ProviderResponse } from './provider.ts';

/**
 * @param refusedStatuses with which this provider refuses credentials. Only in the OAuth form: without it, a 4xx is
 * somebody else's, such as a proxy's.
 */
export const classifyGrant = (
  response: ProviderResponse,
  isSuccess: boolean,
  refusedStatuses: readonly number[],
): { readonly kind: 'token'; readonly accessToken: string; readonly expiresAt: Instant } | Postponement => {
  const { status, body, receivedAt } = response;
  const granted = isSuccess ? readJson(grant, body) : null;
  if (granted !== null) {
    const expiresAt = (receivedAt + (granted.expires_in ?? 0) * 1_000) as Instant;
    return { kind: 'token', accessToken: granted.access_token, expiresAt };
  }
  const code = readJson(oauthError, body)?.error ?? null;
  if (code !== null && refusedStatuses.includes(status)) {
    return { kind: 'refused', error: errorFrom(response, 'unauthorized', code), pausesAccount: true };
  }
  const error = errorFrom(response, 'unexpected-answer', code);
  return postponement(response, code) ?? { kind: 'try_again', error, pausesAccount: false };
};

const bearer = z.nullish(z.string().check(z.regex(/^bearer$/i)));

/** Box's API reference says `token_type`, a sample in its guides `issued_token_type`. `expires_in` is in seconds. */
const grant = z.object({
  access_token: z.string().check(z.regex(/^[!-~]{1,4096}$/)),
  expires_in: z.nullish(z.number().check(z.minimum(0))),
  token_type: bearer,
  issued_token_type: bearer,
});

/** Unlike every other error of these providers. */
const oauthError = z.object({ error: z.string().check(z.regex(/^[a-z]{1,20}(_[a-z]{1,20}){0,5}$/)) });
