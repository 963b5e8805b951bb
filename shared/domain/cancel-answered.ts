/** What the answer to a cancel call does to the cancellation it was made for. */

import type { CancelAnswer } from './answers.ts';
import { retryTime } from './backoff.ts';
import { response } from './evidence.ts';
import type { Instant } from './ids.ts';
import { looksNeverThere, sentSoFar, settle } from './settle.ts';
import {
  type CancellationError,
  type Failed,
  isOpenCancellation,
  type OpenCancellation,
  type SignatureRequest,
  type Submitted,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';

export const cancelAnswered = (
  request: SignatureRequest,
  wish: Instant,
  answer: CancelAnswer,
  context: Context,
): Decision => {
  const current = request.cancellation;
  if (current?.requestedAt !== wish) return unchanged(request);
  if (isOpenCancellation(current)) return whileOpen(request, recorded(current, context), answer, context);
  if (current.state === 'failed') return afterFailure(request, current, answer, context);
  return unchanged(request);
};

/** A claimed call was counted when it was claimed. */
const recorded = (current: OpenCancellation, { now }: Context): OpenCancellation => ({
  ...current,
  inFlight: false,
  attempts: current.inFlight ? current.attempts : current.attempts + 1,
  firstAttemptAt: current.firstAttemptAt ?? now,
});

const whileOpen = (
  request: SignatureRequest,
  current: OpenCancellation,
  answer: CancelAnswer,
  context: Context,
): Decision => {
  switch (answer.kind) {
    case 'accepted':
      return accepted(request, current, context);
    case 'confirmed':
      return settle.confirmed(request, current, response(answer.status, context), 'cancelled', context);
    case 'ended':
      return settle.ended(request, current, answer, response(answer.as, context), context);
    case 'refused':
    case 'try_again':
      return postponed(request, current, answer, context);
    case 'unclear':
      return unclear(request, current, answer.mayHaveActed, answer.error, context);
    case 'undecidable':
      return settle.failed(request, current, answer.error, context);
  }
};

const accepted = (request: SignatureRequest, current: OpenCancellation, context: Context): Decision => {
  const { now, policy, proof } = context;
  const submitted: Submitted = {
    ...current,
    state: 'submitted',
    sent: 'yes',
    submittedAt: now,
    reasonDelivered: current.reasonDelivered ?? true,
    failures: 0,
    error: null,
    missing: null,
    resendAt: (now + policy.confirmationWindowMs) as Instant,
  };
  if (current.keptProof !== null) {
    return settle.confirmed(request, submitted, current.keptProof, 'cancelled', context);
  }
  const looksNow = proof.proofReadsMs[0] === 0;
  // While this invocation looks itself, the wake time that stands is the safety net: an index write saved.
  const dueAt = looksNow
    ? (Math.max(now, settle.beforeDeadline(submitted, request.wakeAt ?? now, context)) as Instant)
    : nextProofRead(submitted, context);
  return transition(
    request,
    { cancellation: submitted, dueAt },
    { type: 'accepted' },
    now,
    ...(looksNow ? [{ type: 'look' } as const] : hintFor(dueAt, now)),
  );
};

/** The next time at which proof is looked for: the provider's schedule, then the window, never past the deadline. */
export const nextProofRead = (current: Submitted, context: Context): Instant => {
  const { now, policy, proof } = context;
  const times = [...proof.proofReadsMs, policy.confirmationWindowMs].map((ms) => current.submittedAt + ms);
  const next = times.find((time) => time > now) ?? current.resendAt ?? now;
  return settle.beforeDeadline(current, next as Instant, context);
};

const postponed = (
  request: SignatureRequest,
  current: OpenCancellation,
  answer: Extract<CancelAnswer, { kind: 'refused' | 'try_again' }>,
  context: Context,
): Decision => {
  const { now, dice, policy } = context;
  if (settle.isPastDeadline(current, context)) return settle.expired(request, current, answer.error, context);
  const failures = current.failures + 1;
  const resendAt = retryTime(failures, answer.retryAt, now, dice, policy);
  const dueAt = settle.beforeDeadline(current, resendAt, context);
  // A server that failed may have acted before it did. That matters only where nothing else will tell.
  const mayHaveActed = (answer.error.providerStatus ?? 0) >= 500 && looksNeverThere(current, context);
  const sent = sentAfter(current, mayHaveActed);
  return transition(
    request,
    { cancellation: { ...current, sent, failures, resendAt, error: answer.error }, dueAt },
    { type: 'delayed' },
    now,
    ...(answer.pausesAccount
      ? [{ type: 'pause_account', until: resendAt, reason: answer.error.type } as const]
      : []),
    ...hintFor(dueAt, now),
  );
};

/** What is known to have been sent stays known. */
const sentAfter = ({ sent }: OpenCancellation, mayHaveActed: boolean): OpenCancellation['sent'] =>
  mayHaveActed && sent === 'no' ? 'maybe' : sent;

/** Read before anything else is sent. If this process dies before the read, the next look does it. */
const unclear = (
  request: SignatureRequest,
  current: OpenCancellation,
  mayHaveActed: boolean,
  error: CancellationError,
  context: Context,
): Decision => {
  const { now, dice, policy } = context;
  const sent = sentAfter(current, mayHaveActed);
  if (current.keptProof !== null && sent !== 'no') {
    return settle.confirmed(request, { ...current, sent }, current.keptProof, 'cancelled', context);
  }
  const failures = current.failures + 1;
  const resendAt = retryTime(failures, undefined, now, dice, policy);
  const missing = error.type === 'not-found' ? 'cancel' : current.missing;
  return transition(
    request,
    {
      cancellation: { ...current, sent, failures, resendAt, missing, error },
      dueAt: settle.beforeDeadline(current, resendAt, context),
    },
    { type: 'delayed' },
    now,
    { type: 'look' },
  );
};

/** An answer that comes after the cancellation was given up: proof counts, anything else is only remembered. */
const afterFailure = (
  request: SignatureRequest,
  current: Failed,
  answer: CancelAnswer,
  context: Context,
): Decision => {
  switch (answer.kind) {
    case 'confirmed':
      return settle.confirmed(request, current, response(answer.status, context), 'cancelled', context);
    case 'ended':
      return settle.ended(request, current, answer, response(answer.as, context), context);
    case 'accepted':
      return transition(request, { cancellation: { ...current, sent: 'yes' } }, null, context.now);
    case 'unclear':
      return answer.mayHaveActed && sentSoFar(current) === 'no'
        ? transition(request, { cancellation: { ...current, sent: 'maybe' } }, null, context.now)
        : unchanged(request);
    case 'refused':
    case 'try_again':
    case 'undecidable':
      return unchanged(request);
  }
};
