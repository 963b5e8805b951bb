/** What the answer to a status read does: proof, an end, or the permission to send. */

import type { EndedAs, Postponed, ReadAnswer } from './answers.ts';
import { retryTime } from './backoff.ts';
import { nextProofRead } from './cancel-answered.ts';
import { poll } from './evidence.ts';
import { followed, further } from './follow.ts';
import type { Instant } from './ids.ts';
import type { SendRight } from './plan.ts';
import { claimMs } from './policy.ts';
import { endings, looksNeverThere, sentSoFar, settle } from './settle.ts';
import {
  type CancellationError,
  type EndedStatus,
  type Failed,
  isFinal,
  isOpen,
  isOpenCancellation,
  type OpenCancellation,
  type RequestStatus,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';
import { isClaimed } from './waiting.ts';

export const statusRead = (
  request: SignatureRequest,
  answer: ReadAnswer,
  right: SendRight,
  begunAt: Instant,
  context: Context,
): Decision => {
  const current = request.cancellation;
  if (answer.kind === 'claim_refuted') return refuted(request, context);
  if (isOpenCancellation(current)) {
    return whileOpen(
      request,
      current,
      answer,
      isOutdated(request, current, begunAt) ? 'none' : right,
      context,
    );
  }
  if (current?.state === 'failed' && isEnd(answer)) return settledBy(request, current, answer, context);
  return followed(request, answer, begunAt, context);
};

/** What was seen before our last step says nothing of what that did: it may prove, but it may not send. */
const isOutdated = (request: SignatureRequest, current: OpenCancellation, begunAt: Instant): boolean =>
  current.firstAttemptAt !== null && begunAt < request.updatedAt;

type Told = Exclude<ReadAnswer, { kind: 'claim_refuted' }>;
type End =
  | Extract<Told, { kind: 'proof' | 'ended' }>
  | (Extract<Told, { kind: 'status' }> & { readonly status: EndedStatus });

const isEnd = (answer: Told): answer is End =>
  answer.kind === 'proof' || answer.kind === 'ended' || (answer.kind === 'status' && !isOpen(answer.status));

const whileOpen = (
  request: SignatureRequest,
  current: OpenCancellation,
  answer: Told,
  right: SendRight,
  context: Context,
): Decision => {
  if (isEnd(answer)) return settledBy(request, current, answer, context);
  if (isClaimed(request, current, context.now)) return unchanged(request);
  switch (answer.kind) {
    case 'status':
      return stillOpen(request, { ...current, missing: null }, answer.status, right, context);
    case 'not_found':
      return notFound(request, current, answer.error, right, context);
    case 'refused':
    case 'try_again':
    case 'unclear': {
      if (settle.isPastDeadline(current, context)) {
        return settle.expired(request, current, answer.error, context);
      }
      const why: Postponed = { pausesAccount: false, ...answer };
      const blocked = answer.kind === 'refused' || why.pausesAccount;
      if (context.proof.sendsWithoutLook && !blocked && mayResend(current, context)) {
        return send(request, current, {}, right, context);
      }
      return unread(request, current, why, right, context);
    }
    case 'undecidable':
      return settle.failed(request, current, answer.error, context);
  }
};

/** Proof and other ends mean the same whether the cancellation is open or was given up. */
const settledBy = (
  request: SignatureRequest,
  current: OpenCancellation | Failed,
  answer: End,
  context: Context,
): Decision => {
  switch (answer.kind) {
    case 'proof':
      return settle.confirmed(request, current, poll(answer.status, context), answer.requestStatus, context);
    case 'ended':
      return answer.as === 'not_found' && mayBeOurDoing(request, current, context)
        ? unchanged(request)
        : settle.ended(request, current, answer, poll(answer.as, context), context);
    case 'status': {
      const because = {
        type: endings[endOf(answer.status)].error,
        detail: `The request is ${answer.status} at the provider.`,
      };
      const evidence = poll(answer.status, context);
      return settle.rejected(request, current, because, answer.status, evidence, context);
    }
  }
};

/** The read was judged before a call of ours was known of, or before somebody saw the request: it is no longer "never there". */
const mayBeOurDoing = (
  request: SignatureRequest,
  current: OpenCancellation | Failed,
  context: Context,
): boolean => sentSoFar(current) !== 'no' || (context.proof.remembersExistence && request.existed);

const stillOpen = (
  request: SignatureRequest,
  current: OpenCancellation,
  status: RequestStatus,
  right: SendRight,
  context: Context,
): Decision => {
  if (settle.isPastDeadline(current, context)) return settle.expired(request, current, null, context);
  // A status that we cannot name might be an end: where a cancel could hit a finished contract, do not send it.
  if (status === 'unknown' && context.proof.looksFirst) {
    const error = {
      type: 'unexpected-answer',
      detail: 'The provider names a status that is not known.',
    } as const;
    return unread(request, current, { error, pausesAccount: false }, right, context);
  }
  const seen = { status: further(request.status, status), existed: true };
  return mayResend(current, context)
    ? send(request, current, seen, right, context)
    : wait(request, current, seen, context);
};

/** Nothing to send yet: the next look is at the next proof read or when a further call may go, whichever is first. */
const wait = (
  request: SignatureRequest,
  current: OpenCancellation,
  seen: Seen,
  context: Context,
): Decision => {
  const { now } = context;
  const resendAt = current.resendAt ?? now;
  const next = current.state === 'submitted' ? Math.min(resendAt, nextProofRead(current, context)) : resendAt;
  const dueAt = settle.beforeDeadline(current, next as Instant, context);
  return transition(
    request,
    { ...seen, cancellation: landed(current), dueAt },
    changeOf(request, seen, context),
    now,
    ...hintFor(dueAt, now),
  );
};

const changeOf = (request: SignatureRequest, { status }: Seen, context: Context) =>
  status === undefined || status === request.status
    ? null
    : ({ type: 'status_changed', evidence: poll(status, context) } as const);

interface Seen {
  readonly status?: RequestStatus;
  readonly existed?: boolean;
}

/** A claim that nobody answered for has run out. */
const landed = (current: OpenCancellation): OpenCancellation => ({
  ...current,
  sent: sentSoFar(current),
  inFlight: false,
});

const mayResend = (current: OpenCancellation, { now }: Context): boolean => now >= (current.resendAt ?? now);

/**
 * Claims the call before it is made, so that of two workers only one sends, and a crash leaves a trace.
 * A lone first call needs no claim: the hint that allows it was sent once. Where its trace is all that will tell, it is
 * claimed too; existence is written with the claim.
 */
const send = (
  request: SignatureRequest,
  current: OpenCancellation,
  seen: Seen,
  right: SendRight,
  context: Context,
): Decision => {
  const { now, policy } = context;
  if (right === 'none') return unchanged(request);
  if (right === 'lone' && !looksNeverThere(current, context)) return unchanged(request, { type: 'send' });
  const claimed: OpenCancellation = {
    ...landed(current),
    inFlight: true,
    attempts: current.attempts + 1,
    firstAttemptAt: current.firstAttemptAt ?? now,
  };
  // Past the deadline if need be: a claim cut short would leave no time for the call that it counts.
  const dueAt = (now + claimMs(policy)) as Instant;
  return transition(
    request,
    { ...seen, cancellation: claimed, dueAt },
    changeOf(request, seen, context),
    now,
    { type: 'send' },
  );
};

/** 404 on a read alone says little; together with a 404 on the cancel it ends the wish. */
const notFound = (
  request: SignatureRequest,
  current: OpenCancellation,
  error: CancellationError,
  right: SendRight,
  context: Context,
): Decision => {
  if (current.missing === 'cancel') {
    return sentSoFar(current) === 'no'
      ? settle.rejected(request, current, error, request.status, poll('not_found', context), context)
      : settle.failed(request, current, { ...error, type: 'outcome-unknown' }, context);
  }
  if (settle.isPastDeadline(current, context)) return settle.expired(request, current, error, context);
  const told: OpenCancellation = { ...current, error };
  return mayResend(current, context)
    ? send(request, told, {}, right, context)
    : wait(request, told, {}, context);
};

/** The read gave no status: nothing is sent; look again later. */
const unread = (
  request: SignatureRequest,
  current: OpenCancellation,
  { error, retryAt, pausesAccount }: Postponed,
  right: SendRight,
  context: Context,
): Decision => {
  const { now, dice, policy } = context;
  const failures = current.failures + 1;
  const at = retryTime(failures, retryAt, now, dice, policy);
  // The first call needs no claim: if it may be under way, its time stands, and no deadline begins that could end it.
  const mayBeUnderWay = right === 'none' && current.attempts === 0;
  // Else the clock of the deadline starts here too: a provider that never lets us read must be given up some time.
  const firstAttemptAt = current.firstAttemptAt ?? (mayBeUnderWay ? null : now);
  const told: OpenCancellation = { ...landed(current), failures, error, firstAttemptAt };
  const soonest = mayBeUnderWay ? (request.dueAt ?? at) : at;
  const dueAt = settle.beforeDeadline(told, Math.max(at, soonest) as Instant, context);
  return transition(
    request,
    { cancellation: told, dueAt },
    { type: 'delayed' },
    now,
    ...(pausesAccount ? [{ type: 'pause_account', until: at, reason: error.type } as const] : []),
    ...hintFor(dueAt, now),
  );
};

const refuted = (request: SignatureRequest, { now }: Context): Decision =>
  request.claim === null || isFinal(request.cancellation)
    ? unchanged(request)
    : transition(request, { claim: null }, null, now, { type: 'look' });

const endOf = (status: EndedStatus): EndedAs => {
  switch (status) {
    case 'signed':
    case 'finalizing':
      return 'signed';
    case 'declined':
      return 'declined';
    case 'expired':
      return 'expired';
    case 'error':
    case 'error_converting':
    case 'error_sending':
    case 'error_finalizing':
      return 'error';
  }
};
