/** `POST /sign_requests/{id}/cancel`: synchronous; the answer is the request itself. */
import type { CancelAnswer } from '../../domain/answers.ts';
import { errorFrom } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';
import { codeIn, headersFor, postponed, statusIn } from './request.ts';

export const cancel: Exchange<BoxSignCredentials, BoxSignOptions, CancelAnswer> = {
  request: ({ providerRequestId, reason }, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/sign_requests/${providerRequestId}/cancel`,
    headers: { ...headersFor(connection), 'content-type': 'application/json' },
    // The body is optional (documented), yet never left out: a client of the vendor's own failed "because of empty body".
    body: JSON.stringify(reason === null ? {} : { reason }),
  }),

  classify(response, _memory, { url }) {
    const { status } = response;
    if (status === 200) {
      const found = statusIn(response, url);
      if (found === 'cancelled') return { kind: 'confirmed', status: 'cancelled' };
      return { kind: 'unclear', mayHaveActed: true, error: errorFrom(response, 'unexpected-answer', found) };
    }
    const delay = postponed(response);
    if (delay !== null && (delay.kind === 'try_again' || status === 401)) return delay;
    const code = codeIn(response);
    if (status < 400) {
      return { kind: 'unclear', mayHaveActed: true, error: errorFrom(response, 'unexpected-answer', code) };
    }
    // What is said of a request that cannot be cancelled (any more, or not yet, or not by this user) is not documented:
    // an opaque 400 was seen. Only the request itself tells.
    const error = delay?.error ?? errorFrom(response, status === 404 ? 'not-found' : 'refused', code);
    return { kind: 'unclear', mayHaveActed: false, error };
  },
};
