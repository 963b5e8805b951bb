/** `POST /2.0/sign_requests/{id}/cancel`: answered with the request when it is proven to be cancelled, or when the time is up. */
import * as z from 'zod/mini';
import { readBody } from '../../../shared/http/body.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { cannotBe, clientError, notFound } from './client-error.ts';
import { signRequestOf } from './sign-request.ts';
import { waits } from './waits.ts';

/** Empty, `{}` and `{reason}` are taken (documented). An empty reason is none. */
const cancelBody = z.strictObject({ reason: z.optional(z.string()) });

export const cancelSignRequest = async ({
  requests,
  parameters: { id = '' },
  requestId,
  ...incoming
}: DialectRequest): Promise<Response> => {
  const { reason } = readBody(incoming, cancelBody, {});
  return answerOf(await requests.cancel(id, { reason: reason || undefined }, waits.outcome), requestId);
};

/**
 * Not proven in time, the wish is written down all the same and is carried out: so the answer is the request as it stands,
 * which does not say `cancelled`. An error would say that nothing was taken.
 */
const answerOf = (request: SignatureRequestView, requestId: string): Response => {
  const { cancellation } = request;
  switch (cancellation?.state) {
    case undefined:
    case 'confirmed':
    case 'queued':
    case 'submitted':
      return { status: 200, body: signRequestOf(request) };
    case 'rejected':
      return cancellation?.error?.type === 'not-found'
        ? notFound(requestId)
        : cannotBe('cancelled', cancellation?.error?.detail ?? '', requestId);
    case 'failed': {
      const message = `Given up: ${cancellation?.error?.detail ?? ''} The same call starts it again.`;
      return clientError(409, { requestId, message });
    }
  }
};
