/** `GET /signature_requests/{id}`: its status is the proof of a cancellation. */
import type { ReadAnswer } from '../../domain/answers.ts';
import type { AccountOptions } from '../account-options.ts';
import { errorFrom, postponement } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import { detailsIn } from './details.ts';
import { codeIn, type ExampleSignCredentials, headersFor, statusIn } from './request.ts';

export const read: Exchange<ExampleSignCredentials, AccountOptions, ReadAnswer> = {
  request: ({ providerRequestId }, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/signature_requests/${providerRequestId}`,
    headers: headersFor(connection),
  }),

  classify(response, { followed }, { url }) {
    const status = response.status === 200 ? statusIn(response, url) : null;
    const details = followed && { details: detailsIn(response) };
    if (status === 'cancelled') return { kind: 'proof', status, requestStatus: status, ...details };
    if (status !== null) return { kind: 'status', status, ...details };
    const code = codeIn(response);
    // Never proof: the request may be another account's.
    if (response.status === 404) return { kind: 'not_found', error: errorFrom(response, 'not-found', code) };
    const error = errorFrom(response, 'unexpected-answer', code);
    return postponement(response, code) ?? { kind: 'unclear', error };
  },
};
