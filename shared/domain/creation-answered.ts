/** What the answer to a create call does, and what a look does for one whose answer never came. */
import type { CreateAnswer, FindAnswer, Postponed } from './answers.ts';
import { retryTime } from './backoff.ts';
import { withdraw } from './creation.ts';
import { common, deadlinePassed, failed, isPastDeadline, undecided } from './creation-ended.ts';
import { poll, response } from './evidence.ts';
import { nextSlowLook } from './follow.ts';
import type { Instant, ProviderRequestId } from './ids.ts';
import { longestClaimedMs } from './plan.ts';
import {
  type CancellationError,
  type Creation,
  type Evidence,
  isOpenCancellation,
  isQueuedCreation,
  type QueuedCreation,
  type RequestStatus,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';
import { isClaimed } from './waiting.ts';

/**
 * @param attempt the number of create calls when this was decided: a later one has another number. What stood in the way of
 * a call that was not claimed is an answer too.
 */
export const createAnswered = (
  request: SignatureRequest,
  attempt: number,
  answer: CreateAnswer,
  context: Context,
): Decision => {
  const { creation } = request;
  // That it is there counts whatever has been believed meanwhile, unless it is known to be there under another id.
  if (answer.kind === 'created') {
    return creation === null || creation.state === 'sent'
      ? unchanged(request)
      : there(request, creation, answer, response(answer.status, context), context);
  }
  if (!isQueuedCreation(creation) || creation.attempts !== attempt) return unchanged(request);
  switch (answer.kind) {
    case 'invalid':
      return failed(request, creation, answer.error, context);
    case 'refused':
    case 'try_again':
      return postponed(request, creation, answer, context);
    case 'unclear':
      return answer.mayHaveActed && creation.inFlight
        ? uncertain(request, creation, answer.error, context)
        : postponed(request, creation, { error: answer.error, pausesAccount: false }, context);
  }
};

export interface Look {
  /** As in `createAnswered`: what was seen before a later call says nothing of that one. */
  readonly attempt: number;
  readonly answer: FindAnswer | { readonly kind: 'cannot_look' };
  /** What is absent so long after the call was never created. */
  readonly settledAfterMs: number;
  /** When the look began: what it has not seen was not there then. */
  readonly begunAt: Instant;
}

export const findAnswered = (
  request: SignatureRequest,
  { attempt, answer, settledAfterMs, begunAt }: Look,
  context: Context,
): Decision => {
  const { creation } = request;
  const { now } = context;
  if (!isQueuedCreation(creation)) return unchanged(request);
  // Another call may be under way, or have been made since: only that it is there still counts.
  const isLater = isClaimed(request, creation, now) || creation.attempts !== attempt;
  if (answer.kind !== 'found' && isLater) return unchanged(request);
  switch (answer.kind) {
    case 'found':
      return there(request, creation, answer, poll(answer.status, context), context);
    case 'absent': {
      // The call may have begun long after its claim, and have lasted as long as it may.
      const overAt = (creation.lastAttemptAt ?? 0) + longestClaimedMs(context.policy);
      const settledAt = (overAt + settledAfterMs) as Instant;
      if (begunAt < settledAt) return lookAgain(request, creation, settledAt, null, context);
      const clean: QueuedCreation = { ...creation, sent: 'no', inFlight: false };
      if (isOpenCancellation(request.cancellation)) return withdraw({ ...request, creation: clean }, context);
      if (isPastDeadline(creation, context)) return failed(request, clean, deadlinePassed(clean), context);
      return transition(request, { creation: clean, dueAt: now }, { type: 'creation_delayed' }, now, {
        type: 'hint',
        cause: 'due',
        delayMs: 0,
      });
    }
    case 'ambiguous':
      return undecided(request, creation, { type: 'outcome-unknown', detail: answer.detail }, context);
    case 'cannot_look':
      return undecided(request, creation, cannotLook(creation), context);
    case 'refused':
    case 'try_again':
      return notSeen(request, creation, answer, context);
    case 'unclear':
      return notSeen(request, creation, { error: answer.error, pausesAccount: false }, context);
  }
};

/** The look told nothing. */
const notSeen = (
  request: SignatureRequest,
  creation: QueuedCreation,
  { error, retryAt, pausesAccount }: Postponed,
  context: Context,
): Decision => {
  const at = retryTime(creation.failures + 1, retryAt, context.now, context.dice, context.policy);
  if (isPastDeadline(creation, context)) return undecided(request, creation, error, context);
  const decision = lookAgain(request, creation, at, error, context);
  return pausesAccount ? withPause(decision, at, error) : decision;
};

const there = (
  request: SignatureRequest,
  creation: Exclude<Creation, { state: 'sent' }>,
  seen: {
    readonly providerRequestId: ProviderRequestId;
    readonly status: RequestStatus;
    readonly details?: { readonly expiresAt?: Instant };
  },
  evidence: Evidence,
  context: Context,
): Decision => {
  const { now } = context;
  const { cancellation } = request;
  const changes = {
    creation: { ...common(creation), state: 'sent' },
    providerRequestId: seen.providerRequestId,
    status: seen.status === 'creating' ? 'unknown' : seen.status,
    existed: true,
    readAt: now,
    expiresAt: seen.details?.expiresAt ?? request.expiresAt,
  } as const;
  // A webhook came before its id was known: it is read at once.
  const lookAt = request.hintedAt === null ? nextSlowLook({ ...request, ...changes }, context) : now;
  const open = isOpenCancellation(cancellation);
  return transition(
    request,
    { ...changes, lookAt, ...(open && { dueAt: now }) },
    { type: 'created', evidence },
    now,
    // The wish to cancel it waited for this.
    ...(open ? [{ type: 'hint', cause: 'due', delayMs: 0 } as const] : hintFor(lookAt ?? farAway, now)),
  );
};

const farAway = Number.MAX_SAFE_INTEGER as Instant;

const postponed = (
  request: SignatureRequest,
  creation: QueuedCreation,
  { error, retryAt, pausesAccount }: Postponed,
  context: Context,
): Decision => {
  const { now, dice, policy } = context;
  const clean: QueuedCreation = { ...creation, inFlight: false };
  if (isOpenCancellation(request.cancellation)) return withdraw({ ...request, creation: clean }, context);
  if (isPastDeadline(creation, context))
    return failed(request, creation, deadlinePassed({ ...creation, error }), context);
  const failures = creation.failures + 1;
  const dueAt = retryTime(failures, retryAt, now, dice, policy);
  const decision = transition(
    request,
    // The clock of the deadline starts here too: a file that can never be fetched must be given up some time.
    { creation: { ...clean, failures, error, firstAttemptAt: creation.firstAttemptAt ?? now }, dueAt },
    { type: 'creation_delayed' },
    now,
    ...hintFor(dueAt, now),
  );
  return pausesAccount ? withPause(decision, dueAt, error) : decision;
};

/** Nothing more is created before somebody has looked. */
const uncertain = (
  request: SignatureRequest,
  creation: QueuedCreation,
  error: CancellationError,
  context: Context,
): Decision => {
  const { now, dice, policy } = context;
  const failures = creation.failures + 1;
  const dueAt = retryTime(failures, undefined, now, dice, policy);
  return transition(
    request,
    { creation: { ...creation, sent: 'maybe', inFlight: false, failures, error }, dueAt },
    { type: 'creation_delayed' },
    now,
    ...hintFor(dueAt, now),
  );
};

const lookAgain = (
  request: SignatureRequest,
  creation: QueuedCreation,
  at: Instant,
  error: CancellationError | null,
  { now }: Context,
): Decision =>
  transition(
    request,
    {
      creation: {
        ...creation,
        sent: 'maybe',
        inFlight: false,
        failures: creation.failures + 1,
        error: error ?? creation.error,
      },
      dueAt: at,
    },
    { type: 'creation_delayed' },
    now,
    ...hintFor(at, now),
  );

const cannotLook = ({ error }: QueuedCreation): CancellationError => ({
  type: 'outcome-unknown',
  detail: `Whether it was created is not known, and it cannot be looked for. ${error?.detail ?? ''}`.trim(),
});

const withPause = (decision: Decision, until: Instant, { type }: CancellationError): Decision => ({
  ...decision,
  effects: [...decision.effects, { type: 'pause_account', until, reason: type }],
});
