/**
 * The state machine: what an event means for a request, as the next image and what to do about it.
 * Pure: no clock, no chance, no I/O beyond its arguments. Final states absorb; evidence outranks intention.
 */

import type { CancelAnswer, CreateAnswer, Notice, Postponed, ReadAnswer, RemindAnswer } from './answers.ts';
import { retryTime } from './backoff.ts';
import { cancelAnswered } from './cancel-answered.ts';
import { claimCreation, withdraw } from './creation.ts';
import { createAnswered, findAnswered, type Look } from './creation-answered.ts';
import { overdue, rejectedUnsent } from './creation-ended.ts';
import { type Deferral, deferred } from './deferred.ts';
import type { Instant, ProviderRequestId } from './ids.ts';
import type { SendRight } from './plan.ts';
import { claimReminder, dropReminder, reminderAnswered } from './reminder.ts';
import { settle } from './settle.ts';
import {
  type CancellationError,
  isOpenCancellation,
  isQueuedCreation,
  type Scope,
  type SignatureRequest,
} from './signature-request.ts';
import { statusRead } from './status-read.ts';
import { type Context, type Decision, transition, unchanged } from './transition.ts';
import { webhookReceived } from './webhook-received.ts';

export type Event =
  /** `wish` is the `requestedAt` of the cancellation that the call was made for. */
  | { readonly type: 'cancel_answered'; readonly wish: Instant; readonly answer: CancelAnswer }
  | {
      readonly type: 'status_read';
      readonly answer: ReadAnswer;
      readonly right: SendRight;
      /** What was read about; absent: what is wished for. */
      readonly scope?: Scope;
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
  | ({ readonly type: 'find_answered'; readonly detailsRevision?: number } & Look)
  /** A wish to cancel has overtaken the creation. */
  | { readonly type: 'withdrawn' }
  | { readonly type: 'reminder_claimed' }
  /** `requestedAt`: which reminder the call was made for. */
  | { readonly type: 'reminder_answered'; readonly requestedAt: Instant; readonly answer: RemindAnswer }
  | { readonly type: 'reminder_dropped' }
  | { readonly type: 'webhook_received'; readonly notice: Pick<Notice, 'claim' | 'trust'> }
  | ({ readonly type: 'deferred' } & Deferral)
  /** Nobody can do anything more about it. */
  | { readonly type: 'given_up'; readonly error: CancellationError };

export const decide = (request: SignatureRequest, event: Event, context: Context): Decision => {
  switch (event.type) {
    case 'cancel_answered':
      return heeding(event.answer, cancelAnswered(request, event.wish, event.answer, context), context);
    case 'status_read': {
      const { answer, right, begunAt, canonicalId } = event;
      const named = canonicalId === undefined ? request : { ...request, providerRequestId: canonicalId };
      const told = isAboutAnotherScope(request, event.scope)
        ? unchanged(request)
        : statusRead(settledClaim(named, answer, begunAt), answer, right, begunAt, context);
      const decision = heeding(answer, told, context);
      const same = canonicalId === undefined || canonicalId === request.providerRequestId;
      const kept =
        decision.changed || same
          ? decision
          : transition(request, { providerRequestId: canonicalId }, null, context.now, ...decision.effects);
      const detailed = withDetails(request, kept.changed ? kept : { ...kept, request }, event, context);
      return event.refresh ? withReadAt(request, detailed, context) : detailed;
    }
    case 'create_claimed':
      return claimCreation(request, context);
    case 'create_answered': {
      const told = createAnswered(request, event.attempt, event.answer, context);
      return withDetails(request, heeding(event.answer, told, context), event, context);
    }
    case 'find_answered': {
      const told = findAnswered(request, event, context);
      return withDetails(request, heeding(event.answer, told, context), event, context);
    }
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

/** A packet that was taken back is not a workflow that was cancelled. */
const isAboutAnotherScope = ({ cancellation }: SignatureRequest, scope: Scope | undefined): boolean =>
  scope !== undefined && cancellation !== null && cancellation.scope !== scope;

/** What the provider says of the account holds, even where it changes nothing for this request any more. */
const heeding = (answer: AnyAnswer, decision: Decision, context: Context): Decision => {
  const told = 'accountPause' in answer ? answer.accountPause : postponedBy(answer);
  if (told === undefined || decision.effects.some(({ type }) => type === 'pause_account')) return decision;
  const until = retryTime(1, told.retryAt, context.now, context.dice, context.policy);
  const pause = { type: 'pause_account', until, reason: told.error.type } as const;
  return { ...decision, effects: [...decision.effects, pause] };
};

type AnyAnswer = CancelAnswer | ReadAnswer | CreateAnswer | Look['answer'];

const postponedBy = (answer: AnyAnswer): Postponed | undefined =>
  'pausesAccount' in answer && answer.pausesAccount ? answer : undefined;

const givenUp = (request: SignatureRequest, error: CancellationError, context: Context): Decision => {
  const { creation } = request;
  if (isQueuedCreation(creation)) return overdue(request, creation, error, context);
  if (isOpenCancellation(request.cancellation)) {
    return rejectedUnsent(request, context) ?? settle.failed(request, request.cancellation, error, context);
  }
  if (request.reminder?.state === 'queued') return dropReminder(request, context);
  return request.lookAt === null
    ? unchanged(request)
    : transition(request, { lookAt: null, readError: error }, null, context.now);
};

const withReadAt = (before: SignatureRequest, decision: Decision, { now }: Context): Decision => {
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
  const base = decision.changed ? { ...request, version: before.version } : before;
  const { effects } = decision;
  return transition(base, { detailsRevision }, { type: 'signers_changed' }, now, ...effects);
};

/** A status settles a claim that was made before it was read; later answers must not be judged by it. */
const settledClaim = (request: SignatureRequest, answer: ReadAnswer, begunAt: Instant): SignatureRequest => {
  const older = (request.hintedAt ?? 0) < begunAt;
  const isNamed = answer.kind === 'status' && answer.status !== 'unknown';
  return isNamed && older ? { ...request, claim: null } : request;
};
