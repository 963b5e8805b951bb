/**
 * The pass over everything whose wake time has come: finds lost hints, outstanding proofs and deadlines.
 * It moves an item's wake time before it hints, so one that cannot move on never keeps the others waiting.
 */
import { apply, type Ports } from '../../shared/cancellation/apply.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import type { ProofRules } from '../../shared/domain/policy.ts';
import { deadlineExceeded } from '../../shared/domain/settle.ts';
import {
  type HistoryType,
  isOpenCancellation,
  isQueuedCreation,
  type OpenCancellation,
  type SignatureRequest,
} from '../../shared/domain/signature-request.ts';
import { hasNextStep, isClaimed, isWaiting, needsPerson } from '../../shared/domain/waiting.ts';
import { errorFields } from '../../shared/log.ts';
import type { Item } from '../../shared/store/attributes.ts';
import { openShards } from '../../shared/store/request-item.ts';
import type { DueEntry, RequestStore } from '../../shared/store/requests.ts';
import { inTrace } from '../../shared/trace/invocation.ts';
import { newTrace } from '../../shared/trace/trace.ts';
import { eachDue, type Spacing, spacing } from './due-pages.ts';

export interface SweepPorts extends Ports {
  readonly requests: Pick<RequestStore, 'get' | 'put' | 'due' | 'moveWake' | 'countFailed'>;
  readonly remainingMs: () => number;
}

export interface SweepReport {
  readonly seen: number;
  readonly hinted: number;
  readonly moved: number;
  readonly givenUp: number;
  /** Due for so long that whoever should act does not: it alarms. */
  readonly overdue: number;
  /** Taken by the provider, and for longer than the window without proof: its yes may have been none. */
  readonly unconfirmed: number;
  /** Failed cancellations that wait for a person, counted up to `mostFailedCounted`. */
  readonly failed: number;
}

const mostFailedCounted = 1_000;
/** So many recovery periods late is overdue. */
const overdueAfter = 5;

type Outcome = 'hinted' | 'moved' | 'givenUp' | 'nothing';

export const sweep = async (ports: SweepPorts): Promise<SweepReport> => {
  const tally = {
    seen: 0,
    hinted: 0,
    moved: 0,
    givenUp: 0,
    nothing: 0,
    overdue: 0,
    unconfirmed: 0,
    waiting: 0,
  };
  const delayTo = spacing();
  const until = ports.now();
  for (const shard of inTurn(ports.dice())) {
    const pageFrom = (limit: number, start: Item | undefined) =>
      ports.requests.due(shard, until, limit, start);
    await eachDue(ports.remainingMs, pageFrom, async (entry) => {
      const swept = await inTrace(newTrace(), () => sweepOne(ports, entry, delayTo));
      const { outcome, overdue, unconfirmed, needsPerson } = swept;
      tally[outcome] += 1;
      tally.seen += 1;
      if (overdue) tally.overdue += 1;
      if (unconfirmed) tally.unconfirmed += 1;
      if (needsPerson) tally.waiting += 1;
    });
  }
  const { nothing: _stale, waiting, ...counted } = tally;
  return { ...counted, failed: waiting + (await ports.requests.countFailed(mostFailedCounted)) };
};

/** From any of them on: where there is more than one pass can do, each comes first now and then. */
const inTurn = (dice: number): readonly string[] => {
  const first = Math.floor(dice * openShards.length);
  return [...openShards.slice(first), ...openShards.slice(0, first)];
};

/** One item that cannot be swept must not keep the others from it. */
const sweepOne = async (ports: SweepPorts, entry: DueEntry, delayTo: Spacing): Promise<Swept> => {
  try {
    return await handle(ports, entry, delayTo);
  } catch (error) {
    ports.log('error', 'sweep.failed', { ...entry, ...errorFields(error) });
    return { ...nothing, overdue: true };
  }
};

const handle = async (ports: SweepPorts, { tenant, id }: DueEntry, delayTo: Spacing): Promise<Swept> => {
  const request = await ports.requests.get(tenant, id);
  if (request === null || !isWaiting(request)) return nothing;
  const current = request.cancellation;
  // While something of it is to be told it is not among those that are counted by themselves.
  const found = {
    overdue: isOverdue(ports, request),
    unconfirmed: isUnconfirmed(ports, request),
    needsPerson: needsPerson(request),
  };
  if (isOpenCancellation(current) && isBeyondHope(ports, request, current)) {
    await giveUp(ports, request, current);
    return { ...found, outcome: 'givenUp' };
  }
  const next = stepTime(request);
  const isDue = next !== null && next <= ports.now();
  const later = (ports.now() + ports.policy.recoveryMs) as Instant;
  const isUntold = request.untold !== null;
  // What is unconfirmed stays in sight, so that each sweep counts all of them.
  const staysInSight = isUntold || found.unconfirmed;
  const soonest = next !== null && next < later ? next : later;
  await ports.requests.moveWake(request, isDue || next === null ? later : staysInSight ? soonest : next);
  const told = isUntold && (await hintTelling(ports, request));
  if (isDue) return { ...found, outcome: (await hint(ports, request, delayTo)) ? 'hinted' : 'nothing' };
  return { ...found, outcome: told ? 'hinted' : 'moved' };
};

