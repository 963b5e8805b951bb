/**
 * `POST /signature_request/remove/{id}`: takes the account's own access to a finished request away at Dropbox Sign. Rescind
 * makes no such call, so it never says that it did; what it keeps itself is erased by its own DELETE.
 */
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { errorAnswer } from './errors.ts';
import { goneAnswer, longestRead } from './read.ts';

export async function removeSignatureRequest({ requests, parameters }: DialectRequest): Promise<Response> {
  const request = await requests.read(parameters['signature_request_id'] ?? '', longestRead);
  const gone = goneAnswer(request);
  if (gone !== null) return gone;
  const isFinished = request.status === 'signed' || request.status === 'declined';
  return errorAnswer('signature_request_remove_failed', {
    message: isFinished
      ? 'Rescind does not remove access: make this call at Dropbox Sign.'
      : 'The signature request is not fully executed.',
  });
}
