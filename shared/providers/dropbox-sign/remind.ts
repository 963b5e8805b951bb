/** `POST /signature_request/remind/{id}`: mails one signer, named by address, and by name where two share one (documented). */
import type { ApiKeyCredentials } from '../api-key.ts';
import type { RemindSide } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import { type DropboxSignOptions, errorName, headersFor, postponed } from './request.ts';

export const remind: RemindSide<ApiKeyCredentials, DropboxSignOptions> = {
  request: ({ providerRequestId, signer }, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/signature_request/remind/${providerRequestId}`,
    headers: { ...headersFor(connection), 'content-type': 'application/json' },
    body: JSON.stringify({ email_address: signer?.email ?? '', name: signer?.name ?? undefined }),
  }),

  classify(response) {
    const { status } = response;
    const name = errorName(response);
    if (status === 200) return { kind: 'reminded' };
    const unclear = { kind: 'unclear', error: errorFrom(response, 'unexpected-answer', name) } as const;
    if (status < 400 || status >= 500) return unclear;
    const delay = postponed(response);
    if (delay !== null) {
      const { error, retryAt } = delay;
      return { kind: 'refused', error, ...(retryAt !== undefined && { retryAt }) };
    }
    if (name === null) return unclear;
    // `invalid_reminder` is said of the cool-down and of a request that is over; it does not say which (documented).
    const isGone = status === 404 || status === 410;
    return { kind: 'refused', error: errorFrom(response, isGone ? 'not-found' : 'refused', name) };
  },
};
