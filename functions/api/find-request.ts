/** Finds the signature request that a path names, and shows it. */
import { type RequestId, requestIdPattern } from '../../shared/domain/ids.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../shared/http/contract/responses.ts';
import type { Caller } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { viewRequest } from '../../shared/http/request-view.ts';
import type { ApiPorts } from './ports.ts';

/** @throws Problem `signature-request-not-found`, also for what belongs to another tenant. */
export const findRequest = async (
  { requests }: Pick<ApiPorts, 'requests'>,
  { tenant }: Caller,
  id: string,
): Promise<SignatureRequest> => {
  const request = requestIdPattern.test(id) ? await requests.get(tenant, id as RequestId) : null;
  if (request === null) throw new Problem('signature-request-not-found');
  return request;
};

/** With what is kept apart from it: its name and signers, the whole of a long reason. */
export const showRequest = async (
  ports: Pick<ApiPorts, 'wishDetails' | 'details' | 'publicBaseUrl'>,
  request: SignatureRequest,
): Promise<SignatureRequestView> => {
  const { tenant, id, detailsRevision } = request;
  const ref = request.cancellation?.detailsRef ?? null;
  const [wish, details] = await Promise.all([
    ref === null ? null : ports.wishDetails.get(tenant, id, ref),
    detailsRevision === 0 ? null : ports.details.get(tenant, id),
  ]);
  return viewRequest(request, { reason: wish?.reason ?? null, details }, ports.publicBaseUrl);
};
