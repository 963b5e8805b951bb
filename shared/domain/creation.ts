/**
 * How a request comes to be at its provider. It is never created twice: a call is claimed before it is made, and after one
 * whose answer is not known nothing is created again before a look has shown that there is nothing.
 */

import type { CreateAnswer, FindAnswer, Postponement } from './answers.ts';
import { retryTime } from './backoff.ts';
import { poll, response } from './evidence.ts';
import { nextSlowLook } from './follow.ts';
import type { Instant, ProviderRequestId } from './ids.ts';
import { claimSlackMs } from './policy.ts';
import { settle } from './settle.ts';
import {
  type CancellationError,
  type Creation,
  type Evidence,
  isFinal,
  isOpenCancellation,
  isQueuedCreation,
  type QueuedCreation,
  type RequestStatus,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';

export interface CreationWish {
  readonly fingerprint: string;
  readonly signHandle: string;
  readonly detailsRevision: number;
}

/** @param request as `unheardOf` makes it, with no provider's id and the status `creating` */
export const requestCreation = (
  request: SignatureRequest,
  { fingerprint, ...kept }: CreationWish,
  { now, policy }: Context,
): Decision =>
  transition(
    request,
    {
      ...kept,
      followed: true,
      creation: { ...fresh, fingerprint, attempts: 0 },
      dueAt: (now + policy.recoveryMs) as Instant,
    },
    { type: 'creation_requested' },
    now,
    { type: 'hint', cause: 'new', delayMs: 0 },
  );

const fresh = {
  state: 'queued',
  sent: 'no',
  inFlight: false,
  firstAttemptAt: null,
  lastAttemptAt: null,
  failures: 0,
  error: null,
} as const;

/** Before each create call. Only one that certainly follows no other may be made. */
export const claimCreation = (request: SignatureRequest, { now, policy }: Context): Decision => {
  const { creation } = request;
  if (!isQueuedCreation(creation) || creation.inFlight || creation.sent !== 'no') return unchanged(request);
  if (isOpenCancellation(request.cancellation)) return unchanged(request);
  const claimed = {
    ...creation,
    inFlight: true,
    attempts: creation.attempts + 1,
    firstAttemptAt: creation.firstAttemptAt ?? now,
    lastAttemptAt: now,
  };
  const dueAt = (now + Math.max(policy.recoveryMs, policy.callMs + claimSlackMs)) as Instant;
  return transition(request, { creation: claimed, dueAt }, null, now, { type: 'create' });
};

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
  if (answer.kind === 'created' && creation !== null && creation.state !== 'sent') {
    return there(request, creation, answer, response(answer.status, context), context);
  }
  if (!isQueuedCreation(creation) || creation.attempts !== attempt) return unchanged(request);
  switch (answer.kind) {
    case 'created':
      return unchanged(request);
    case 'invalid':
      return failed(request, creation, answer.error, context);
    case 'refused':
    case 'try_again':
      return postponed(request, creation, answer, context);
    case 'unclear':
      return answer.mayHaveActed && creation.inFlight
        ? uncertain(request, creation, answer.error, context)
        : postponed(request, creation, { ...answer, kind: 'try_again', pausesAccount: false }, context);
  }
};

/**
 * @param attempt as in `createAnswered`: what was seen before a later call says nothing of that one
 * @param settledAfterMs what is absent so long after the call was never created
 */
