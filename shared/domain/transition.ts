/** Builds the next image of a request: version, history and wake time follow from what changed. */
import type { Instant } from './ids.ts';
import type { Policy, ProofRules } from './policy.ts';
import {
  type Cancellation,
  type CancellationErrorType,
  type Evidence,
  type HistoryEntry,
  type HistoryType,
  isOpenCancellation,
  type SignatureRequest,
} from './signature-request.ts';

/** Why somebody should look at an item. Only `new` can allow a cancel call without a look. */
export const hintCauses = ['new', 'retry', 'due', 'webhook', 'sweep'] as const;
export type HintCause = (typeof hintCauses)[number];

export type Effect =
  /** Call the provider's cancel now, in this invocation. */
  | { readonly type: 'send' }
  /** Read the status at the provider now, in this invocation. */
  | { readonly type: 'look' }
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

type Changes = Partial<
  Pick<SignatureRequest, 'cancellation' | 'status' | 'existed' | 'claim' | 'hintedAt' | 'dueAt'>
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
          }),
  };
  return { request, changed: true, effects };
};

/** A hint for `at`, if a message can wait that long. */
export const hintFor = (at: Instant, now: Instant): readonly Effect[] =>
  at - now > longestDelayMs ? [] : [{ type: 'hint', cause: 'due', delayMs: Math.max(0, at - now) }];

/**
 * `wakeAt` is the key of an index, so it moves only when it must: an earlier `dueAt` pulls it forward, and the
 * sweep pushes it back. It is never later than `dueAt`. A failed one keeps the time of its failure.
 */
const times = (
  before: SignatureRequest,
  next: { readonly cancellation: Cancellation | null; readonly dueAt: Instant | null },
  now: Instant,
): Pick<SignatureRequest, 'dueAt' | 'wakeAt'> => {
  if (isOpenCancellation(next.cancellation)) {
    const dueAt = next.dueAt ?? now;
    const current = isOpenCancellation(before.cancellation) ? before.wakeAt : null;
    return { dueAt, wakeAt: current === null ? dueAt : (Math.min(current, dueAt) as Instant) };
  }
  if (next.cancellation?.state === 'failed') {
    return { dueAt: null, wakeAt: before.cancellation?.state === 'failed' ? before.wakeAt : now };
  }
  return { dueAt: null, wakeAt: null };
};

/** A repeat of the last entry is folded into it: an hour of outage is one line, not sixty. */
const append = (history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] => {
  const last = history.at(-1);
  const repeats =
    last !== undefined &&
    last.type === entry.type &&
    last.from === entry.from &&
    last.to === entry.to &&
    last.from === last.to;
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
