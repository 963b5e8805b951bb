/** `POST /signature_requests/{id}/remind`: mails all who have not signed. */
import type { AccountOptions } from '../account-options.ts';
import type { RemindSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { comeBackAt } from '../retry-after.ts';
import { codeIn, type ExampleSignCredentials, headersFor } from './request.ts';

export const remind: RemindSide<ExampleSignCredentials, AccountOptions> = {
  request: ({ providerRequestId }, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/signature_requests/${providerRequestId}/remind`,
    headers: headersFor(connection),
  }),

  classify(response) {
    const { status } = response;
    const code = codeIn(response);
    if (status === 204) return { kind: 'reminded' };
    // It may have been sent, and a second mail helps nobody.
    if (status < 400 || status >= 500) {
      return { kind: 'unclear', error: errorFrom(response, 'unexpected-answer', code) };
    }
    const retryAt = comeBackAt(response);
    const refusal = errorFrom(response, status === 404 ? 'not-found' : 'refused', code);
    const error = postponement(response, code)?.error ?? refusal;
    return { kind: 'refused', error, ...(retryAt !== null && { retryAt }) };
  },
};
