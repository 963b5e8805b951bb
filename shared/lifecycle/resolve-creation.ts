/** A person decides what became of a creation that the machine could not find out about. */
import { type Ports, write } from '../cancellation/apply.ts';
import type { WishAccount } from '../cancellation/request-cancellation.ts';
import { type CreationDecision, resolveCreation as decideResolution } from '../domain/creation.ts';
import { deriveRequestId } from '../domain/ids.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { RequestStore } from '../store/requests.ts';

export interface ResolutionPorts extends Ports {
  readonly requests: Pick<RequestStore, 'get' | 'put' | 'putAlias'>;
}

/** @returns whether there was something to decide; `taken`: the provider's id is another request's already */
export const resolveCreation = async (
  ports: ResolutionPorts,
  known: SignatureRequest,
  { proof }: WishAccount['provider'],
  decision: CreationDecision,
): Promise<{
  readonly outcome: 'resolved' | 'not_undecided' | 'taken';
  readonly request: SignatureRequest;
}> => {
  if (known.creation?.state !== 'undecided') return { outcome: 'not_undecided', request: known };
  if (decision.decision === 'link') {
    const derived = deriveRequestId(known.tenant, known.accountUid, decision.providerRequestId);
    if (!(await ports.requests.putAlias(known.tenant, derived, known.id))) {
      return { outcome: 'taken', request: known };
    }
  }
  const { changed, request } = await write(ports, known, proof, (current, context) =>
    decideResolution(current, decision, context),
  );
  return { outcome: changed ? 'resolved' : 'not_undecided', request };
};
