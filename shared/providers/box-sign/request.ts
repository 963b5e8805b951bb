/** What every call to Box Sign has in common. */
import * as z from 'zod/mini';
import type { Postponement } from '../../domain/answers.ts';
import { type RequestStatus, requestStatuses } from '../../domain/signature-request.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { Connection, ProviderResponse } from '../provider.ts';
import { comeBackAt } from '../retry-after.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';

export const headersFor = ({
  credentials,
  accessToken,
}: Connection<BoxSignCredentials, BoxSignOptions>): Readonly<Record<string, string>> => {
  const given = 'access_token' in credentials ? credentials.access_token : '';
  return { accept: 'application/json', authorization: `Bearer ${accessToken ?? given}` };
};

/** The API reference has a closed list of codes, and Box sends others too. */
const clientError = z.object({ code: z.string().check(z.regex(/^[a-z]{1,20}(_[a-z]{1,20}){0,5}$/)) });

/** `code` of an error answer. All its fields are optional, and a 401 may have no body at all. */
export const codeIn = ({ body }: ProviderResponse): string | null =>
  readJson(clientError, body)?.code ?? null;

/** As for any provider; and a 202 with Retry-After means "not yet" (source: the vendor's SDK repeats the call). */
export const postponed = (response: ProviderResponse): Postponement | null => {
  const code = codeIn(response);
  if (response.status !== 202 || response.headers['retry-after'] === undefined) {
    return postponement(response, code);
  }
  const retryAt = comeBackAt(response);
  const error = errorFrom(response, 'provider-unavailable', code);
  return { kind: 'try_again', error, pausesAccount: false, ...(retryAt !== null && { retryAt }) };
};

const signRequest = z.object({ id: z.nullish(z.string()), status: z.string() });

/** The status of the sign request in an answer to a call to `url`; null where there is none, or of another request. */
export const statusIn = ({ body }: ProviderResponse, url: string): RequestStatus | null => {
  const found = readJson(signRequest, body);
  const [, asked = ''] = /\/sign_requests\/([^/]+)/.exec(url) ?? [];
  if (found === null || (found.id ?? asked).toLowerCase() !== asked.toLowerCase()) return null;
  return statusNamed(found.status);
};

/** Rescind's vocabulary is Box Sign's own. */
export const statusNamed = (name: string): RequestStatus => {
  // Gone from the API reference, and still in the guides.
  if (name === 'downloaded' || name === 'signed and downloaded') return 'signed';
  const status = requestStatuses.find((known) => known === name);
  return status === undefined || status === 'creating' ? 'unknown' : status;
};
