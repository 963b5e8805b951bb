/** Nothing was called, because calls to the account are paused or paced: whatever was to be done waits as long. */
import { creationDeferred } from './creation.ts';
import { lookDeferred } from './follow.ts';
import type { Instant } from './ids.ts';
import { settle } from './settle.ts';
import {
  type CancellationError,
  isOpenCancellation,
  isQueuedCreation,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';
import { isClaimed } from './waiting.ts';

export interface Deferral {
  readonly until: Instant;
  readonly error: CancellationError;
  /** The hint that was not used might have sent without a look; its right goes on to the next one. */
  readonly lone: boolean;
  /** Calls are reserved for exactly that time. */
  readonly permit: boolean;
  /** Only a look was wanted, beside what is under way. */
  readonly onlyLook?: boolean;
}

export const deferred = (
  request: SignatureRequest,
  { until, error, lone, permit, onlyLook = false }: Deferral,
  context: Context,
): Decision => {
  const current = request.cancellation;
  const { now, dice, policy } = context;
  if (isQueuedCreation(request.creation)) {
    return creationDeferred(request, request.creation, until, error, permit, context);
  }
  if (!isOpenCancellation(current)) {
    return request.reminder?.state === 'queued'
      ? transition(request, { dueAt: until }, null, now, ...hintFor(until, now, permit))
      : lookDeferred(request, until, permit, context);
  }
  // The time of the next step is not the look's to move: a call that needs no claim may be under way.
  if (onlyLook) return lookDeferred(request, until, permit, context);
  if (isClaimed(request, current, now)) return unchanged(request);
  if (settle.isPastDeadline(current, context)) return settle.expired(request, current, error, context);
  // What the provider last said tells more than that it was not asked again.
  const told = current.error ?? error;
  // Spread over a tenth of the pause, so that its end is not a stampede. Reserved calls are spread already.
  const spread = permit ? 0 : Math.floor(dice * Math.max(1_000, (until - now) / 10));
  const at = settle.beforeDeadline(current, (until + spread) as Instant, context);
  // As with the first hint, nobody else looks before the lone one has had its time.
  const dueAt = lone ? settle.beforeDeadline(current, (at + policy.recoveryMs) as Instant, context) : at;
  return transition(
    request,
    { cancellation: { ...current, error: told }, dueAt },
    { type: 'deferred' },
    now,
    ...hintFor(at, now, permit, lone ? 'new' : 'due'),
  );
};
