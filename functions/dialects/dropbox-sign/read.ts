/** `GET /signature_request/{id}`: as Dropbox Sign tells it now; 410 once it is cancelled. */

import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { errorAnswer } from './errors.ts';
import { shown } from './shown.ts';

/** In seconds; a read takes a part of one. When it is over, what was known before is shown. */
export const longestRead = 5;

export async function getSignatureRequest({
  requests,
  parameters,
  account,
}: DialectRequest): Promise<Response> {
  const { signature_request_id: id = '' } = parameters;
  const request = await requests.read(id, longestRead);
  return goneAnswer(request) ?? shown(request, account);
}

/** Null: it is there. */
export const goneAnswer = ({ status, read_error }: SignatureRequestView): Response | null => {
  if (status === 'cancelled' || read_error?.type === 'already-ended') return errorAnswer('deleted');
  if (read_error?.type === 'not-found') return errorAnswer('not_found');
  return status === 'unknown' ? errorAnswer('unavailable') : null;
};
