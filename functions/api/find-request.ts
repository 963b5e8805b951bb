/** Finds the signature request that a path names, and shows it. */
import { type RequestId, requestIdPattern } from '../../shared/domain/ids.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../shared/http/contract/responses.ts';
import type { Caller } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { viewRequest } from '../../shared/http/views.ts';
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

/** With the whole reason, which may lie apart from the request. */
export const showRequest = async (
  { wishDetails }: Pick<ApiPorts, 'wishDetails'>,
  request: SignatureRequest,
): Promise<SignatureRequestView> => {
  const ref = request.cancellation?.detailsRef ?? null;
  const details = ref === null ? null : await wishDetails.get(request.tenant, request.id, ref);
  return details === null ? viewRequest(request) : viewRequest(request, details.reason);
};
