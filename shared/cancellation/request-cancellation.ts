/** A client asks for a cancellation, or asks again: the wish is durable before this returns. */
import {
  type AccountId,
  type AccountUid,
  deriveRequestId,
  type ProviderRequestId,
  type RequestId,
  type Tenant,
} from '../domain/ids.ts';
import {
  requestCancellation as decideRequest,
  retryCancellation as decideRetry,
  type RequestOutcome,
  unheardOf,
} from '../domain/request.ts';
import type { Scope, SignatureRequest } from '../domain/signature-request.ts';
import type { Provider, ScopeRules } from '../providers/provider.ts';
import { shorten, type WishDetailsStore } from '../store/wish-details.ts';
import { type Ports, write } from './apply.ts';

export interface WishInput {
  readonly scope: Scope;
  readonly rules: ScopeRules;
  readonly reason: string | null;
  readonly remoteData: Readonly<Record<string, unknown>> | null;
  /** The name of the API key that asked. */
  readonly requestedBy: string;
}

export interface WishPorts extends Ports {
  readonly wishDetails: Pick<WishDetailsStore, 'put' | 'remove'>;
}

export interface RequestResult {
  /** `gone`: it was erased meanwhile. */
  readonly outcome: RequestOutcome | 'gone';
  readonly request: SignatureRequest;
}

/** Where a cancellation is asked for: an account of the tenant, as stored. */
export interface WishAccount {
  readonly accountId: AccountId;
  readonly uid: AccountUid;
  readonly provider: Pick<Provider<never, never>, 'name' | 'proof'>;
}

/** For a request that Rescind need not know yet. */
export const requestCancellation = async (
  ports: WishPorts,
  tenant: Tenant,
  account: WishAccount,
  providerRequestId: ProviderRequestId,
  wish: WishInput,
): Promise<RequestResult> => {
  const id = deriveRequestId(tenant, account.uid, providerRequestId);
  const { accountId, uid: accountUid } = account;
  const provider = account.provider.name;
  // No read first: most requests are new, and the conditional write finds those that are not.
  const fresh = unheardOf({ tenant, id, accountId, accountUid, provider, providerRequestId }, ports.now());
  return ask(ports, fresh, account.provider.proof, wish);
};

/** For a request that Rescind has. */
export const cancelKnown = async (
  ports: WishPorts,
  request: SignatureRequest,
  provider: WishAccount['provider'],
  wish: WishInput,
): Promise<RequestResult> => ask(ports, request, provider.proof, wish);

/** @returns whether it was a failed one, and the request as it stands now */
export const retryCancellation = async (
  ports: Ports,
  request: SignatureRequest,
  provider: WishAccount['provider'],
): Promise<{ readonly retried: boolean; readonly request: SignatureRequest }> => {
  const decision = await write(ports, request, provider.proof, decideRetry);
  return { retried: decision.changed, request: decision.request };
};

const ask = async (
  ports: WishPorts,
  known: SignatureRequest,
  proof: WishAccount['provider']['proof'],
  wish: WishInput,
): Promise<RequestResult> => {
  const seen: { outcome: RequestOutcome } = { outcome: 'joined' };
  const { rules, scope, requestedBy } = wish;
  const { apart, reason } = shorten(wish);
  const detailsRef = apart ? await keepApart(ports, known.tenant, known.id, wish) : null;
  const decision = await write(ports, known, proof, (request, context) => {
    const decided = decideRequest(
      request,
      { scope, effect: rules.effect, reasonTravels: rules.reasonTravels, reason, detailsRef, requestedBy },
      context,
    );
    seen.outcome = decided.outcome;
    return decided.decision;
  });
  // Erased by somebody between the read and the write: nothing was begun.
  const { outcome } = seen;
  // A repeated wish is the one that stands, with the reason that was given first.
  const isUsed = decision.request.cancellation?.detailsRef === detailsRef;
  if (detailsRef !== null && !isUsed) await ports.wishDetails.remove(known.tenant, known.id, detailsRef);
  const isGone = !decision.changed && (outcome === 'accepted' || outcome === 'retried');
  return { outcome: isGone ? 'gone' : outcome, request: decision.request };
};

const keepApart = (ports: WishPorts, tenant: Tenant, id: RequestId, wish: WishInput): Promise<string> =>
  ports.wishDetails.put(tenant, id, { reason: wish.reason, remoteData: wish.remoteData }, ports.now());
