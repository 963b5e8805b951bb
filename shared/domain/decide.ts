/**
 * The state machine: what an event means for a request, as the next image and what to do about it.
 * Pure: no clock, no chance, no I/O beyond its arguments. Final states absorb; evidence outranks intention.
 */

import type { CancelAnswer, CreateAnswer, FindAnswer, Notice, ReadAnswer, RemindAnswer } from './answers.ts';
import { cancelAnswered } from './cancel-answered.ts';
import {
  claimCreation,
  createAnswered,
  creationDeferred,
  creationGivenUp,
  findAnswered,
  rejectedUnsent,
  withdraw,
} from './creation.ts';
import { hintedAt, lookDeferred, lookIntervalMs } from './follow.ts';
import type { Instant, ProviderRequestId } from './ids.ts';
import type { SendRight } from './plan.ts';
import { claimReminder, dropReminder, reminderAnswered } from './reminder.ts';
import { settle } from './settle.ts';
import {
  type CancellationError,
  isFinal,
  isOpen,
  isOpenCancellation,
  isQueuedCreation,
  type SignatureRequest,
} from './signature-request.ts';
import { statusRead } from './status-read.ts';
import {
  type Context,
  type Decision,
  type Effect,
  hintFor,
  longestDelayMs,
  transition,
  unchanged,
} from './transition.ts';
import { mayBeLookedAt } from './waiting.ts';

export type Event =
  /** `wish` is the `requestedAt` of the cancellation that the call was made for. */
  | { readonly type: 'cancel_answered'; readonly wish: Instant; readonly answer: CancelAnswer }
  | {
      readonly type: 'status_read';
      readonly answer: ReadAnswer;
      readonly right: SendRight;
      /** When the read began: what a webhook claimed before, it has settled. */
      readonly begunAt: Instant;
      /** Which revision of the details this answer led to, where they are kept. */
      readonly detailsRevision?: number;
      /** Somebody waits for this read: that it was made is written down in any case. */
      readonly refresh?: true;
      /** The provider's own id, where the request was known by another name: an alias leads from it to here. */
      readonly canonicalId?: ProviderRequestId;
    }
  | { readonly type: 'create_claimed' }
  /** `attempt`: the number of the claimed call. */
  | {
      readonly type: 'create_answered';
      readonly attempt: number;
      readonly answer: CreateAnswer;
      readonly detailsRevision?: number;
    }
  | {
      readonly type: 'find_answered';
      readonly attempt: number;
      readonly answer: FindAnswer | { readonly kind: 'cannot_look' };
      readonly settledAfterMs: number;
      readonly detailsRevision?: number;
    }
  /** A wish to cancel has overtaken the creation. */
  | { readonly type: 'withdrawn' }
  | { readonly type: 'reminder_claimed' }
  /** `requestedAt`: which reminder the call was made for. */
  | { readonly type: 'reminder_answered'; readonly requestedAt: Instant; readonly answer: RemindAnswer }
  | { readonly type: 'reminder_dropped' }
  | { readonly type: 'webhook_received'; readonly notice: Pick<Notice, 'claim' | 'trust'> }
  /**
   * Nothing was called, because calls to the account are paused or paced. `lone`: the hint that was not used might have
   * sent without a look; its right goes on to the next one. `permit`: calls are reserved for exactly that time.
   */
  | {
      readonly type: 'deferred';
      readonly until: Instant;
      readonly error: CancellationError;
      readonly lone: boolean;
      readonly permit: boolean;
    }
  /** Nobody can do anything more about it. */
  | { readonly type: 'given_up'; readonly error: CancellationError };

export const decide = (request: SignatureRequest, event: Event, context: Context): Decision => {
  switch (event.type) {
    case 'cancel_answered':
      return cancelAnswered(request, event.wish, event.answer, context);
    case 'status_read': {
      const { answer, right, begunAt, canonicalId } = event;
      const named = canonicalId === undefined ? request : { ...request, providerRequestId: canonicalId };
      const decision = statusRead(settledClaim(named, answer, begunAt), answer, right, begunAt, context);
      const same = canonicalId === undefined || canonicalId === request.providerRequestId;
      const kept =
        decision.changed || same
          ? decision
          : transition(request, { providerRequestId: canonicalId }, null, context.now, ...decision.effects);
      const told = withDetails(request, kept.changed ? kept : { ...kept, request }, event, context);
      return event.refresh ? withReadAt(request, told, context) : told;
    }
    case 'create_claimed':
      return claimCreation(request, context);
    case 'create_answered':
      return withDetails(
        request,
        createAnswered(request, event.attempt, event.answer, context),
        event,
        context,
      );
    case 'find_answered':
      return withDetails(
        request,
        findAnswered(request, event.attempt, event.answer, event.settledAfterMs, context),
        event,
        context,
      );
    case 'withdrawn':
      return withdraw(request, context);
    case 'reminder_claimed':
      return claimReminder(request, context);
    case 'reminder_answered':
      return reminderAnswered(request, event.requestedAt, event.answer, context);
    case 'reminder_dropped':
      return dropReminder(request, context);
    case 'webhook_received':
      return webhookReceived(request, event.notice, context);
    case 'deferred':
      return deferred(request, event, context);
    case 'given_up':
      return givenUp(request, event.error, context);
  }
};

const givenUp = (request: SignatureRequest, error: CancellationError, context: Context): Decision => {
  if (isQueuedCreation(request.creation)) return creationGivenUp(request, error, context);
  if (isOpenCancellation(request.cancellation)) {
    return rejectedUnsent(request, context) ?? settle.failed(request, request.cancellation, error, context);
  }
  if (request.reminder?.state === 'queued') return dropReminder(request, context);
  return request.lookAt === null
    ? unchanged(request)
    : transition(request, { lookAt: null, readError: error }, null, context.now);
};

