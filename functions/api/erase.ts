/** `DELETE /v1/signature_requests/{id}`: a finished one goes at once, with all that is kept of its signers. */
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { type Erasure, eraseRequest } from '../../shared/lifecycle/erase-request.ts';
import { findRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';

/** Who is told of its end may well erase it at once, before all who are told have been. */
const tellingMs = 10_000;
const pollMs = 250;

export const deleteSignatureRequest =
  (ports: ApiPorts) =>
  async ({ caller, path }: Request<'deleteSignatureRequest'>): Promise<Response> => {
    const request = await findRequest(ports, caller, path.id);
    const erasure = await eraseOnceTold(ports, request);
    if (erasure === 'erased') return { status: 204 };
    throw erasure === 'not_finished'
      ? new Problem('not-finished')
      : new Problem('not-finished', {
          detail: 'What happened to it is still being told to webhook endpoints.',
          headers: { 'retry-after': '10' },
        });
  };

const eraseOnceTold = async (ports: ApiPorts, request: SignatureRequest): Promise<Erasure> => {
  const until = ports.now() + tellingMs;
  for (let current = request; ; ) {
    const erasure = await eraseRequest(ports, current);
    const isPassing = erasure === 'untold' || erasure === 'changed';
    if (!isPassing || ports.now() >= until) return erasure;
    await ports.sleep(pollMs);
    const fresh = await ports.requests.get(request.tenant, request.id);
    if (fresh === null) return 'erased';
    current = fresh;
  }
};
