/** `POST /signature_requests/{id}/cancel`: the answer is the request, which may already be cancelled or not yet. */
import type { CancelAnswer } from '../../domain/answers.ts';
import type { AccountOptions } from '../account-options.ts';
import { errorFrom, postponement } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import { codeIn, type ExampleSignCredentials, jsonHeadersFor, statusIn } from './request.ts';

export const cancel: Exchange<ExampleSignCredentials, AccountOptions, CancelAnswer> = {
  request: ({ providerRequestId, reason }, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/signature_requests/${providerRequestId}/cancel`,
    headers: jsonHeadersFor(connection),
    body: JSON.stringify(reason === null ? {} : { reason }),
  }),

  classify(response, _memory, { url }) {
    const code = codeIn(response);
    const unexpected = errorFrom(response, 'unexpected-answer', code);
    switch (response.status) {
      case 200: {
        const status = statusIn(response, url);
        // An answer that does not name the request proves nothing, and may have acted all the same.
        if (status === null) return { kind: 'unclear', mayHaveActed: true, error: unexpected };
        return status === 'cancelled' ? { kind: 'confirmed', status } : { kind: 'accepted' };
      }
      case 404:
        return { kind: 'unclear', mayHaveActed: false, error: errorFrom(response, 'not-found', code) };
      case 400:
      case 409:
        // It has ended in some way: a read tells in which.
        return { kind: 'unclear', mayHaveActed: false, error: errorFrom(response, 'refused', code) };
      default:
        return postponement(response, code) ?? { kind: 'unclear', mayHaveActed: true, error: unexpected };
    }
  },
};
