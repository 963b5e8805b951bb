/** `POST /sign_requests/{id}/resend`: mails all who have not signed. No body, and 202 without one (documented). */
import type { RemindSide } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';
import { codeIn, headersFor, postponed } from './request.ts';

export const remind: RemindSide<BoxSignCredentials, BoxSignOptions> = {
  request: ({ providerRequestId }, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/sign_requests/${providerRequestId}/resend`,
    headers: headersFor(connection),
  }),

  classify(response) {
    const { status, headers } = response;
    const code = codeIn(response);
    // With Retry-After a 202 may mean "not yet" (source: the vendor's SDK repeats the call).
    const unsure = status === 202 && headers['retry-after'] !== undefined;
    if (!unsure && [200, 202, 204].includes(status)) return { kind: 'reminded' };
    if (status < 400 || status >= 500 || status === 408) {
      return { kind: 'unclear', error: errorFrom(response, 'unexpected-answer', code) };
    }
    const delay = postponed(response);
    if (delay !== null) {
      const { error, retryAt } = delay;
      return { kind: 'refused', error, ...(retryAt !== undefined && { retryAt }) };
    }
    // 400: within 10 minutes of the last mail, or not in this status (documented). It does not say which.
    return { kind: 'refused', error: errorFrom(response, status === 404 ? 'not-found' : 'refused', code) };
  },
};
