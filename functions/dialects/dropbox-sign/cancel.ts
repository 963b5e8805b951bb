/**
 * `POST /signature_request/cancel/{id}`: 200 says that the cancellation is queued and nothing more, and the wish is: so it is
 * answered as soon as it is written down.
 */
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { errorAnswer } from './errors.ts';

export async function cancelSignatureRequest({ requests, parameters }: DialectRequest): Promise<Response> {
  const { signature_request_id: id = '' } = parameters;
  const askedAt = Date.now();
  const request = await requests.cancel(id, {}, 0);
  const wasBefore = request.status === 'cancelled' && !isAskedSince(request, askedAt);
  return wasBefore ? errorAnswer('deleted') : { status: 200 };
}

/** What was never sent is cancelled by the wish itself. */
const isAskedSince = ({ cancellation }: SignatureRequestView, askedAt: number): boolean =>
  cancellation !== null && Date.parse(cancellation.requested_at) >= askedAt;