const withReadAt = (before: SignatureRequest, decision: Decision, { now }: Context): Decision => {
  if (decision.request.readAt === now) return decision;
  return decision.changed
    ? { ...decision, request: { ...decision.request, readAt: now } }
    : transition(before, { readAt: now }, null, now, ...decision.effects);
};

/** The details lie apart and are written first: this image says which revision of them it goes with. */
const withDetails = (
  before: SignatureRequest,
  decision: Decision,
  { detailsRevision = before.detailsRevision }: { readonly detailsRevision?: number },
  { now }: Context,
): Decision => {
  const { request } = decision;
  if (detailsRevision <= request.detailsRevision) return decision;
  const told = request.history.some(({ version }) => version === request.version);
  if (decision.changed && told) return { ...decision, request: { ...request, detailsRevision } };
  const base = decision.changed ? { ...request, version: before.version, history: before.history } : before;
  const { effects } = decision;
  return transition(base, { detailsRevision }, { type: 'signers_changed' }, now, ...effects);
};

/** An open request refutes a claim that was made before it was read; later answers must not be judged by it. */
const settledClaim = (request: SignatureRequest, answer: ReadAnswer, begunAt: Instant): SignatureRequest => {
  const older = request.hintedAt === null || request.hintedAt < begunAt;
  const open = answer.kind === 'status' && isOpen(answer.status) && answer.status !== 'unknown';
  return request.claim !== null && open && older ? { ...request, claim: null } : request;
};

const webhookReceived = (
  request: SignatureRequest,
  notice: Pick<Notice, 'claim' | 'trust'>,
  context: Context,
): Decision => {
  const current = request.cancellation;
  // Its id is not written yet: whoever writes it reads it then.
  if (isQueuedCreation(request.creation)) {
    return request.hintedAt === null
      ? transition(request, { hintedAt: context.now }, null, context.now)
      : unchanged(request);
  }
  if (isFinal(current) && !mayBeLookedAt(request)) return unchanged(request);
  if (current === null && !mayBeLookedAt(request)) return unchanged(request);
  if (
    notice.trust === 'proof' &&
    notice.claim?.status === 'cancelled' &&
    current !== null &&
    !isFinal(current)
  ) {
    const evidence = { kind: 'webhook', status: 'cancelled', at: context.now } as const;
    const sent = current.sent !== 'no' || (isOpenCancellation(current) && current.inFlight);
    if (sent) return settle.confirmed(request, current, evidence, 'cancelled', context);
    // Our own call may be on its way, its answer not yet written: the proof waits for it.
    if (isOpenCancellation(current)) {
      return current.keptProof !== null
        ? unchanged(request)
        : transition(
            request,
            { cancellation: { ...current, keptProof: evidence } },
            { type: 'proof_kept', evidence },
            context.now,
          );
    }
  }
  return isOpenCancellation(current)
    ? hinted(request, notice.claim, context)
    : hintedAt(request, notice.claim, context);
};

/** Remembers what was claimed and has somebody look, once a minute at most. */
const hinted = (request: SignatureRequest, claim: Notice['claim'], context: Context): Decision => {
  const recently = request.hintedAt !== null && context.now - request.hintedAt < lookIntervalMs;
  const news = claim !== null && claim.status !== 'cancelled' && request.claim === null;
  if (recently && !news) return unchanged(request);
  return transition(
    request,
    { hintedAt: context.now, claim: news ? claim : request.claim },
    { type: 'hinted' },
    context.now,
    ...(recently ? [] : [{ type: 'hint', cause: 'webhook', delayMs: 0 } as const]),
  );
};

const deferred = (
  request: SignatureRequest,
  { until, error, lone, permit }: Extract<Event, { type: 'deferred' }>,
  context: Context,
): Decision => {
  const current = request.cancellation;
  const { now, dice, policy } = context;
  if (isQueuedCreation(request.creation)) return creationDeferred(request, until, error, permit, context);
  if (!isOpenCancellation(current)) {
    return request.reminder?.state === 'queued'
      ? transition(request, { dueAt: until }, null, now, ...hintFor(until, now, permit))
      : lookDeferred(request, until, permit, context);
  }
  // Another worker's call may be under way: its claim stands until it is due.
  if (current.inFlight && request.dueAt !== null && now < request.dueAt) return unchanged(request);
  if (settle.isPastDeadline(current, context)) return settle.expired(request, current, error, context);
  // What the provider last said tells more than that it was not asked again.
  const told = current.error ?? error;
  // Spread over a tenth of the pause, so that its end is not a stampede. Reserved calls are spread already.
  const spread = permit ? 0 : Math.floor(dice * Math.max(1_000, (until - now) / 10));
  const at = settle.beforeDeadline(current, (until + spread) as Instant, context);
  const hints: readonly Effect[] =
    at - now > longestDelayMs
      ? []
      : [
          {
            type: 'hint',
            cause: lone ? 'new' : 'due',
            delayMs: Math.max(0, at - now),
            ...(permit && { permit }),
          },
        ];
  // As with the first hint, nobody else looks before the lone one has had its time.
  const dueAt = lone ? settle.beforeDeadline(current, (at + policy.recoveryMs) as Instant, context) : at;
  return transition(
    request,
    { cancellation: { ...current, error: told }, dueAt },
    { type: 'deferred' },
    now,
    ...hints,
  );
};
