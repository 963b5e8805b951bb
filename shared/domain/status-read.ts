/** What the answer to a status read does: proof, an end, or the permission to send. */

import type { EndedAs, ReadAnswer } from './answers.ts';
import { retryTime } from './backoff.ts';
import { nextProofRead } from './cancel-answered.ts';
import { poll } from './evidence.ts';
import { followed, further } from './follow.ts';
import type { Instant } from './ids.ts';
import type { SendRight } from './plan.ts';
import { claimSlackMs } from './policy.ts';
import { endings, sentSoFar, settle } from './settle.ts';
import {
  type CancellationError,
  type EndedStatus,
  type Failed,
  isFinal,
  isOpen,
  isOpenCancellation,
  type OpenCancellation,
  type OpenStatus,
  type RequestStatus,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';

export const statusRead = (
  request: SignatureRequest,
  answer: ReadAnswer,
  right: SendRight,
  begunAt: Instant,
  context: Context,
): Decision => {
  const current = request.cancellation;
  if (answer.kind === 'claim_refuted') return refuted(request, context);
  if (isOpenCancellation(current)) return whileOpen(request, current, answer, right, context);
  const settled = current?.state === 'failed' ? settledBy(request, current, answer, context) : null;
  return settled ?? followed(request, answer, begunAt, context);
};

type Settling = Exclude<ReadAnswer, { kind: 'claim_refuted' }>;

const whileOpen = (
  request: SignatureRequest,
  current: OpenCancellation,
  answer: Settling,
  right: SendRight,
  context: Context,
): Decision => {
  const settled = settledBy(request, current, answer, context);
  if (settled !== null) return settled;
  // Another worker's call may still be under way: its claim stands until it is due.
  if (current.inFlight && request.dueAt !== null && context.now < request.dueAt) return unchanged(request);
  switch (answer.kind) {
    case 'status':
      return isOpen(answer.status)
        ? stillOpen(request, { ...current, missing: null }, answer.status, right, context)
        : unchanged(request);
    case 'not_found':
      return notFound(request, current, answer.error, right, context);
    case 'refused':
    case 'try_again':
    case 'unclear': {
      const blocked = answer.kind === 'refused' || (answer.kind === 'try_again' && answer.pausesAccount);
      if (context.proof.sendsWithoutLook && !blocked && mayResend(current, context)) {
        return send(request, current, {}, right, context);
      }
      return unread(request, current, answer, context);
    }
    case 'undecidable':
      return settle.failed(request, current, answer.error, context);
    case 'proof':
    case 'ended':
      return unchanged(request);
  }
};

/** Proof and other ends mean the same whether the cancellation is open or was given up. */
const settledBy = (
  request: SignatureRequest,
  current: OpenCancellation | Failed,
  answer: Settling,
  context: Context,
): Decision | null => {
  if (answer.kind === 'proof') {
    return settle.confirmed(request, current, poll(answer.status, context), answer.requestStatus, context);
  }
  if (answer.kind === 'ended') {
    return settle.ended(request, current, answer, poll(answer.as, context), context);
  }
  if (answer.kind === 'status' && isEnded(answer.status)) {
    const because = {
      type: endings[endOf(answer.status)].error,
      detail: `The request is ${answer.status} at the provider.`,
    };
    return settle.rejected(request, current, because, answer.status, poll(answer.status, context), context);
  }
  return null;
};

const stillOpen = (
  request: SignatureRequest,
  current: OpenCancellation,
  status: OpenStatus,
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
    return unread(request, current, { kind: 'unclear', error }, context);
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
  const proof = current.state === 'submitted' ? nextProofRead(current, context) : null;
  const times = [current.resendAt, proof].filter((time): time is Instant => time !== null && time > now);
  const dueAt = settle.beforeDeadline(current, Math.min(...times) as Instant, context);
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

const mayResend = (current: OpenCancellation, { now }: Context): boolean =>
  current.resendAt === null || now >= current.resendAt;

/**
 * Claims the call before it is made, so that of two workers only one sends, and a crash leaves a trace.
 * A lone first call needs no claim: the hint that allows it was sent once. Where what is gone looks like what never was,
 * a call that nobody recorded would be read as the latter: there it is claimed, and existence is written with the claim.
 */
const send = (
  request: SignatureRequest,
  current: OpenCancellation,
  seen: Seen,
  right: SendRight,
  context: Context,
): Decision => {
  const { now, policy, proof } = context;
  if (right === 'none') return unchanged(request);
  if (right === 'lone' && !proof.remembersExistence) return unchanged(request, { type: 'send' });
  const claimed: OpenCancellation = {
    ...landed(current),
    inFlight: true,
    attempts: current.attempts + 1,
    firstAttemptAt: current.firstAttemptAt ?? now,
  };
  const claimMs = Math.max(policy.recoveryMs, policy.callMs + claimSlackMs);
  const dueAt = settle.beforeDeadline(claimed, (now + claimMs) as Instant, context);
  return transition(
    request,
    { ...seen, cancellation: claimed, dueAt },
    changeOf(request, seen, context),
    now,
    {
      type: 'send',
    },
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
  const missing: OpenCancellation = { ...current, missing: 'read', error };
  return mayResend(current, context)
    ? send(request, missing, {}, right, context)
    : wait(request, missing, {}, context);
};

/** The read gave no status: nothing is sent; look again later. */
const unread = (
  request: SignatureRequest,
  current: OpenCancellation,
  answer: Extract<ReadAnswer, { kind: 'refused' | 'try_again' | 'unclear' }>,
  context: Context,
): Decision => {
  const { now, dice, policy } = context;
  if (settle.isPastDeadline(current, context)) return settle.expired(request, current, answer.error, context);
  const failures = current.failures + 1;
  const retryAt = answer.kind === 'unclear' ? undefined : answer.retryAt;
  const at = retryTime(failures, retryAt, now, dice, policy);
  const dueAt = settle.beforeDeadline(current, at, context);
  const pauses = answer.kind !== 'unclear' && answer.pausesAccount;
  return transition(
    request,
    {
      // The clock of the deadline starts here too: a provider that never lets us read must be given up some time.
      cancellation: {
        ...landed(current),
        failures,
        error: answer.error,
        firstAttemptAt: current.firstAttemptAt ?? now,
      },
      dueAt,
    },
    { type: 'delayed' },
    now,
    ...(pauses ? [{ type: 'pause_account', until: at, reason: answer.error.type } as const] : []),
    ...hintFor(dueAt, now),
  );
};

const refuted = (request: SignatureRequest, { now }: Context): Decision =>
  request.claim === null || isFinal(request.cancellation)
    ? unchanged(request)
    : transition(request, { claim: null }, null, now, { type: 'look' });

const isEnded = (status: RequestStatus): status is EndedStatus => !isOpen(status) && status !== 'cancelled';

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