export const findAnswered = (
  request: SignatureRequest,
  attempt: number,
  answer: FindAnswer | { readonly kind: 'cannot_look' },
  settledAfterMs: number,
  context: Context,
): Decision => {
  const { creation } = request;
  const { now } = context;
  if (!isQueuedCreation(creation)) return unchanged(request);
  // Another worker's call may be under way, or have been made since: only that it is there still counts.
  const isLive = creation.inFlight && request.dueAt !== null && now < request.dueAt;
  if (answer.kind !== 'found' && (isLive || creation.attempts !== attempt)) return unchanged(request);
  switch (answer.kind) {
    case 'found':
      return there(request, creation, answer, poll(answer.status, context), context);
    case 'absent': {
      const settledAt = ((creation.lastAttemptAt ?? 0) + settledAfterMs) as Instant;
      if (now < settledAt) return lookAgain(request, creation, settledAt, null, context);
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
    case 'unclear': {
      const retryAt = answer.kind === 'unclear' ? undefined : answer.retryAt;
      const at = retryTime(creation.failures + 1, retryAt, now, context.dice, context.policy);
      const pauses = answer.kind !== 'unclear' && answer.pausesAccount;
      if (isPastDeadline(creation, context)) return undecided(request, creation, answer.error, context);
      const decision = lookAgain(request, creation, at, answer.error, context);
      return pauses ? withPause(decision, at, answer.error) : decision;
    }
  }
};

/** A wish to cancel what was never sent: nothing leaves this house. */
export const withdraw = (request: SignatureRequest, context: Context): Decision => {
  const { creation, cancellation } = request;
  if (!isQueuedCreation(creation) || !isOpenCancellation(cancellation)) return unchanged(request);
  if (creation.sent !== 'no' || creation.inFlight) return unchanged(request);
  const error = { type: 'not-sent', detail: 'It was cancelled before it was sent.' } as const;
  const ended = { ...request, creation: endedAs('failed', creation, error) };
  return settle.confirmed(ended, cancellation, response('not_sent', context), 'cancelled', context);
};

export type CreationDecision =
  | { readonly decision: 'send_again' }
  | { readonly decision: 'give_up' }
  | { readonly decision: 'link'; readonly providerRequestId: ProviderRequestId };

/** A person has found out what the machine could not. */
export const resolveCreation = (
  request: SignatureRequest,
  decided: CreationDecision,
  context: Context,
): Decision => {
  const { creation } = request;
  const { now, policy } = context;
  if (creation?.state !== 'undecided') return unchanged(request);
  switch (decided.decision) {
    case 'send_again':
      return transition(
        request,
        {
          creation: { ...fresh, fingerprint: creation.fingerprint, attempts: creation.attempts },
          dueAt: (now + policy.recoveryMs) as Instant,
        },
        { type: 'creation_requested' },
        now,
        { type: 'hint', cause: 'new', delayMs: 0 },
      );
    case 'give_up':
      return failed(request, creation, creation.error, context);
    case 'link':
      return transition(
        request,
        {
          creation: { ...common(creation), state: 'sent' },
          providerRequestId: decided.providerRequestId,
          status: 'unknown',
          lookAt: now,
        },
        { type: 'created' },
        now,
        { type: 'hint', cause: 'due', delayMs: 0 },
      );
  }
};

/** It waits for its account: nothing was called. */
export const creationDeferred = (
  request: SignatureRequest,
  until: Instant,
  error: CancellationError,
  permit: boolean,
  context: Context,
): Decision => {
  const { creation } = request;
  if (!isQueuedCreation(creation)) return unchanged(request);
  // Another worker's call may be under way: its claim stands until it is due.
  if (creation.inFlight && request.dueAt !== null && context.now < request.dueAt) return unchanged(request);
  if (isPastDeadline(creation, context)) return overdue(request, creation, error, context);
  return transition(
    request,
    { creation: { ...creation, error: creation.error ?? error }, dueAt: until },
    { type: 'deferred' },
    context.now,
    ...hintFor(until, context.now, permit),
  );
};

/** Its account is gone: nobody can send it, or look for it. */
export const creationGivenUp = (
  request: SignatureRequest,
  error: CancellationError,
  context: Context,
): Decision => {
  const { creation } = request;
  return isQueuedCreation(creation) ? overdue(request, creation, error, context) : unchanged(request);
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
  { error, retryAt, pausesAccount }: Postponement,
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

const failed = (
  request: SignatureRequest,
  creation: Exclude<Creation, { state: 'sent' }>,
  error: CancellationError,
  context: Context,
): Decision => {
  const ended = { ...request, creation: endedAs('failed', creation, error) };
  const rejected = rejectedUnsent(ended, context);
  if (rejected !== null) return rejected;
  return transition(
    request,
    { creation: ended.creation, status: 'error_sending' },
    { type: 'creation_failed' },
    context.now,
  );
};

/** There is nothing to cancel. A wish that was given up because nobody knew is settled by this too. */
export const rejectedUnsent = (request: SignatureRequest, context: Context): Decision | null => {
  const { creation, cancellation } = request;
  if (creation?.state !== 'failed' || cancellation === null || isFinal(cancellation)) return null;
  const because = {
    type: 'not-sent',
    detail: `The request was never sent: ${creation.error.detail}`,
  } as const;
  const evidence = response('error_sending', context);
  return settle.rejected(request, cancellation, because, 'error_sending', evidence, context);
};

const undecided = (
  request: SignatureRequest,
  creation: QueuedCreation,
  error: CancellationError,
  context: Context,
): Decision => {
  const ended = endedAs('undecided', creation, error);
  const { cancellation } = request;
  return isOpenCancellation(cancellation)
    ? settle.failed(
        { ...request, creation: ended },
        cancellation,
        { ...error, type: 'outcome-unknown' },
        context,
      )
    : transition(request, { creation: ended }, { type: 'creation_undecided' }, context.now);
};

/** Too late to go on: what was certainly not sent has failed, of the rest nobody can know. */
const overdue = (
  request: SignatureRequest,
  creation: QueuedCreation,
  error: CancellationError,
  context: Context,
): Decision =>
  creation.sent === 'no' && !creation.inFlight
    ? failed(request, creation, error, context)
    : undecided(request, creation, error, context);

const common = ({ fingerprint, attempts, firstAttemptAt }: Creation) => ({
  fingerprint,
  attempts,
  firstAttemptAt,
});

const endedAs = <S extends 'failed' | 'undecided'>(
  state: S,
  creation: Creation,
  error: CancellationError,
) => ({
  ...common(creation),
  state,
  error,
});

const isPastDeadline = ({ firstAttemptAt }: QueuedCreation, { now, policy }: Context): boolean =>
  firstAttemptAt !== null && now >= firstAttemptAt + policy.deadlineMs;

const deadlinePassed = ({ error: last }: QueuedCreation): CancellationError => ({
  type: 'deadline-exceeded',
  detail: `It could not be sent before the deadline. Last: ${last?.detail ?? 'no answer'}`,
  ...(last?.providerStatus === undefined ? {} : { providerStatus: last.providerStatus }),
});

const cannotLook = ({ error }: QueuedCreation): CancellationError => ({
  type: 'outcome-unknown',
  detail: `Whether it was created is not known, and it cannot be looked for. ${error?.detail ?? ''}`.trim(),
});

const withPause = (decision: Decision, until: Instant, { type }: CancellationError): Decision => ({
  ...decision,
  effects: [...decision.effects, { type: 'pause_account', until, reason: type }],
});
