/**
 * The ids of requests that a client made with one of its own choice. At the provider such a request has another, which Rescind
 * chooses; so what was made under the client's is found by the same derivation that made it.
 */
import type { Requests } from '../requests.ts';

/** A client's own id is a UUID (documented). */
export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What a repetition of the same creation is recognised by: one account's ids are not another's. */
export const creationKey = ({ accountId }: Requests, signatureRequestId: string): string =>
  `okdokument/${accountId}/${signatureRequestId.toLowerCase()}`;

/** The API's name for such an id, and the client's. */
export const idNames = { provider_request_id: 'signatureRequestId' } as const;

/** @returns the id by which Rescind knows what the client calls so: it may as well be the provider's */
export const knownId = async (requests: Requests, given: string): Promise<string> => {
  if (!uuidPattern.test(given)) return given;
  return (await requests.findCreated(creationKey(requests, given)))?.id ?? given;
};
