/** `POST /v1/signature_requests/{id}/cancel/retry`: a failed cancellation starts over. */
import { retryCancellation as startOver } from '../../shared/cancellation/request-cancellation.ts';
import { readBody } from '../../shared/http/body.ts';
import { emptyBody } from '../../shared/http/contract/requests.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { answerRequest, isCancellationSettled } from './answer-request.ts';
import { findRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';
import { providerOf } from './wish.ts';

export const retryCancellation =
  (ports: ApiPorts) =>
  async (incoming: Request<'retryCancellation'>): Promise<Response> => {
    const { caller, path, log } = incoming;
    readBody(incoming, emptyBody, {});
    const known = await findRequest(ports, caller, path.id);
    const { retried, request } = await startOver({ ...ports, log }, known, providerOf(known));
    if (retried) return answerRequest(ports, incoming, request, isCancellationSettled);
    const state = request.cancellation?.state ?? 'not asked for';
    throw new Problem('not-retryable', { detail: `The cancellation is ${state}.` });
  };
