/** Applies an event to the stored request: read, decide, write if nobody was faster, then send the hints. */
import { isDeepStrictEqual } from 'node:util';
import { decide, type Event } from '../domain/decide.ts';
import { eventsOf } from '../domain/events.ts';
import type { Instant, RequestId, Tenant } from '../domain/ids.ts';
import type { Policy, ProofRules } from '../domain/policy.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import { type Context, type Decision, type Effect, markUntold } from '../domain/transition.ts';
import { errorFields, type Log } from '../log.ts';
import type { SendHint } from '../queue/hints.ts';
import type { RequestStore } from '../store/requests.ts';

/** Who wants to be told of what happens. */
export interface Telling {
  /** Whether the tenant has an endpoint for events of any of these types. */
  readonly isWanted: (tenant: Tenant, types: readonly string[]) => Promise<boolean>;
  /** Has somebody tell what is untold of this request. */
  readonly sendHint: (tenant: Tenant, id: RequestId) => Promise<void>;
}

/** What the use-cases need from outside. */
export interface Ports {
  readonly requests: Pick<RequestStore, 'get' | 'put'>;
  readonly sendHint: SendHint;
  readonly telling: Telling;
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
): Promise<Decision> => write(ports, known, proof, (request, context) => decide(request, event, context));

/** The write loop under every change: decide again on a fresh image after a lost race, and never act twice for it. */
export const write = async (
  ports: Ports,
  known: SignatureRequest,
  proof: ProofRules,
  decideOn: (request: SignatureRequest, context: Context) => Decision,
): Promise<Decision> => {
  let request = known;
  for (let conflicts = 0; ; conflicts += 1) {
    const context = contextOf(ports, proof);
    const { decision, tells } = await tellable(ports, request, decideOn(request, context), context);
    if (!decision.changed || (await ports.requests.put(decision.request))) {
      return written(ports, request, decision, tells);
    }
    if (conflicts === mostConflicts) throw new ConflictError(`lost ${conflicts} races on ${request.id}`);
    const fresh = await ports.requests.get(request.tenant, request.id);
    if (isOwnWrite(fresh, decision)) return written(ports, request, decision, tells);
    // Gone in between (erased, or its retention ended): a new one may still be written, an old one may not come back.
    if (fresh === null && known.version > 0) return { request, changed: false, effects: [] };
    request = fresh ?? known;
  }
};

const written = async (
  ports: Ports,
  before: SignatureRequest,
  decision: Decision,
  tells: boolean,
): Promise<Decision> => {
  logTransition(ports.log, before, decision);
  await sendHints(ports, decision);
  if (tells) await sendTellHint(ports, decision.request);
  return decision;
};

/**
 * The client of DynamoDB repeats a write whose answer was lost; if the first was carried out, the repetition is refused.
 * What gives somebody the right to a call is left to the sweep: of two who think the same in the same moment, only one has it.
 */
const isOwnWrite = (fresh: SignatureRequest | null, { request, effects }: Decision): boolean =>
  !effects.some(givesRight) && isDeepStrictEqual(fresh, request);

const givesRight = (effect: Effect): boolean =>
  isHint(effect) ? effect.cause === 'new' : !/^(look|pause_account)$/.test(effect.type);

/** In the same write: what happened, and that somebody wants to be told of it. */
const tellable = async (
  ports: Ports,
  before: SignatureRequest,
  decision: Decision,
  context: Context,
): Promise<{ readonly decision: Decision; readonly tells: boolean }> => {
  const { request, changed } = decision;
  const news = changed ? request.history.filter(({ version }) => version === request.version) : [];
  const types = news.flatMap((entry) => eventsOf(request, entry)).map(({ type }) => type);
  if (types.length === 0 || !(await ports.telling.isWanted(request.tenant, types))) {
    return { decision, tells: false };
  }
  return { decision: markUntold(before, decision, context), tells: true };
};

/** The item says that there is something to tell: a hint that cannot be sent is only late. */
const sendTellHint = async ({ telling, log }: Ports, { tenant, id }: SignatureRequest): Promise<void> => {
  try {
    await telling.sendHint(tenant, id);
  } catch (error) {
    log('warn', 'hint.not_sent', { tenant, id, cause: 'tell', ...errorFields(error) });
  }
};

const contextOf = (ports: Ports, proof: ProofRules): Context => ({
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
