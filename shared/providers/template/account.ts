/** The account itself: one harmless read, and where its webhooks go. */
import * as z from 'zod/mini';
import type { AccountOptions } from '../account-options.ts';
import { apiKey } from '../api-key.ts';
import { checkAnswer } from '../check-answer.ts';
import { errorFrom } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { AccountCheck, WebhookSetup } from '../provider.ts';
import { codeIn, type ExampleSignCredentials, headersFor, jsonHeadersFor } from './request.ts';

export const check: AccountCheck<ExampleSignCredentials, AccountOptions> = {
  request: (connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/account`,
    headers: headersFor(connection),
  }),
  classify: (response) => checkAnswer(response, codeIn(response)),
};

/** The secret is in this answer and in no other. */
const registered = z.object({ secret: apiKey });

export const webhookSetup: WebhookSetup<ExampleSignCredentials, AccountOptions> = {
  steps: [
    'In Example Sign, open Settings, then Webhooks, and add {webhook_url}.',
    'Store the secret that it shows in this account as webhook_secret.',
  ],
  request: (connection, webhookUrl) => ({
    method: 'POST',
    url: `${connection.baseUrl}/webhooks`,
    headers: jsonHeadersFor(connection),
    body: JSON.stringify({ url: webhookUrl }),
  }),
  classify(response) {
    const found = response.status === 201 ? readJson(registered, response.body) : null;
    if (found !== null) return { kind: 'registered', credentials: { webhook_secret: found.secret } };
    return { kind: 'refused', detail: errorFrom(response, 'refused', codeIn(response)).detail };
  },
};
