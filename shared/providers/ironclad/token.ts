/** The client credentials grant (documented): a token of the app, to be used in the name of a user. */
import * as z from 'zod/mini';
import type { Instant } from '../../domain/ids.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { TokenExchange } from '../provider.ts';
import { hostOf, type IroncladCredentials, type IroncladOptions } from './credentials.ts';
import { isSuccess } from './request.ts';

/** Reading a packet's own status is not among them: no client credentials are ever allowed it (documented). */
const scopes = [
  'public.workflows.readWorkflows',
  'public.workflows.cancel',
  'public.workflows.cancelSignatureRequests',
  'public.webhooks.createWebhooks',
];
/** An app that was not granted these gets no token when it asks for them: only one that says it has them does. */
const creationScopes = [
  'public.workflows.readSignatures',
  'public.workflows.createWorkflows',
  'public.workflows.remindSigners',
];

export const token: TokenExchange<IroncladCredentials, IroncladOptions> = {
  tokenUrlSetting: 'IRONCLAD_TOKEN_URL',
  tokenUrl: (options) => `${hostOf(options)}/oauth/token`,

  request: (credentials, url, { creates }) =>
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
            scope: (creates ? [...scopes, ...creationScopes] : scopes).join(' '),
          }).toString(),
        },

  classify(response) {
    const { status, body, receivedAt } = response;
    const granted = isSuccess(response) ? readJson(grant, body) : null;
    if (granted !== null) {
      const expiresAt = (receivedAt + (granted.expires_in ?? 0) * 1_000) as Instant;
      return { kind: 'token', accessToken: granted.access_token, expiresAt };
    }
    const code = readJson(oauthError, body)?.error ?? null;
    // A wrong secret is 403 `unauthorized_client`, a malformed id 400 `invalid_request` (observed by third parties).
    // Without the OAuth form, a 4xx is somebody else's, such as a proxy's.
    if (code !== null && (status === 400 || status === 403)) {
      return { kind: 'refused', error: errorFrom(response, 'unauthorized', code), pausesAccount: true };
    }
    const error = errorFrom(response, 'unexpected-answer', code);
    return postponement(response, code) ?? { kind: 'try_again', error, pausesAccount: false };
  },
};

/** `expires_in` is in seconds: 3600 in the document, 6 hours observed by third parties. */
const grant = z.object({
  access_token: z.string().check(z.regex(/^[!-~]{1,4096}$/)),
  expires_in: z.nullish(z.number().check(z.minimum(0))),
  token_type: z.nullish(z.string().check(z.regex(/^bearer$/i))),
});

const oauthError = z.object({ error: z.string().check(z.regex(/^[a-z]{1,20}(_[a-z]{1,20}){0,5}$/)) });
