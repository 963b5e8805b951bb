/** A finished request is erased, its signers' data included, before its retention ends. */
import { isFinished } from '../domain/finished.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { RequestStore } from '../store/requests.ts';

/** @returns false: it is not finished, or is still being told of, so nothing was erased */
export const eraseRequest = async (
  { requests }: { readonly requests: Pick<RequestStore, 'erase'> },
  request: SignatureRequest,
): Promise<boolean> => isFinished(request) && request.untold === null && requests.erase(request);
