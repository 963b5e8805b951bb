/**
 * Errors: Truto's own, and those of Ironclad behind it, which come under the same statuses with `truto_is_remote_error`
 * and the original in `raw_response` (documented).
 */
import * as z from 'zod/mini';
import type { Postponement } from '../../domain/answers.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';

/**
 * As for any provider, except that 503 is a blocked integrated account (documented), unless it is Ironclad's own; and
 * that `ratelimit-reset` counts seconds from now (documented).
 */
export const postponed = (response: ProviderResponse): Postponement | null => {
  const words = wordsIn(response);
  const { 'ratelimit-reset': reset } = response.headers;
  const headers = reset === undefined ? response.headers : { 'retry-after': reset, ...response.headers };
  const answer = postponement({ ...response, headers }, words);
  if (!isBlocked(response)) return answer;
  const retryAt = answer?.kind === 'try_again' ? answer.retryAt : undefined;
  const error = errorFrom(response, 'account-blocked', words);
  return { kind: 'refused', error, pausesAccount: true, ...(retryAt !== undefined && { retryAt }) };
};

/** What an error answer says in words that are safe to keep: codes, scopes, and what follows from the status. */
export const wordsIn = (response: ProviderResponse): string | null => {
  const body = readJson(errorBody, response.body);
  const words = [codeIn(body), scopesIn(body), meaningOf(response)].filter((word) => word !== null);
  return words.length === 0 ? null : words.join(', ');
};

const errorBody = z.object({
  truto_is_remote_error: z.nullish(z.unknown()),
  raw_response: z.nullish(z.unknown()),
  truto_error_insight: z.nullish(z.unknown()),
});
type ErrorBody = z.output<typeof errorBody>;

/** Ironclad said it. */
const isRemote = (response: ProviderResponse): boolean =>
  readJson(errorBody, response.body)?.truto_is_remote_error === true;

/**
 * Nothing was made: what was wanted is `wrong`, or the integrated account is `gone` (a 404 of Truto's own). Null for any
 * other answer; without Truto's form of an error it is somebody else's, such as a proxy's.
 */
export const whyNotMade = (response: ProviderResponse): 'wrong' | 'gone' | null => {
  const { status, body } = response;
  if (readJson(ownForm, body)?.statusCode !== status) return null;
  if (status === 400 || status === 422) return 'wrong';
  if (status !== 404) return null;
  return isRemote(response) ? 'wrong' : 'gone';
};

const ownForm = z.object({ statusCode: z.number() });

const isBlocked = (response: ProviderResponse): boolean => response.status === 503 && !isRemote(response);

const meaningOf = (response: ProviderResponse): string | null => {
  if (isBlocked(response)) return 'the integrated account is blocked';
  // Truto moves the account to `needs_reauth` on Ironclad's 401 (documented).
  const needsReauth = response.status === 401 && isRemote(response);
  return needsReauth ? 'the integrated account needs to be authorized again' : null;
};

const remoteError = z.object({ code: z.string().check(z.regex(/^[A-Z]{2,20}(_[A-Z]{2,20}){0,3}$/)) });

/** Ironclad's code. `raw_response` is an object (inferred), perhaps as text. */
const codeIn = (body: ErrorBody | null): string | null => {
  const raw = body?.raw_response ?? null;
  if (typeof raw === 'string') return readJson(remoteError, raw)?.code ?? null;
  const said = remoteError.safeParse(raw);
  return said.success ? said.data.code : null;
};

const missingScopes = z.object({ missing_scopes: z.array(z.string()) });
const forbidden = z.object({
  forbidden_error: z.union([z.object({ value: missingScopes }), missingScopes]),
});
const scope = /^[A-Za-z][\w.:/-]{0,49}$/;

/** Of a 403: which scopes the connection to Ironclad lacks (documented). */
const scopesIn = (body: ErrorBody | null): string | null => {
  const insight = forbidden.safeParse(body?.truto_error_insight);
  if (!insight.success) return null;
  const { forbidden_error: found } = insight.data;
  const scopes = ('value' in found ? found.value : found).missing_scopes.filter((name) => scope.test(name));
  return scopes.length === 0 ? null : `missing scopes: ${scopes.slice(0, 2).join(' ')}`;
};
