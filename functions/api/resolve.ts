/** `POST /v1/signature_requests/{id}/resolve`: a person decides what Rescind cannot know. */
import type { CreationDecision } from '../../shared/domain/creation.ts';
import { readBody } from '../../shared/http/body.ts';
import { type ResolveBody, resolveBody } from '../../shared/http/contract/requests.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../shared/http/problem.ts';
import { resolveCreation as resolve } from '../../shared/lifecycle/resolve-creation.ts';
import { answerRequest, isCreationSettled } from './answer-request.ts';
import { findRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';
import { checkRequestId, providerOf } from './wish.ts';

export const resolveCreation =
  (ports: ApiPorts) =>
  async (incoming: Request<'resolveCreation'>): Promise<Response> => {
    const { caller, path, log } = incoming;
    const body = readBody(incoming, resolveBody);
    const known = await findRequest(ports, caller, path.id);
    const provider = providerOf(known);
    if (body.decision === 'link') checkRequestId(provider, body.provider_request_id);
    const { outcome, request } = await resolve({ ...ports, log }, known, provider, decisionOf(body));
    if (outcome === 'taken')
      throw invalidField('provider_request_id', 'is that of another signature request');
    if (outcome === 'not_undecided') {
      const state = request.creation?.state ?? 'not known: it was made elsewhere';
      throw new Problem('not-undecided', { detail: `Its creation is ${state}.` });
    }
    return answerRequest(ports, incoming, request, isCreationSettled);
  };

const decisionOf = (body: ResolveBody): CreationDecision =>
  body.decision === 'link'
    ? { decision: body.decision, providerRequestId: body.provider_request_id }
    : { decision: body.decision };
