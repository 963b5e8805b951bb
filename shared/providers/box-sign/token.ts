/** The client credentials grant: no refresh token, simply asked for again (documented). */
import { classifyGrant } from '../client-credentials.ts';
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

  // A wrong id or secret, a subject that is not allowed, and an app that no admin has authorised are all told with 400
  // (documented). `expires_in` varies.
  classify: (response) => classifyGrant(response, response.status === 200, [400]),
};
