/** What reads and webhooks tell of a request that nobody is cancelling: its status only moves forward. */
import type { ReadAnswer } from './answers.ts';
import { retryTime } from './backoff.ts';
import type { SeenDetails } from './details.ts';
import type { Instant } from './ids.ts';
import { endings } from './settle.ts';
import {
  type CancellationError,
  type Claim,
  isOpen,
  type OpenStatus,
  type RequestStatus,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';
import { isNotThere, mayBeLookedAt } from './waiting.ts';

/** A webhook that proves nothing makes us look at most this often. */
export const lookIntervalMs = 60_000;
/** An expiry shows at the provider some time after it. */
const expirySlackMs = 300_000;

/** When a followed request is read again by itself; null: not planned. */
export const nextSlowLook = (request: SignatureRequest, { now, proof, policy }: Context): Instant | null => {
  if (!request.followed || !mayBeLookedAt(request) || isNotThere(request)) return null;
  const expiry = (request.expiresAt ?? 0) + expirySlackMs;
  // What is only passing is looked at sooner, and less and less often if it stays.
  const soon = Math.min(policy.followMs, Math.max(lookIntervalMs, now - request.createdAt));
  const slow = isPassing(request.status) ? soon : policy.followMs;
  const times = [proof.isSilent ? now + slow : 0, expiry].filter((time) => time > now);
  return times.length === 0 ? null : (Math.min(...times) as Instant);
};

const isPassing = (status: RequestStatus): boolean => status === 'converting' || status === 'finalizing';

/** Somebody asks for a look, now. */
export const requestLook = (request: SignatureRequest, { now, policy }: Context): Decision =>
  transition(
    request,
    { followed: true, lookAt: (now + policy.recoveryMs) as Instant, hintedAt: now },
    request.version === 0 ? { type: 'imported' } : null,
    now,
    { type: 'hint', cause: 'refresh', delayMs: 0 },
  );

/** What a webhook claims is kept with the first word, until a read settles it. Of a cancellation only a read, or proof, counts. */
export const isNews = (request: SignatureRequest, claim: Claim | null): boolean =>
  claim !== null && claim.status !== 'cancelled' && request.claim === null;

/**
 * A webhook says that there is something to see: a look at once, or, within a minute of the last one, one look at its
 * end, however many come meanwhile. The time of the look is written down, so it cannot get lost.
 */
export const hintedAt = (request: SignatureRequest, claim: Claim | null, context: Context): Decision => {
  const { now, policy } = context;
  const news = isNews(request, claim);
  const changes = { claim: news ? claim : request.claim };
  const last = request.hintedAt ?? 0;
  if (now - last >= lookIntervalMs) {
    return transition(
      request,
      { ...changes, hintedAt: now, lookAt: (now + policy.recoveryMs) as Instant, looksAgain: false },
      { type: 'hinted' },
      now,
      { type: 'hint', cause: 'webhook', delayMs: 0 },
    );
  }
  if (request.looksAgain) return news ? transition(request, changes, null, now) : unchanged(request);
  const lookAt = (last + lookIntervalMs) as Instant;
  return transition(
    request,
    { ...changes, lookAt, looksAgain: true },
    { type: 'hinted' },
    now,
    ...hintFor(lookAt, now),
  );
};

/** Calls to the account are paused: the look waits as long. */
export const lookDeferred = (
  request: SignatureRequest,
  until: Instant,
  permit: boolean,
  { now }: Context,
): Decision =>
  request.lookAt === null || (request.lookAt > until && !permit)
    ? unchanged(request)
    : transition(request, { lookAt: until }, null, now, ...hintFor(until, now, permit));

/** @param begunAt when the read began: what a webhook said since is not in it */
export const followed = (
  request: SignatureRequest,
  answer: Exclude<ReadAnswer, { kind: 'claim_refuted' }>,
  begunAt: Instant,
  context: Context,
): Decision => {
  const { now } = context;
  const again = request.looksAgain && begunAt < (request.lookAt ?? 0);
  const told = toldBy(answer);
  if ('error' in told) return untold(request, told, again, context);
  const status = further(request.status, endOf(request, answer, now) ?? told.status);
  const next: SignatureRequest = {
    ...request,
    status,
    existed: true,
    claim: null,
    readError: null,
    expiresAt: told.details?.expiresAt ?? request.expiresAt,
  };
  const lookAt = again ? request.lookAt : nextSlowLook(next, context);
  const changed =
    status !== request.status ||
    request.readError !== null ||
    request.lookAt !== null ||
    request.claim !== null ||
    lookAt !== null ||
    (request.followed && request.readAt === null);
  if (!changed) return unchanged(request);
  const { existed, claim, readError, expiresAt } = next;
  return transition(
    request,
    {
      status,
      existed,
      claim,
      readError,
      expiresAt,
      lookAt,
      looksAgain: again,
      readAt: now,
      // A look that was put off counts as the last one: the next may come a minute later.
      ...(request.looksAgain && !again && { hintedAt: begunAt }),
    },
    status === request.status
      ? null
      : { type: 'status_changed', evidence: { kind: 'poll', status, at: now } },
    now,
    ...(lookAt === null ? [] : hintFor(lookAt, now)),
  );
};

/** What is gone after its time, with nobody having asked for it, has expired. */
const endOf = (
  { cancellation, expiresAt }: SignatureRequest,
  answer: ReadAnswer,
  now: Instant,
): RequestStatus | null => {
  // Stryker disable next-line ConditionalExpression: equivalent, nothing else is proven by a deletion.
  const proven = answer.kind === 'proof' ? answer.status : null;
  const isGone = proven === 'deleted';
  return isGone && cancellation === null && expiresAt !== null && now >= expiresAt ? 'expired' : null;
};

interface Told {
  readonly status: RequestStatus;
  readonly details: SeenDetails | undefined;
}
interface NothingTold {
  readonly error: CancellationError;
  readonly retryAt: Instant | undefined;
  readonly pausesAccount: boolean;
  readonly gone: boolean;
}

const toldBy = (answer: Exclude<ReadAnswer, { kind: 'claim_refuted' }>): Told | NothingTold => {
  switch (answer.kind) {
    case 'proof':
      return { status: answer.requestStatus, details: answer.details };
    case 'status':
      return { status: answer.status, details: answer.details };
    case 'ended': {
      const { status } = endings[answer.as];
      if (status !== null && status !== 'unknown') return { status, details: answer.details };
      const type = answer.as === 'destroyed' ? 'already-ended' : 'not-found';
      const error = { type, detail: answer.detail } as const;
      return { error, retryAt: undefined, pausesAccount: false, gone: true };
    }
    case 'refused':
    case 'try_again': {
      const { error, retryAt, pausesAccount } = answer;
      return { error, retryAt, pausesAccount, gone: false };
    }
    case 'not_found':
    case 'unclear':
    case 'undecidable': {
      // What nothing can tell is no more found out by looking again.
      const gone = answer.kind !== 'unclear';
      return { error: answer.error, retryAt: undefined, pausesAccount: false, gone };
    }
  }
};

/** The read told nothing: it is tried again, not too soon. What is not there is not looked for again by itself. */
const untold = (
  request: SignatureRequest,
  { error, retryAt, pausesAccount, gone }: NothingTold,
  again: boolean,
  context: Context,
): Decision => {
  const { now, dice, policy } = context;
  if (!request.followed && request.lookAt === null) return unchanged(request);
  const soon = Math.max(retryTime(1, retryAt, now, dice, policy), now + lookIntervalMs) as Instant;
  const seen = { ...request, readError: error, expiresAt: null };
  const lookAt = again ? request.lookAt : gone ? nextSlowLook(seen, context) : soon;
  return transition(
    request,
    { readAt: now, readError: error, lookAt, looksAgain: again },
    null,
    now,
    ...(pausesAccount ? [{ type: 'pause_account', until: soon, reason: error.type } as const] : []),
    ...(lookAt === null ? [] : hintFor(lookAt, now)),
  );
};

const progress: Readonly<Record<OpenStatus, number>> = {
  unknown: 0,
  creating: 1,
  converting: 2,
  created: 3,
  sent: 4,
  viewed: 5,
};

/** A late answer takes nothing back: an end is final, except that `finalizing` still becomes `signed` or an error. */
export const further = (before: RequestStatus, told: RequestStatus): RequestStatus => {
  if (before === 'finalizing') return isOpen(told) || told === 'cancelled' ? before : told;
  if (!isOpen(before)) return before;
  if (!isOpen(told)) return told;
  // Stryker disable next-line EqualityOperator: equivalent, two statuses of one rank are the same status.
  return progress[told] > progress[before] ? told : before;
};
