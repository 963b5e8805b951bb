/** What a client's wish does to a request: the only way a cancellation begins, or begins again. */
import type { Instant } from './ids.ts';
import { reminderDropped } from './reminder.ts';
import {
  type CancelEffect,
  isOpen,
  isQueuedCreation,
  type Reminder,
  type Scope,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, transition, unchanged } from './transition.ts';

export interface NewWish {
  readonly scope: Scope;
  readonly effect: CancelEffect;
  readonly reason: string | null;
  readonly detailsRef: string | null;
  /** Whether the provider takes a reason with this scope. */
  readonly reasonTravels: boolean;
  readonly requestedBy: string;
}

export type RequestOutcome = 'accepted' | 'joined' | 'retried' | 'already_cancelled' | 'not_cancellable';

/** A request that Rescind has never heard of: known by id only, nothing asked of it yet. Version 0 is never stored. */
export const unheardOf = (
  identity: Pick<
    SignatureRequest,
    'tenant' | 'id' | 'accountId' | 'accountUid' | 'provider' | 'providerRequestId'
  >,
  now: Instant,
): SignatureRequest => ({
  ...identity,
  status: 'unknown',
  creation: null,
  cancellation: null,
  reminder: null,
  followed: false,
  detailsRevision: 0,
  signHandle: null,
  expiresAt: null,
  readAt: null,
  readError: null,
  lookAt: null,
  looksAgain: false,
  existed: false,
  claim: null,
  hintedAt: null,
  dueAt: null,
  wakeAt: null,
  createdAt: now,
  updatedAt: now,
  untold: null,
  version: 0,
  hasOlderHistory: false,
  history: [],
});

/** A client asks for a cancellation. Asking twice is the same cancellation. */
export const requestCancellation = (
  request: SignatureRequest,
  wish: NewWish,
  context: Context,
): { readonly outcome: RequestOutcome; readonly decision: Decision } => {
  const current = request.cancellation;
  const begin = () => ({ outcome: 'accepted' as const, decision: begun(request, wish, context) });
  const keep = (outcome: RequestOutcome) => ({ outcome, decision: unchanged(request) });
  switch (current?.state) {
    case 'queued':
    case 'submitted':
      return widens(current.scope, wish.scope) ? begin() : keep('joined');
    case 'confirmed':
      return widens(current.scope, wish.scope) ? begin() : keep('already_cancelled');
    case 'failed':
      return widens(current.scope, wish.scope)
        ? begin()
        : { outcome: 'retried', decision: retryCancellation(request, context) };
    case 'rejected':
      return keep('not_cancellable');
    case undefined:
      if (request.status === 'cancelled') return keep('already_cancelled');
      return isOpen(request.status) ? begin() : keep('not_cancellable');
  }
};

/** A failed cancellation starts over: its deadline too. Anything else is left as it is. */
export const retryCancellation = (request: SignatureRequest, context: Context): Decision => {
  const current = request.cancellation;
  if (current?.state !== 'failed') return unchanged(request);
  const { error: _settled, ...wish } = current;
  return transition(
    request,
    {
      cancellation: { ...wish, ...nothingDone, firstAttemptAt: null, state: 'queued' },
      dueAt: recoveryTime(context),
    },
    { type: 'retried' },
    context.now,
    { type: 'hint', cause: 'retry', delayMs: 0 },
  );
};

/** Only the whole workflow is more than a packet of it; any other wish is the one that already stands. */
const widens = (current: Scope, wished: Scope): boolean =>
  current === 'signature_packet' && wished === 'workflow';

const nothingDone = {
  inFlight: false,
  failures: 0,
  resendAt: null,
  missing: null,
  keptProof: null,
  error: null,
} as const;

const recoveryTime = ({ now, policy }: Context): Instant => (now + policy.recoveryMs) as Instant;

/** Nobody is reminded of what is being withdrawn. An old refusal is forgotten: the item has other things to hold now. */
const reminderOf = ({ reminder }: SignatureRequest, now: Instant): Reminder | null => {
  if (reminder?.state !== 'queued') return reminder?.state === 'sent' ? reminder : null;
  return reminder.inFlight ? reminder : reminderDropped(reminder, now);
};

const isInFlight = ({ creation }: SignatureRequest): boolean =>
  isQueuedCreation(creation) && creation.inFlight;

const begun = (request: SignatureRequest, wish: NewWish, context: Context): Decision => {
  const { reasonTravels, ...rest } = wish;
  return transition(
    request,
    {
      reminder: reminderOf(request, context.now),
      readError: null,
      cancellation: {
        ...rest,
        ...nothingDone,
        state: 'queued',
        reasonDelivered: reasonTravels && wish.reason !== null ? null : false,
        requestedAt: context.now,
        attempts: 0,
        firstAttemptAt: null,
        sent: 'no',
        submittedAt: null,
      },
      // A create call that is under way keeps its time.
      dueAt: isInFlight(request) ? request.dueAt : recoveryTime(context),
    },
    { type: 'requested' },
    context.now,
    { type: 'hint', cause: 'new', delayMs: 0 },
  );
};
