/**
 * The state machine: what an event means for a request, as the next image and what to do about it.
 * Pure: no clock, no chance, no I/O beyond its arguments. Final states absorb; evidence outranks intention.
 */

import type { CancelAnswer, Notice, ReadAnswer } from './answers.ts';
import { cancelAnswered } from './cancel-answered.ts';
import type { Instant } from './ids.ts';
import type { SendRight } from './plan.ts';
import { settle } from './settle.ts';
import {
  type CancellationError,
  isFinal,
  isOpen,
  isOpenCancellation,
  type SignatureRequest,
} from './signature-request.ts';
import { statusRead } from './status-read.ts';
import {
  type Context,
  type Decision,
  type Effect,
  longestDelayMs,
  transition,
  unchanged,
} from './transition.ts';

export type Event =
  /** `wish` is the `requestedAt` of the cancellation that the call was made for. */
  | { readonly type: 'cancel_answered'; readonly wish: Instant; readonly answer: CancelAnswer }
  | {
      readonly type: 'status_read';
      readonly answer: ReadAnswer;
      readonly right: SendRight;
      /** When the read began: what a webhook claimed before, it has settled. */
      readonly begunAt: Instant;
    }
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

/** A webhook that proves nothing makes us look at most this often. */
export const lookIntervalMs = 60_000;

export const decide = (request: SignatureRequest, event: Event, context: Context): Decision => {
  switch (event.type) {
    case 'cancel_answered':
      return cancelAnswered(request, event.wish, event.answer, context);
    case 'status_read': {
      const { answer, right, begunAt } = event;
      const decision = statusRead(settledClaim(request, answer, begunAt), answer, right, context);
      return decision.changed ? decision : { ...decision, request };
    }
    case 'webhook_received':
      return webhookReceived(request, event.notice, context);
    case 'deferred':
      return deferred(request, event, context);
    case 'given_up':
      return isOpenCancellation(request.cancellation)
        ? settle.failed(request, request.cancellation, event.error, context)
        : unchanged(request);
  }
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
  if (isFinal(current)) return unchanged(request);
  if (current === null && !isOpen(request.status)) return unchanged(request);
  if (notice.trust === 'proof' && notice.claim?.status === 'cancelled' && current !== null) {
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
  return hinted(request, notice.claim, context);
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
  if (!isOpenCancellation(current)) return unchanged(request);
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
