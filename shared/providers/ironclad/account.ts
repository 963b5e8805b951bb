/** The account itself: one harmless read, and where its webhooks go. */
import * as z from 'zod/mini';
import { checkAnswer } from '../check-answer.ts';
import { errorFrom } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { AccountCheck, ProviderResponse, WebhookSetup } from '../provider.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { codeIn, headersFor, isSuccess } from './request.ts';
import { events } from './webhook.ts';

/** `GET /workflows` needs the scope that every status read needs (documented). It does not tell who may cancel. */
export const check: AccountCheck<IroncladCredentials, IroncladOptions> = {
  request: (connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/workflows?pageSize=1`,
    headers: headersFor(connection),
  }),
  classify: (response) => checkAnswer(response, codeIn(response)),
};

export const webhookSetup: WebhookSetup<IroncladCredentials, IroncladOptions> = {
  steps: [
    'In Ironclad, give the app the scope public.webhooks.createWebhooks.',
    'Register the webhook here, or with POST /webhooks {events, targetURL} and {webhook_url} as targetURL.',
    `The events: ${events.join(', ')}.`,
    'Nothing else is to be set: Rescind fetches the key that Ironclad signs with.',
  ],
  request: (connection, targetURL) => ({
    method: 'POST',
    url: `${connection.baseUrl}/webhooks`,
    headers: { ...headersFor(connection), 'content-type': 'application/json' },
    body: JSON.stringify({ events, targetURL }),
  }),
  classify(response) {
    // 201 in the document, 200 as observed.
    if (isSuccess(response) || isDuplicate(response)) return { kind: 'registered' };
    return { kind: 'refused', detail: errorFrom(response, 'refused', codeIn(response)).detail };
  },
};

const invalid = z.object({
  code: z.literal('INVALID_PARAM'),
  message: z.nullish(z.string()),
  param: z.nullish(z.string()),
});

/** One for each URL. The parameter is misspelled in this answer, the message says that it "already exists" (observed). */
const isDuplicate = ({ status, body }: ProviderResponse): boolean => {
  const said = status === 400 ? readJson(invalid, body) : null;
  return said !== null && (said.param === 'tagetURL' || /already exists/i.test(said.message ?? ''));
};
