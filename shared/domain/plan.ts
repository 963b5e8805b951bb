/** What a hint allows: the first step that dispatch takes for it. */
import type { Instant } from './ids.ts';
import { claimMs, claimSlackMs, type Policy } from './policy.ts';
import {
  isOpen,
  isOpenCancellation,
  isQueuedCreation,
  type QueuedCreation,
  type SignatureRequest,
} from './signature-request.ts';
import type { HintCause } from './transition.ts';
import { isDue, mayBeLookedAt } from './waiting.ts';

export interface Hint {
  /** The version that the hint was written for. */
  readonly version: number;
  readonly cause: HintCause;
}

/**
 * `send`: call cancel without a look and without a claim. `look`: read the status first; `right` is passed on to the
 * machine. `nothing`: somebody else has done it, or its time has not come.
 */
export type FirstStep =
  | { readonly type: 'send' }
  /** `refresh`: somebody waits for it. */
  | { readonly type: 'look'; readonly right: SendRight; readonly refresh?: true }
  /** `create` and `remind` are claimed before the call; `find` looks whether a creation happened. */
  | { readonly type: 'create' | 'find' | 'remind' }
  /** Without a call: the creation, or the reminder, has been overtaken. */
  | { readonly type: 'withdraw' | 'drop_reminder' }
  /** Whether it was ever sent is not known, so it cannot be cancelled. */
  | { readonly type: 'give_up' }
  | { readonly type: 'nothing' };

/**
 * Whether a cancel call may follow a look. `lone`: without a claim. `none`: not yet, because the call that the lone hint
 * allows may be under way.
 */
export type SendRight = 'lone' | 'claim' | 'none';

/**
 * Only the hint of the request that wrote the wish may send at once, at its first receipt, and only if nothing has
 * happened since: everything else looks first, because a crash between the provider's act and our write is invisible.
 * @param receives how often the message has been received, this time included
 */
export const firstStep = (
  request: SignatureRequest,
  hint: Hint,
  receives: number,
  looksFirst: boolean,
  policy: Policy,
  now: Instant,
): FirstStep => {
  const { cancellation: current, creation } = request;
  if (isQueuedCreation(creation)) return creationStep(request, creation, hint, now);
  if (!isOpenCancellation(current)) return stepWithoutWish(request, hint, now);
  if (request.providerRequestId === null) return { type: 'give_up' };
  const due = isDue(request, now);
  if (hint.cause === 'new' && current.attempts === 0 && hint.version >= versionOfWish(request)) {
    const lone = receives === 1 && hint.version === request.version && mayBegin(request, policy, now);
    if (lone && !looksFirst) return { type: 'send' };
    // Another copy of this hint may have been the first: its call has had its time when the next step is due.
    return { type: 'look', right: lone ? 'lone' : receives === 1 || due ? 'claim' : 'none' };
  }
  if (hint.cause === 'refresh') return { type: 'look', right: due ? 'claim' : 'none', refresh: true };
  if (due) return { type: 'look', right: 'claim' };
  if (hint.cause === 'webhook') return { type: 'look', right: 'none' };
  const asked = hint.cause === 'retry' && hint.version === request.version;
  return asked ? { type: 'look', right: 'claim' } : { type: 'nothing' };
};

/** As far as the newest history tells: a hint from before it was for a wish that this one has replaced. */
const versionOfWish = ({ history }: SignatureRequest): number =>
  history.findLast(({ type }) => type === 'requested')?.version ?? 0;

const creationStep = (
  request: SignatureRequest,
  { sent, inFlight }: QueuedCreation,
  { cause, version }: Hint,
  now: Instant,
): FirstStep => {
  const due = isDue(request, now);
  const asked = cause === 'new' && version === request.version;
  if (inFlight) return { type: due ? 'find' : 'nothing' };
  if (isOpenCancellation(request.cancellation) && sent === 'no') return { type: 'withdraw' };
  if (!due && !asked) return { type: 'nothing' };
  return { type: sent === 'no' ? 'create' : 'find' };
};

const stepWithoutWish = (request: SignatureRequest, hint: Hint, now: Instant): FirstStep => {
  const { reminder, lookAt, cancellation, providerRequestId } = request;
  if (reminder?.state === 'queued') {
    if (!isOpen(request.status)) return { type: 'drop_reminder' };
    if (isDue(request, now) || (hint.cause === 'new' && !reminder.inFlight)) return { type: 'remind' };
  }
  if (providerRequestId === null) return { type: 'nothing' };
  // What was given up is looked at when the provider has something to say.
  const wanted = cancellation?.state === 'failed' || mayBeLookedAt(request);
  if (hint.cause === 'refresh') return { type: 'look', right: 'none', refresh: true };
  const due = lookAt !== null && now >= lookAt;
  return (hint.cause === 'webhook' && wanted) || due ? { type: 'look', right: 'none' } : { type: 'nothing' };
};

/**
 * Whether a call that changes something may begin now, claimed or lone: it must be over before anybody else may think
 * that it never began; half the time at the most, which keeps that only where there is twice as much time as it needs.
 */
export const mayBegin = (request: Pick<SignatureRequest, 'dueAt'>, policy: Policy, now: Instant): boolean =>
  !isDue(request, (now + neededMs(policy)) as Instant);

const neededMs = ({ callMs, recoveryMs }: Policy): number => Math.min(callMs + claimSlackMs, recoveryMs / 2);

/** So long after its claim a call is over, however late it may have begun. */
export const longestClaimedMs = (policy: Policy): number =>
  claimMs(policy) - neededMs(policy) + policy.callMs;
