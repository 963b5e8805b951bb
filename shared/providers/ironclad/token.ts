/** The client credentials grant (documented): a token of the app, to be used in the name of a user. */
import { classifyGrant } from '../client-credentials.ts';
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

  // A wrong secret is 403 `unauthorized_client`, a malformed id 400 `invalid_request` (observed by third parties).
  // `expires_in` is 3600 in the document, 6 hours observed by third parties.
  classify: (response) => classifyGrant(response, isSuccess(response), [400, 403]),
};
