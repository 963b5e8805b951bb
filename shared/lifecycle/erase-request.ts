/** A finished request is erased, its signers' data included, before its retention ends. */
import { isFinished } from '../domain/finished.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { RequestStore } from '../store/requests.ts';

/** `untold`: somebody is yet to be told of it. `changed`: it is not as it was read; nothing was erased. */
export type Erasure = 'erased' | 'not_finished' | 'untold' | 'changed';

export const eraseRequest = async (
  { requests }: { readonly requests: Pick<RequestStore, 'erase'> },
  request: SignatureRequest,
): Promise<Erasure> => {
  if (!isFinished(request)) return 'not_finished';
  if (request.untold !== null) return 'untold';
  return (await requests.erase(request)) ? 'erased' : 'changed';
};