interface Swept {
  readonly outcome: Outcome;
  readonly overdue: boolean;
  readonly unconfirmed: boolean;
  readonly needsPerson: boolean;
}
const nothing: Swept = { outcome: 'nothing', overdue: false, unconfirmed: false, needsPerson: false };

/** When dispatch has something to do for it. A look outside of a cancellation waits for what is under way. */
const stepTime = (request: SignatureRequest): Instant | null =>
  hasNextStep(request) ? request.dueAt : request.lookAt;

const hintTelling = async (
  { telling, log }: SweepPorts,
  { tenant, id }: SignatureRequest,
): Promise<boolean> => {
  try {
    await telling.sendHint(tenant, id);
    return true;
  } catch (error) {
    log('warn', 'hint.not_sent', { tenant, id, cause: 'tell', ...errorFields(error) });
    return false;
  }
};

const hint = async (
  ports: SweepPorts,
  { tenant, id, version, provider }: SignatureRequest,
  delayTo: Spacing,
): Promise<boolean> => {
  const delayMs = delayTo(provider);
  try {
    await ports.sendHint(provider, { tenant, id, version, cause: 'sweep' }, delayMs);
    // Where a trace begins that no client began: it is found by the request's id.
    ports.log('info', 'sweep.hinted', { tenant, id, provider });
    return true;
  } catch (error) {
    ports.log('warn', 'hint.not_sent', { tenant, id, cause: 'sweep', ...errorFields(error) });
    return false;
  }
};

/** Dispatch gives up itself at a look past the deadline; this is for when not even that look happens. */
const isBeyondHope = (
  { now, policy }: SweepPorts,
  request: SignatureRequest,
  current: OpenCancellation,
): boolean =>
  current.firstAttemptAt !== null &&
  !isClaimed(request, current, now()) &&
  now() >= current.firstAttemptAt + policy.deadlineMs + overdueAfter * policy.recoveryMs;

/** Late by far, or for a whole deadline never attempted: an account that stays paused has no deadline of its own. */
const isOverdue = (
  { now, policy }: SweepPorts,
  { dueAt, history, cancellation, creation, createdAt, untold, updatedAt }: SignatureRequest,
): boolean => {
  const late = overdueAfter * policy.recoveryMs;
  if (dueAt !== null && now() - dueAt > late) return true;
  // Told of within seconds, unless nobody tells any more.
  if (untold !== null && now() - updatedAt > late) return true;
  const open = isQueuedCreation(creation) ? creation : isOpenCancellation(cancellation) ? cancellation : null;
  if (open === null || open.firstAttemptAt !== null) return false;
  const asked = 'requestedAt' in open ? open.requestedAt : createdAt;
  const begun = history.findLast(({ type }) => beginnings.has(type))?.at ?? asked;
  return now() - begun > policy.deadlineMs;
};

/** Counted from the first yes of the provider since the cancellation began: each further call would begin the window anew. */
const isUnconfirmed = ({ now, policy }: SweepPorts, { cancellation, history }: SignatureRequest): boolean => {
  if (cancellation?.state !== 'submitted') return false;
  const begun = history.findLastIndex(({ type }) => beginnings.has(type));
  const accepted = history.slice(begun + 1).find(({ type }) => type === 'accepted');
  const since = accepted?.at ?? cancellation.submittedAt;
  return now() - since > policy.confirmationWindowMs + overdueAfter * policy.recoveryMs;
};

const beginnings: ReadonlySet<HistoryType> = new Set(['requested', 'retried', 'creation_requested']);

/** What proves a cancellation at its provider has no part in giving it up. */
const giveUp = async (
  ports: SweepPorts,
  request: SignatureRequest,
  current: OpenCancellation,
): Promise<void> => {
  await apply(ports, request, noProof, { type: 'given_up', error: deadlineExceeded(current.error) });
};

const noProof: ProofRules = {
  isSilent: false,
  looksFirst: false,
  sendsWithoutLook: false,
  remembersExistence: false,
  proofReadsMs: [],
};
