/** What every call to Dropbox Sign has in common. */

import * as z from 'zod/mini';
import type { EndedAs, Memory, Postponement } from '../../domain/answers.ts';
import type { AccountOptions } from '../account-options.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { postponement, rateLimited } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { Connection, ProviderResponse } from '../provider.ts';

export interface DropboxSignOptions extends AccountOptions {
  /** What is created is not binding, and not charged for. Absent: false. */
  readonly test_mode?: boolean | undefined;
}

export type DropboxSignConnection = Connection<ApiKeyCredentials, DropboxSignOptions>;

/** HTTP Basic: the API key is the user name, the password is empty. */
export const headersFor = ({ credentials }: DropboxSignConnection): Readonly<Record<string, string>> => ({
  accept: 'application/json',
  authorization: `Basic ${Buffer.from(`${credentials.api_key}:`).toString('base64')}`,
});

const errorBody = z.object({
  error: z.object({ error_name: z.string().check(z.regex(/^[a-z]{1,20}(_[a-z]{1,20}){0,5}$/)) }),
});

/** `error_name` of an error answer, which always has exactly one. */
export const errorName = (response: ProviderResponse): string | null =>
  readJson(errorBody, response.body)?.error.error_name ?? null;

/** As for any provider, except that a limit was once answered 403 and is told by its name. */
export const postponed = (response: ProviderResponse): Postponement | null => {
  const name = errorName(response);
  return name === 'exceeded_rate' ? rateLimited(response, name) : postponement(response, name);
};

/**
 * 410 `deleted`: the request is cancelled or gone for good (inferred: the API reference lists 410 and says that
 * signers get it after a cancellation). If an event said before that it had ended otherwise, it did: null if not.
 */
export const endedBefore410 = ({ claim }: Memory): EndedAs | null =>
  claim === null || claim.status === 'cancelled' ? null : claim.status;
