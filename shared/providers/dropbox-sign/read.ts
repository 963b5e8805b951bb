/** `GET /signature_request/{id}`: there is no status field, so the status is derived from flags and signatures. */

import * as z from 'zod/mini';
import type { ReadAnswer } from '../../domain/answers.ts';
import type { RequestStatus } from '../../domain/signature-request.ts';
import type { AccountOptions } from '../account-options.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { errorFrom } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { Exchange, ProviderResponse } from '../provider.ts';
import { endedBefore410, errorName, headersFor, postponed } from './request.ts';

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
        const status = statusIn(response, url.slice(url.lastIndexOf('/') + 1));
        return status === null ? { kind: 'unclear', error } : { kind: 'status', status };
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

/** Only what the status follows from. Every property is optional in the API reference, and codes are free text. */
const answer = z.object({
  signature_request: z.object({
    signature_request_id: z.nullish(z.string()),
    is_complete: z.nullish(z.boolean()),
    is_declined: z.nullish(z.boolean()),
    has_error: z.nullish(z.boolean()),
    signatures: z.nullish(
      z.array(z.object({ status_code: z.nullish(z.string()), last_viewed_at: z.nullish(z.unknown()) })),
    ),
  }),
});

const statusIn = (response: ProviderResponse, id: string): Exclude<RequestStatus, 'cancelled'> | null => {
  const found = readJson(answer, response.body)?.signature_request;
  if (!found || (found.signature_request_id ?? id) !== id) return null;
  if (typeof found.is_complete !== 'boolean' && !found.signatures) return null;
  const signatures = found.signatures ?? [];
  const codes = signatures.map(({ status_code }) => status_code ?? '');
  if (found.is_declined || codes.includes('declined')) return 'declined';
  if (found.has_error || codes.some(isError)) return 'error';
  if (found.is_complete) return 'signed';
  if (codes.includes('expired')) return 'expired';
  // One of several signatures has no word of its own in the unified vocabulary: the request stays `viewed`.
  if (codes.includes('signed')) return 'viewed';
  return signatures.some(({ last_viewed_at }) => (last_viewed_at ?? null) !== null) ? 'viewed' : 'sent';
};

/** A signer's wrong address is not the end of a request: the sender can correct it, so it can still be cancelled. */
const isError = (code: string): boolean => code.startsWith('error_') && code !== 'error_invalid_email';
