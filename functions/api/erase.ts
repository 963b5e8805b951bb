/** `DELETE /v1/signature_requests/{id}`: a finished one goes at once, with all that is kept of its signers. */

import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { eraseRequest } from '../../shared/lifecycle/erase-request.ts';
import { findRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';

export const deleteSignatureRequest =
  (ports: ApiPorts) =>
  async ({ caller, path }: Request<'deleteSignatureRequest'>): Promise<Response> => {
    const request = await findRequest(ports, caller, path.id);
    if (!(await eraseRequest(ports, request))) throw new Problem('not-finished');
    return { status: 204 };
  };
