/** `POST /v1/cancellations` and `POST /v1/signature_requests/{id}/cancel`: ask for a cancellation. */
import {
  cancelKnown,
  type RequestResult,
  requestCancellation,
} from '../../shared/cancellation/request-cancellation.ts';
import { readBody } from '../../shared/http/body.ts';
import { cancelBody, createCancellationBody } from '../../shared/http/contract/requests.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { answerRequest, isCancellationSettled } from './answer-request.ts';
import { findAccount } from './find-account.ts';
import { findRequest, showRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';
import type { Incoming } from './wait-for.ts';
import { checkRequestId, providerOf, wishFor } from './wish.ts';

/** For a request that Rescind did not create, and need not know. */
export const createCancellation =
  (ports: ApiPorts) =>
  async (incoming: Request<'createCancellation'>): Promise<Response> => {
    const { caller, log } = incoming;
    const body = readBody(incoming, createCancellationBody);
    const account = await findAccount(ports, caller, body.account_id);
    checkRequestId(account.provider, body.provider_request_id);
    const wish = wishFor(account.provider, body, caller);
    return answerResult(
      ports,
      incoming,
      await requestCancellation({ ...ports, log }, caller.tenant, account, body.provider_request_id, wish),
    );
  };

/** For one that it has. */
export const cancelSignatureRequest =
  (ports: ApiPorts) =>
  async (incoming: Request<'cancelSignatureRequest'>): Promise<Response> => {
    const { caller, path, log } = incoming;
    const body = readBody(incoming, cancelBody, {});
    const known = await findRequest(ports, caller, path.id);
    const provider = providerOf(known);
    const wish = wishFor(provider, body, caller);
    return answerResult(ports, incoming, await cancelKnown({ ...ports, log }, known, provider, wish));
  };

const answerResult = async (
  ports: ApiPorts,
  incoming: Incoming,
  { outcome, request }: RequestResult,
): Promise<Response> => {
  if (outcome === 'gone') throw new Problem('signature-request-not-found');
  if (outcome !== 'not_cancellable') return answerRequest(ports, incoming, request, isCancellationSettled);
  throw new Problem('not-cancellable', {
    detail: `The signature request is ${request.status}.`,
    members: { signature_request: await showRequest(ports, request) },
  });
};
