/** `GET /sign_requests/{id}`: one status, of thirteen (documented). */
import type { ReadAnswer } from '../../domain/answers.ts';
import { errorFrom } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';
import { detailsIn } from './details.ts';
import { codeIn, headersFor, postponed, statusIn } from './request.ts';

export const read: Exchange<BoxSignCredentials, BoxSignOptions, ReadAnswer> = {
  request: ({ providerRequestId }, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/sign_requests/${providerRequestId}`,
    headers: headersFor(connection),
  }),

  classify(response, { followed }, { url }) {
    const status = response.status === 200 ? statusIn(response, url) : null;
    // The same answer has them. What is not followed has nowhere to keep them.
    const details = followed && { details: detailsIn(response) };
    if (status === 'cancelled') return { kind: 'proof', status, requestStatus: status, ...details };
    if (status !== null) return { kind: 'status', status, ...details };
    const error = errorFrom(response, 'unexpected-answer', codeIn(response));
    // Unknown, not visible to this user, or its files or its folder were deleted (documented). Never "cancelled".
    if (response.status === 404) return { kind: 'not_found', error: { ...error, type: 'not-found' } };
    return postponed(response) ?? { kind: 'unclear', error };
  },
};
