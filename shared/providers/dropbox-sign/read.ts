/** `GET /signature_request/{id}`. */

import type { ReadAnswer } from '../../domain/answers.ts';
import type { AccountOptions } from '../account-options.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { errorFrom } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import { endedBefore410, errorName, headersFor, postponed } from './request.ts';
import { seenIn } from './signature-request.ts';

export const read: Exchange<ApiKeyCredentials, AccountOptions, ReadAnswer> = {
  request: ({ providerRequestId }, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/signature_request/${providerRequestId}`,
    headers: headersFor(connection),
  }),

  classify(response, memory, { url }) {
    const error = errorFrom(response, 'unexpected-answer', errorName(response));
    switch (response.status) {
      case 200: {
        const seen = seenIn(response);
        const asked = url.slice(url.lastIndexOf('/') + 1);
        if (!seen?.status || (seen.id ?? asked) !== asked) return { kind: 'unclear', error };
        const { status, details } = seen;
        return { kind: 'status', status, ...(memory.followed && { details }) };
      }
      case 410: {
        const as = endedBefore410(memory);
        if (as === null) return { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' };
        return { kind: 'ended', as, detail: `The request is gone; an event had said before: ${as}.` };
      }
      case 404:
        // Unknown, or not visible to this account. Never proof of a cancellation.
        return { kind: 'not_found', error: { ...error, type: 'not-found' } };
      default:
        return postponed(response) ?? { kind: 'unclear', error };
    }
  },
};
