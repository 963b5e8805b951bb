/** A finished request is erased, its signers' data included, before its retention ends. */
import { isFinished } from '../domain/finished.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { RequestStore } from '../store/requests.ts';

/** @returns false: it is not finished, so nothing was erased */
export const eraseRequest = async (
  { requests }: { readonly requests: Pick<RequestStore, 'erase'> },
  request: SignatureRequest,
): Promise<boolean> => {
  if (!isFinished(request)) return false;
  await requests.erase(request);
  return true;
};
