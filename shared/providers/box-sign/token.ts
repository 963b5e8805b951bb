/** The client credentials grant: no refresh token, simply asked for again (documented). */
import * as z from 'zod/mini';
import type { Instant } from '../../domain/ids.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { TokenExchange } from '../provider.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';

export const token: TokenExchange<BoxSignCredentials, BoxSignOptions> = {
  tokenUrlSetting: 'BOX_TOKEN_URL',
  tokenUrl: () => 'https://api.box.com/oauth2/token',

  request: (credentials, url) =>
    'access_token' in credentials
      ? null
      : {
          method: 'POST',
          url,
          headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: credentials.client_id,
            client_secret: credentials.client_secret,
            box_subject_type: credentials.subject_type,
            box_subject_id: credentials.subject_id,
          }).toString(),
        },

  classify(response) {
    const { status, body, receivedAt } = response;
    const granted = status === 200 ? readJson(grant, body) : null;
    if (granted !== null) {
      const expiresAt = (receivedAt + (granted.expires_in ?? 0) * 1_000) as Instant;
      return { kind: 'token', accessToken: granted.access_token, expiresAt };
    }
    const code = readJson(oauthError, body)?.error ?? null;
    // A wrong id or secret, a subject that is not allowed, and an app that no admin has authorised are all told like
    // this (documented). Without the OAuth form, a 400 is somebody else's, such as a proxy's.
    if (status === 400 && code !== null) {
      return { kind: 'refused', error: errorFrom(response, 'unauthorized', code), pausesAccount: true };
    }
    const error = errorFrom(response, 'unexpected-answer', code);
    return postponement(response, code) ?? { kind: 'try_again', error, pausesAccount: false };
  },
};

const bearer = z.nullish(z.string().check(z.regex(/^bearer$/i)));

/** The API reference says `token_type`, a sample in the guides `issued_token_type`. `expires_in` is in seconds, and varies. */
const grant = z.object({
  access_token: z.string().check(z.regex(/^[!-~]{1,4096}$/)),
  expires_in: z.nullish(z.number().check(z.minimum(0))),
  token_type: bearer,
  issued_token_type: bearer,
});

/** Unlike every other error of Box. */
const oauthError = z.object({ error: z.string().check(z.regex(/^[a-z]{1,20}(_[a-z]{1,20}){0,5}$/)) });
