/** `POST /v1/signature_requests`: have a signature request created and sent. */

import { readBody } from '../../shared/http/body.ts';
import { createRequestBody, type NewRequest } from '../../shared/http/contract/creation.ts';
import type { Caller, Request, Response } from '../../shared/http/exchange.ts';
import { idempotencyKeyIn } from '../../shared/http/idempotency-key.ts';
import { Problem } from '../../shared/http/problem.ts';
import {
  type CreationPorts,
  type CreationResult,
  createRequest,
  findCreation,
} from '../../shared/lifecycle/create-request.ts';
import { refusedFields } from '../../shared/providers/refused-fields.ts';
import { answerRequest, isCreationSettled } from './answer-request.ts';
import { findAccount } from './find-account.ts';
import type { ApiPorts } from './ports.ts';

export const createSignatureRequest =
  (ports: ApiPorts) =>
  async (incoming: Request<'createSignatureRequest'>): Promise<Response> => {
    const { caller, headers, log } = incoming;
    const wanted = readBody(incoming, createRequestBody);
    const key = idempotencyKeyIn(headers['idempotency-key']);
    const known = key === null ? null : await findCreation(ports, caller.tenant, wanted, key);
    const { outcome, request } = known ?? (await createAt({ ...ports, log }, caller, wanted, key));
    if (outcome === 'key_reused') throw new Problem('idempotency-key-reused');
    return answerRequest(ports, incoming, request, isCreationSettled);
  };

const createAt = async (
  ports: ApiPorts & Pick<CreationPorts, 'log'>,
  caller: Caller,
  wanted: NewRequest,
  key: string | null,
): Promise<CreationResult> => {
  const account = await findAccount(ports, caller, wanted.account_id);
  const errors = refusedFields(account.provider, wanted, account.options);
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  return createRequest(ports, caller.tenant, account, wanted, key);
};
