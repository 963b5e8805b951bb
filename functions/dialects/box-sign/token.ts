/**
 * `POST /oauth2/token`: client credentials for a token. The secret is an API key, and so is the token: nothing is kept of it,
 * and it ends with the key.
 */
import * as z from 'zod/mini';
import { bodyLimitBytes } from '../../../shared/http/body.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { type Problem, problemTypes } from '../../../shared/http/problem.ts';
import { readQuery } from '../../../shared/http/query.ts';
import type { AnyonesRequest } from '../dialect.ts';

const grantType = 'client_credentials';

/** Which account it is for, the path says: neither the app nor the subject means anything here. A narrower token cannot be had. */
const grant = z.strictObject({
  grant_type: z.literal(grantType),
  client_id: z.string().check(z.minLength(1)),
  client_secret: z.string().check(z.minLength(1)),
  box_subject_type: z.enum(['enterprise', 'user']),
  box_subject_id: z.string().check(z.minLength(1)),
});

/** Seconds. The key lives longer; asking again costs little, and tells early of one that was revoked. */
const tokenLife = 3_600;

export const issueToken = async ({ body, ownerOf }: AnyonesRequest): Promise<Response> => {
  if (body.byteLength > bodyLimitBytes) return oauthError(400, 'invalid_request', 'The body is too large');
  const form = new URLSearchParams(body.toString('utf8'));
  if (form.get('grant_type') !== grantType) {
    return oauthError(400, 'unsupported_grant_type', `The grant type must be ${grantType}`);
  }
  const { client_secret: key } = readQuery(form, grant);
  await ownerOf(key);
  return {
    status: 200,
    body: { access_token: key, expires_in: tokenLife, token_type: 'bearer', restricted_to: [] },
  };
};

export const refuseToken = ({ type, options }: Problem): Response => {
  const { status, title } = problemTypes[type];
  switch (type) {
    case 'unauthenticated':
      return oauthError(400, 'invalid_client', 'The client credentials are invalid');
    case 'invalid-request': {
      const [first] = options.errors ?? [];
      return oauthError(400, 'invalid_request', first ? `${first.field} ${first.message}` : title);
    }
    case 'temporarily-unavailable':
      return oauthError(503, 'temporarily_unavailable', title, problemTypes[type].headers);
    default:
      return oauthError(status, 'server_error', title);
  }
};

const oauthError = (
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response => ({ status, headers, body: { error, error_description: description } });
