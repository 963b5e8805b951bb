/**
 * `GET /JSON/openDocument/{signatureRequestId}`: whether there is still something to sign, and where. With a key, which the
 * vendor's call does not need: an id is no secret, and one tenant's says nothing without knowing whose it is. What is passed on
 * to a signer is the link of the creation's answer, which needs none.
 */
import { isOpen } from '../../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { withFieldNames } from '../field-names.ts';
import { linkTo } from './create.ts';
import { answer, notThere } from './errors.ts';
import { knownId } from './request-id.ts';

/** In seconds. */
export const readWait = 2;

export const openDocument = async ({ requests, parameters }: DialectRequest): Promise<Response> => {
  const { signatureRequestId: given = '' } = parameters;
  const id = await knownId(requests, given);
  const names = { provider_request_id: 'signatureRequestId' };
  const known = await withFieldNames(names, requests.read(id, readWait));
  if (!isThere(known)) return notThere(given);
  const location = linkTo(known);
  // It was made elsewhere, and the link with it.
  if (location === null) return answer(404, 'err.open.document.link.unknown', given);
  return { status: 302, headers: { location, 'referrer-policy': 'no-referrer' } };
};

/** From the moment of a wish to delete it on, it is not; one that came to nothing takes nothing back. */
export const isThere = ({ status, cancellation }: SignatureRequestView): boolean =>
  isOpen(status) && !['queued', 'submitted', 'confirmed'].includes(cancellation?.state ?? '');
