/**
 * `GET /JSON/openDocument/{signatureRequestId}`: whether there is still something to sign, and where. With a key, which the
 * vendor's call does not need: an id is no secret, and one tenant's says nothing without knowing whose it is. What is passed on
 * to a signer is the link of the creation's answer, which needs none.
 */
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { linkTo } from './create.ts';
import { answer, notThere } from './errors.ts';
import { findOpen } from './find-open.ts';

export const openDocument = async ({ requests, parameters }: DialectRequest): Promise<Response> => {
  const { signatureRequestId: given = '' } = parameters;
  const known = await findOpen(requests, given);
  if (known === null) return notThere(given);
  const location = linkTo(known);
  // It was made elsewhere, and the link with it.
  if (location === null) return answer(404, 'err.open.document.link.unknown', given);
  return { status: 302, headers: { location, 'referrer-policy': 'no-referrer' } };
};
