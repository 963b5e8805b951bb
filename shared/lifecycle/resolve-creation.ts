/** A person decides what became of a creation that the machine could not find out about. */
import { type Ports, write } from '../cancellation/apply.ts';
import type { WishAccount } from '../cancellation/request-cancellation.ts';
import { type CreationDecision, resolveCreation as decideResolution } from '../domain/creation.ts';
import { deriveRequestId, type ProviderRequestId } from '../domain/ids.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { CreationStore } from '../store/creations.ts';
import type { RequestStore } from '../store/requests.ts';

export interface ResolutionPorts extends Ports {
  readonly requests: Pick<RequestStore, 'get' | 'put' | 'putAlias' | 'erase'>;
  readonly creations: Pick<CreationStore, 'remove'>;
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
    if (!(await leadTo(ports, known, decision.providerRequestId)))
      return { outcome: 'taken', request: known };
  }
  const { changed, request } = await write(ports, known, proof, (current, context) =>
    decideResolution(current, decision, context),
  );
  const { creation } = known;
  // Unless it is sent again, nobody needs what was to be created any more.
  if (changed && decision.decision !== 'send_again') {
    await ports.creations.remove(known.tenant, known.id, creation.fingerprint);
  }
  return { outcome: changed ? 'resolved' : 'not_undecided', request };
};

/** Whoever decides will have imported it first, to look at it: that one gives way, unless something was done with it. */
const leadTo = async (
  { requests }: ResolutionPorts,
  { tenant, id, accountUid }: SignatureRequest,
  providerRequestId: ProviderRequestId,
): Promise<boolean> => {
  const derived = deriveRequestId(tenant, accountUid, providerRequestId);
  for (let tries = 0; tries < mostTries; tries += 1) {
    if (await requests.putAlias(tenant, derived, id)) return true;
    const other = await requests.get(tenant, derived);
    const isOnlyImported = other?.id === derived && other.creation === null && other.cancellation === null;
    if (!isOnlyImported) return false;
    await requests.erase(other, true);
  }
  return false;
};

/** It may be read, and so change, at this very moment. */
const mostTries = 5;
