/** Applies an event to the stored request: read, decide, write if nobody was faster, then send the hints. */
import { decide, type Event } from '../domain/decide.ts';
import type { Instant } from '../domain/ids.ts';
import type { Policy, ProofRules } from '../domain/policy.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { Context, Decision, Effect } from '../domain/transition.ts';
import { errorFields, type Log } from '../log.ts';
import type { SendHint } from '../queue/hints.ts';
import type { RequestStore } from '../store/requests.ts';

/** What the use-cases need from outside. */
export interface Ports {
  readonly requests: Pick<RequestStore, 'get' | 'put'>;
  readonly sendHint: SendHint;
  readonly policy: Policy;
  readonly now: () => Instant;
  readonly dice: () => number;
  readonly log: Log;
}

/** More conflicts in a row than this on one item mean that something is wrong. */
export const mostConflicts = 5;

/** Thrown when a write kept losing; the caller's message or client comes again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/**
 * @param known the request as just read: saves a read when nobody interferes
 * @returns the request as it stands, and the effects that the caller must carry out (hints are already sent)
 */
export const apply = async (
  ports: Ports,
  known: SignatureRequest,
  proof: ProofRules,
  event: Event,
): Promise<Decision> => write(ports, known, (request) => decide(request, event, contextOf(ports, proof)));

/** The write loop under every change: decide again on a fresh image after a lost race, and never act twice for it. */
export const write = async (
  ports: Ports,
  known: SignatureRequest,
  decideOn: (request: SignatureRequest) => Decision,
): Promise<Decision> => {
  let request = known;
  for (let conflicts = 0; ; conflicts += 1) {
    const decision = decideOn(request);
    if (!decision.changed || (await ports.requests.put(decision.request))) {
      logTransition(ports.log, request, decision);
      await sendHints(ports, decision);
      return decision;
    }
    if (conflicts === mostConflicts) throw new ConflictError(`lost ${conflicts} races on ${request.id}`);
    const fresh = await ports.requests.get(request.tenant, request.id);
    // Gone in between (erased, or its retention ended): a new one may still be written, an old one may not come back.
    if (fresh === null && known.version > 0) return { request, changed: false, effects: [] };
    request = fresh ?? known;
  }
};

export const contextOf = (ports: Ports, proof: ProofRules): Context => ({
  now: ports.now(),
  dice: ports.dice(),
  policy: ports.policy,
  proof,
});

/** The item is written: a hint that cannot be sent is only late, because the sweep finds the item. */
const sendHints = async (ports: Ports, { request, effects }: Decision): Promise<void> => {
  const { tenant, id, version, provider } = request;
  for (const effect of effects.filter(isHint)) {
    try {
      const { cause, permit, delayMs } = effect;
      await ports.sendHint(provider, { tenant, id, version, cause, ...(permit && { permit }) }, delayMs);
    } catch (error) {
      ports.log('warn', 'hint.not_sent', { id, cause: effect.cause, ...errorFields(error) });
    }
  }
};

const isHint = (effect: Effect): effect is Extract<Effect, { type: 'hint' }> => effect.type === 'hint';

const logTransition = (log: Log, before: SignatureRequest, { request, changed }: Decision): void => {
  if (!changed) return;
  log('info', 'transition', {
    tenant: request.tenant,
    id: request.id,
    provider: request.provider,
    from: before.cancellation?.state ?? null,
    to: request.cancellation?.state ?? null,
    status: request.status,
    version: request.version,
    attempts: request.cancellation?.attempts ?? 0,
    error:
      request.cancellation !== null && 'error' in request.cancellation
        ? request.cancellation.error?.type
        : null,
  });
};
