/** The request that a client's id names, as long as there is something to sign. */
import { isOpen } from '../../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { withFieldNames } from '../field-names.ts';
import type { Requests } from '../requests.ts';
import { idNames, knownId } from './request-id.ts';

/** In seconds. */
const readWait = 2;

/** @returns null when it is not there, or not any more */
export const findOpen = async (requests: Requests, given: string): Promise<SignatureRequestView | null> => {
  const id = await knownId(requests, given);
  const known = await withFieldNames(idNames, requests.read(id, readWait));
  return isThere(known) ? known : null;
};

/** From the moment of a wish to delete it on, it is not; one that came to nothing takes nothing back. */
const isThere = ({ status, cancellation }: SignatureRequestView): boolean =>
  isOpen(status) && !['queued', 'submitted', 'confirmed'].includes(cancellation?.state ?? '');
