/** `POST /signature_request/cancel/{id}`: no body, and 200 with an empty one. */

import type { CancelAnswer } from '../../domain/answers.ts';
import type { AccountOptions } from '../account-options.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { errorFrom } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import { endedBefore410, errorName, headersFor, postponed } from './request.ts';

export const cancel: Exchange<ApiKeyCredentials, AccountOptions, CancelAnswer> = {
  request: ({ providerRequestId }, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/signature_request/cancel/${providerRequestId}`,
    headers: headersFor(connection),
  }),

  classify(response, memory) {
    const name = errorName(response);
    const error = errorFrom(response, 'refused', name);
    switch (response.status) {
      case 200:
        // Eligible and queued, nothing more (API reference). The body is empty and not read.
        return { kind: 'accepted' };
      case 410: {
        const as = endedBefore410(memory);
        if (as === null && memory.sent === 'no') return { kind: 'confirmed', status: 'deleted' };
        // After a call of ours that may have acted, a read is the proof.
        if (as === null) return { kind: 'unclear', mayHaveActed: true, error };
        return { kind: 'ended', as, detail: `The request is gone; an event had said before: ${as}.` };
      }
      case 404:
        return { kind: 'unclear', mayHaveActed: false, error: { ...error, type: 'not-found' } };
      case 400:
      case 409:
      case 422:
        // `signature_request_cancel_failed` is said of a finished request, of a stranger's and (unverified) of one
        // not sent yet. Only the request itself tells which.
        return { kind: 'unclear', mayHaveActed: false, error };
      default: {
        const unexpected = { ...error, type: 'unexpected-answer' } as const;
        return postponed(response) ?? { kind: 'unclear', mayHaveActed: true, error: unexpected };
      }
    }
  },
};
