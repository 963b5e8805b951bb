/** The account itself. Callbacks are set for each signature request, by whoever creates it: no call does it for all. */
import type { ApiKeyCredentials } from '../api-key.ts';
import { checkAnswer } from '../check-answer.ts';
import type { AccountCheck, WebhookSetup } from '../provider.ts';
import { headersFor, messageIn, type OkdokumentOptions } from './request.ts';

/** `GET /counter`: the quota (documented). */
export const check: AccountCheck<ApiKeyCredentials, OkdokumentOptions> = {
  request: (connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/counter`,
    headers: headersFor(connection),
  }),
  classify: (response) => checkAnswer(response, messageIn(response)?.message ?? null),
};

export const webhookSetup: WebhookSetup<ApiKeyCredentials, OkdokumentOptions> = {
  steps: [
    'Signature requests that Rescind creates call back by themselves.',
    'Give {webhook_url} as sendInfoURL when you create one elsewhere (POST /signatureRequest).',
    'For one that exists, set it with PATCH /signatureRequest {signatureRequestId, sendInfoURL}.',
    'The callback is not signed: Rescind takes it as a reason to look, never as proof.',
  ],
  request: () => null,
  classify: (response) => ({ kind: 'refused', detail: `The provider answered ${response.status}.` }),
};
