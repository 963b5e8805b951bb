/**
 * How a request comes to be at its provider. It is never created twice: a call is claimed before it is made, and after one
 * whose answer is not known nothing is created again before a look has shown that there is nothing.
 */

import { common, endedAs, failed, isPastDeadline, overdue } from './creation-ended.ts';
import { response } from './evidence.ts';
import type { Instant, ProviderRequestId } from './ids.ts';
import { claimMs } from './policy.ts';
import { settle } from './settle.ts';
import {
  type CancellationError,
  isOpenCancellation,
  isQueuedCreation,
  type QueuedCreation,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, hintFor, transition, unchanged } from './transition.ts';
import { isClaimed } from './waiting.ts';

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
  const dueAt = (now + claimMs(policy)) as Instant;
  return transition(request, { creation: claimed, dueAt }, null, now, { type: 'create' });
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
  creation: QueuedCreation,
  until: Instant,
  error: CancellationError,
  permit: boolean,
  context: Context,
): Decision => {
  if (isClaimed(request, creation, context.now)) return unchanged(request);
  if (isPastDeadline(creation, context)) return overdue(request, creation, error, context);
  return transition(
    request,
    { creation: { ...creation, error: creation.error ?? error }, dueAt: until },
    { type: 'deferred' },
    context.now,
    ...hintFor(until, context.now, permit),
  );
};
