/** Builds the next image of a request: version, history and wake time follow from what changed. */
import type { Instant } from './ids.ts';
import type { Policy, ProofRules } from './policy.ts';
import type {
  CancellationErrorType,
  Evidence,
  HistoryEntry,
  HistoryType,
  SignatureRequest,
} from './signature-request.ts';
import { hasNextStep, isWaiting, mayBeLookedAt, needsPerson } from './waiting.ts';

/** Why somebody should look at an item. Only `new` can allow a cancel call without a look. */
export const hintCauses = ['new', 'retry', 'due', 'webhook', 'refresh', 'sweep'] as const;
export type HintCause = (typeof hintCauses)[number];

export type Effect =
  /** Call the provider's cancel now, in this invocation. */
  | { readonly type: 'send' }
  /** Read the status at the provider now, in this invocation. */
  | { readonly type: 'look' }
  /** Create the request at the provider now, in this invocation. */
  | { readonly type: 'create' }
  /** Send the reminder now, in this invocation. */
  | { readonly type: 'remind' }
  /** Have somebody look at this item later. */
  | {
      readonly type: 'hint';
      readonly cause: HintCause;
      readonly delayMs: number;
      /** Calls are reserved for whoever takes this hint. */
      readonly permit?: true;
    }
  | { readonly type: 'pause_account'; readonly until: Instant; readonly reason: CancellationErrorType };

export interface Context {
  readonly now: Instant;
  /** Uniform in [0, 1): the only chance in the domain. */
  readonly dice: number;
  readonly policy: Policy;
  readonly proof: ProofRules;
}

/** `changed` says whether `request` must be written (guarded by the version before it) before the effects happen. */
export interface Decision {
  readonly request: SignatureRequest;
  readonly changed: boolean;
  readonly effects: readonly Effect[];
}

/** SQS delivers no message later than this; anything further away is the sweep's. */
export const longestDelayMs = 900_000;

export const unchanged = (request: SignatureRequest, ...effects: readonly Effect[]): Decision => ({
  request,
  changed: false,
  effects,
});

export type Changes = Partial<
  Omit<
    SignatureRequest,
    | 'tenant'
    | 'id'
    | 'accountId'
    | 'accountUid'
    | 'provider'
    | 'createdAt'
    | 'wakeAt'
    | 'updatedAt'
    | 'version'
    | 'history'
  >
>;

/** @param entry what the history says of it; null for a write that only moves times. */
export const transition = (
  before: SignatureRequest,
  changes: Changes,
  entry: { readonly type: HistoryType; readonly evidence?: Evidence } | null,
  now: Instant,
  ...effects: readonly Effect[]
): Decision => {
  const next = { ...before, ...changes };
  const version = before.version + 1;
  const request: SignatureRequest = {
    ...next,
    ...times(before, next, now),
    version,
    updatedAt: now,
    history:
      entry === null
        ? before.history
        : append(before.history, {
            version,
            at: now,
            lastAt: now,
            count: 1,
            type: entry.type,
            from: before.cancellation?.state ?? null,
            to: next.cancellation?.state ?? null,
            evidence: entry.evidence ?? null,
            status: before.status === next.status ? null : { from: before.status, to: next.status },
          }),
  };
  return { request, changed: true, effects };
};

/** A hint for `at`, if a message can wait that long. @param permit calls are reserved for exactly that time */
export const hintFor = (
  at: Instant,
  now: Instant,
  permit = false,
  cause: HintCause = 'due',
): readonly Effect[] =>
  at - now > longestDelayMs
    ? []
    : [{ type: 'hint', cause, delayMs: Math.max(0, at - now), ...(permit && { permit }) }];

/**
 * `wakeAt` is the key of an index, so it moves only when it must: something earlier pulls it forward, and the sweep pushes
 * it back. It is never later than what the item waits for. One that a person must see to keeps the time of its failure.
 */
const times = (
  before: SignatureRequest,
  next: SignatureRequest,
  now: Instant,
): Pick<SignatureRequest, 'dueAt' | 'lookAt' | 'looksAgain' | 'wakeAt'> => {
  const dueAt = hasNextStep(next) ? (next.dueAt ?? now) : null;
  // A look that was planned falls with the reason for it; one that is asked for now is taken in any case.
  const isAsked = next.lookAt !== before.lookAt && next.providerRequestId !== null;
  const lookAt = isAsked || mayBeLookedAt(next) ? next.lookAt : null;
  const waiting = { ...next, dueAt, lookAt };
  return {
    dueAt,
    lookAt,
    looksAgain: lookAt !== null && next.looksAgain,
    wakeAt: wakeTime(before, waiting, now),
  };
};

const wakeTime = (before: SignatureRequest, next: SignatureRequest, now: Instant): Instant | null => {
  if (!isWaiting(next)) {
    if (!needsPerson(next)) return null;
    return needsPerson(before) && !isWaiting(before) ? before.wakeAt : now;
  }
  const current = isWaiting(before) ? before.wakeAt : null;
  const earliest = [current, next.dueAt, next.lookAt].filter((time) => time !== null);
  return earliest.length === 0 ? now : (Math.min(...earliest) as Instant);
};

/**
 * What this decision adds to the history is yet to be told to somebody: the item waits until it is.
 * @param before the image that was decided on
 */
export const markUntold = (
  before: SignatureRequest,
  decision: Decision,
  { now, policy }: Pick<Context, 'now' | 'policy'>,
): Decision => {
  const { request } = decision;
  if (!decision.changed || request.untold !== null) return decision;
  const tellBy = now + policy.recoveryMs;
  const current = isWaiting(request) ? request.wakeAt : isWaiting(before) ? before.wakeAt : null;
  const wakeAt = (current === null ? tellBy : Math.min(current, tellBy)) as Instant;
  return { ...decision, request: { ...request, untold: request.version, wakeAt } };
};

/** All has been told. Not a transition: its version stays. */
export const markTold = (request: SignatureRequest, now: Instant): SignatureRequest => {
  const next = { ...request, untold: null };
  return { ...next, wakeAt: wakeTime(request, next, now) };
};

/** An entry begins in the state that the last one ended in, so two of these in a row are of the same state. */
const changesNothing = ({ from, to, status }: HistoryEntry): boolean => from === to && status === null;

/** A repeat of the last entry is folded into it: an hour of outage is one line, not sixty. */
const append = (history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] => {
  const last = history.at(-1);
  const repeats =
    last !== undefined && last.type === entry.type && changesNothing(last) && changesNothing(entry);
  return repeats
    ? [
        ...history.slice(0, -1),
        {
          ...last,
          version: entry.version,
          evidence: entry.evidence,
          count: last.count + 1,
          lastAt: entry.at,
        },
      ]
    : [...history, entry];
};
