/** The account itself: one harmless read of it, and where its callbacks go (API reference: GET and PUT /account). */
import type { AccountOptions } from '../account-options.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { checkAnswer } from '../check-answer.ts';
import type { AccountCheck, WebhookSetup } from '../provider.ts';
import { errorName, headersFor } from './request.ts';

type Options = AccountOptions;

export const check: AccountCheck<ApiKeyCredentials, Options> = {
  request: (connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/account`,
    headers: headersFor(connection),
  }),
  classify: (response) => checkAnswer(response, errorName(response)),
};

/** Sets the callback URL of the account. Requests made under an API app call the app's own URL instead. */
export const webhookSetup: WebhookSetup<ApiKeyCredentials, Options> = {
  steps: [
    'In Dropbox Sign, open Settings, then API.',
    'Paste {webhook_url} as the account callback URL and press Test: it must answer "Hello API Event Received".',
    'For requests that are sent under an API app, set the same URL as that app’s event callback.',
    'The account’s primary API key must be the one that this account holds: callbacks are signed with it.',
  ],
  request: (connection, webhookUrl) => ({
    method: 'PUT',
    url: `${connection.baseUrl}/account`,
    headers: { ...headersFor(connection), 'content-type': 'application/json' },
    body: JSON.stringify({ callback_url: webhookUrl }),
  }),
  classify: (response) => {
    if (response.status === 200) return { kind: 'registered' };
    const name = errorName(response);
    return { kind: 'refused', detail: `The provider answered ${response.status}${name ? ` ${name}` : ''}.` };
  },
};
