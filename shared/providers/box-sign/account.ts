/** The account itself: one harmless read of it, and where its webhooks go. */
import { checkAnswer } from '../check-answer.ts';
import type { AccountCheck, WebhookSetup } from '../provider.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';
import { codeIn, headersFor } from './request.ts';

/** `GET /users/me`: whom the token stands for (documented). It does not tell whether that user may manage requests. */
export const check: AccountCheck<BoxSignCredentials, BoxSignOptions> = {
  request: (connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/users/me`,
    headers: headersFor(connection),
  }),
  classify: (response) => checkAnswer(response, codeIn(response)),
};

/** The four that the guides and the API reference spell alike: which spelling of the others is taken is not known. */
const triggers = ['COMPLETED', 'DECLINED', 'EXPIRED', 'SIGNER_EMAIL_BOUNCED'].map(
  (name) => `SIGN_REQUEST.${name}`,
);

/** A webhook is set on the folder that the requests have as `parent_folder`, never on a request (documented). */
export const webhookSetup: WebhookSetup<BoxSignCredentials, BoxSignOptions> = {
  steps: [
    'In the Box Developer Console, give the app the scopes "Manage signature requests" and "Manage webhooks".',
    'Under Webhooks, "Manage signature keys", generate the primary and the secondary key; store them in this account as webhook_primary_key and webhook_secondary_key.',
    'Find the folder that the requests are created in (parent_folder); it cannot be the root folder, 0.',
    'Give its id as options.webhook_folder_id and register the webhook here, or create it in the console (V2, on that folder) with the address {webhook_url} and the Sign triggers completed, declined, expired and email bounced.',
    'Box tells of no cancellation: one that was made in Box itself is found when the request is read.',
  ],
  request: (connection, webhookUrl) =>
    connection.options.webhook_folder_id === undefined
      ? null
      : {
          method: 'POST',
          url: `${connection.baseUrl}/webhooks`,
          headers: { ...headersFor(connection), 'content-type': 'application/json' },
          body: JSON.stringify({
            target: { id: connection.options.webhook_folder_id, type: 'folder' },
            address: webhookUrl,
            triggers,
          }),
        },
  classify(response) {
    if (response.status === 201 || response.status === 200) return { kind: 'registered' };
    const code = codeIn(response);
    const answered = `The provider answered ${response.status}${code === null ? '' : ` ${code}`}.`;
    // One webhook for each app, user and folder (documented). Whether it leads here, the answer does not say.
    const taken =
      'This app already has a webhook on the folder: see in Box that its address is this account’s.';
    return { kind: 'refused', detail: response.status === 409 ? `${answered} ${taken}` : answered };
  },
};
