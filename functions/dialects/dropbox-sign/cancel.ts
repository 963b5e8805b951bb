/**
 * `POST /signature_request/cancel/{id}`: 200 says that the cancellation is queued and nothing more, and the wish is: so it is
 * answered as soon as it is written down.
 */
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { errorAnswer } from './errors.ts';

export async function cancelSignatureRequest({ requests, parameters }: DialectRequest): Promise<Response> {
  const { status } = await requests.cancel(parameters['signature_request_id'] ?? '', {}, 0);
  return status === 'cancelled' ? errorAnswer('deleted') : { status: 200 };
}
