/** The answer to a wish about a signature request: at once, or as soon as it is done where the client prefers to wait. */
import {
  isOpenCancellation,
  isQueuedCreation,
  type SignatureRequest,
} from '../../shared/domain/signature-request.ts';
import type { Response } from '../../shared/http/exchange.ts';
import { showRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';
import { type Incoming, waitFor } from './wait-for.ts';

/** @returns 200 if it is done, else 202 */
export const answerRequest = async (
  ports: ApiPorts,
  incoming: Incoming,
  asked: SignatureRequest,
  isDone: (request: SignatureRequest) => boolean,
): Promise<Response> => {
  const { request, headers } = await waitFor(ports, incoming, asked, isDone);
  return {
    status: isDone(request) ? 200 : 202,
    headers: { location: `/v1/signature_requests/${request.id}`, ...headers },
    body: await showRequest(ports, request),
  };
};

/** Whatever came of it: the request says. */
export const isCancellationSettled = ({ cancellation }: SignatureRequest): boolean =>
  !isOpenCancellation(cancellation);

export const isCreationSettled = ({ creation }: SignatureRequest): boolean => !isQueuedCreation(creation);

/** @param askedAt when the look was asked for: what was read before does not count */
export const isReadSince =
  (askedAt: number) =>
  ({ readAt }: SignatureRequest): boolean =>
    readAt !== null && readAt >= askedAt;
