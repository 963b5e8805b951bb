/** The account itself: one harmless read, and where its webhooks go. */
import * as z from 'zod/mini';
import { apiKey } from '../api-key.ts';
import { checkAnswer } from '../check-answer.ts';
import { readJson } from '../json.ts';
import type { AccountCheck, WebhookSetup } from '../provider.ts';
import { wordsIn } from './errors.ts';
import { headersFor, type TrutoCredentials, type TrutoOptions, urlOf, workflowsPath } from './request.ts';

/** A list of one workflow: it tries the token, the integrated account and its connection to Ironclad at once. */
export const check: AccountCheck<TrutoCredentials, TrutoOptions> = {
  request: (connection) => ({
    method: 'GET',
    url: `${urlOf(connection, workflowsPath)}&limit=1`,
    headers: headersFor(connection),
  }),
  classify(response) {
    const answer = checkAnswer(response, wordsIn(response));
    // Every account has the list; 404 is said of an integrated account that is not in the token's environment.
    if (response.status !== 404 || answer.kind !== 'unclear') return answer;
    return { kind: 'bad_credentials', detail: `${answer.detail} Is integrated_account_id right?` };
  },
};

/** Those that Truto sends on behalf of the provider behind an integrated account (documented). */
const eventTypes = ['record:created', 'record:updated', 'record:deleted'];

/** The secret is in this answer and in no other (source: the vendor's SDK). */
const created = z.object({ secret: apiKey });

export const webhookSetup: WebhookSetup<TrutoCredentials, TrutoOptions> = {
  steps: [
    'In Truto, open Webhooks and create one for the environment of the API token, with the URL {webhook_url} (HTTPS) and the record events.',
    'Store the secret that Truto then shows, once, in this account as webhook_secret.',
    'Truto is not known to pass on that an Ironclad workflow was cancelled: Rescind reads it, with or without a webhook.',
  ],
  request: (connection, webhookUrl) => ({
    method: 'POST',
    url: `${connection.baseUrl}/webhook`,
    headers: { ...headersFor(connection), 'content-type': 'application/json' },
    body: JSON.stringify({ target_url: webhookUrl, event_types: eventTypes }),
  }),
  classify(response) {
    const words = wordsIn(response);
    const answered = `The provider answered ${response.status}${words === null ? '' : ` ${words}`}.`;
    if (response.status < 200 || response.status >= 300) return { kind: 'refused', detail: answered };
    const webhook = readJson(created, response.body);
    if (webhook === null) {
      return {
        kind: 'refused',
        detail: `${answered} It shows no secret: see in Truto whether it was created.`,
      };
    }
    return { kind: 'registered', credentials: { webhook_secret: webhook.secret } };
  },
};
