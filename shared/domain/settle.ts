/** The ends of a cancellation, and how far its deadline is. */
import type { EndedAs } from './answers.ts';
import type { Instant } from './ids.ts';
import type {
  Cancellation,
  CancellationError,
  CancellationErrorType,
  Evidence,
  OpenCancellation,
  RequestStatus,
  SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, transition } from './transition.ts';

type Unsettled = Exclude<Cancellation, { state: 'confirmed' | 'rejected' }>;

/** The part of a cancellation that outlives its open states. */
const wishOf = (current: Unsettled) => ({
  scope: current.scope,
  effect: current.effect,
  reason: current.reason,
  detailsRef: current.detailsRef,
  reasonDelivered: current.reasonDelivered,
  requestedBy: current.requestedBy,
  requestedAt: current.requestedAt,
  attempts: current.attempts,
  firstAttemptAt: current.firstAttemptAt,
  sent: sentSoFar(current),
  submittedAt: current.submittedAt,
});

/** A claimed call whose answer nobody recorded may have acted. */
export const sentSoFar = (cancellation: Pick<Unsettled, 'sent'> & { readonly inFlight?: boolean }) =>
  cancellation.inFlight === true && cancellation.sent === 'no' ? 'maybe' : cancellation.sent;

/** What our call has ended looks there like what never was: only what we have written down tells the two apart. */
export const looksNeverThere = ({ scope }: Pick<Unsettled, 'scope'>, { proof }: Context): boolean =>
  proof.remembersExistence || scope === 'signature_packet';

const deadlineOf = (current: OpenCancellation, { policy }: Context): number =>
  current.firstAttemptAt === null ? Number.POSITIVE_INFINITY : current.firstAttemptAt + policy.deadlineMs;

const confirmed = (
  request: SignatureRequest,
  current: Unsettled,
  evidence: Evidence,
  status: RequestStatus,
  { now }: Context,
): Decision => {
  const wish = wishOf(current);
  // A reason that could travel did so with an answered call; with an unanswered one nobody can know.
  const travelled =
    evidence.kind === 'response' || wish.sent === 'yes' ? true : wish.sent === 'no' ? false : null;
  const reasonDelivered = wish.reasonDelivered ?? travelled;
  return transition(
    request,
    { cancellation: { ...wish, reasonDelivered, state: 'confirmed', evidence }, status, claim: null },
    { type: 'confirmed', evidence },
    now,
  );
};

const rejected = (
  request: SignatureRequest,
  current: Unsettled,
  error: CancellationError,
  status: RequestStatus | null,
  evidence: Evidence,
  { now }: Context,
): Decision =>
  transition(
    request,
    {
      cancellation: {
        ...wishOf(current),
        reasonDelivered: current.reasonDelivered ?? false,
        state: 'rejected',
        error,
      },
      status: status ?? request.status,
    },
    { type: 'rejected', evidence },
    now,
  );

/** Rejected by an answer that itself says how the request ended. */
const ended = (
  request: SignatureRequest,
  current: Unsettled,
  { as, detail }: { readonly as: EndedAs; readonly detail: string },
  evidence: Evidence,
  context: Context,
): Decision => {
  const { status, error } = endings[as];
  return rejected(request, current, { type: error, detail }, status, evidence, context);
};

const failed = (
  request: SignatureRequest,
  current: OpenCancellation,
  error: CancellationError,
  { now }: Context,
): Decision =>
  transition(
    request,
    { cancellation: { ...wishOf(current), state: 'failed', error } },
    { type: 'failed' },
    now,
  );

export const settle = {
  confirmed,
  rejected,
  ended,
  failed,
  isPastDeadline: (current: OpenCancellation, context: Context): boolean =>
    context.now >= deadlineOf(current, context),
  beforeDeadline: (current: OpenCancellation, at: Instant, context: Context): Instant =>
    Math.min(at, deadlineOf(current, context)) as Instant,
  /** Failed because the deadline passed; what last stood in the way is told with it. */
  expired: (
    request: SignatureRequest,
    current: OpenCancellation,
    last: CancellationError | null,
    context: Context,
  ): Decision => failed(request, current, deadlineExceeded(last ?? current.error), context),
};

export const deadlineExceeded = (last: CancellationError | null): CancellationError => ({
  type: 'deadline-exceeded',
  detail:
    last === null
      ? 'No proof arrived before the deadline.'
      : `No proof arrived before the deadline. Last: ${last.detail}`,
  ...(last?.providerStatus === undefined ? {} : { providerStatus: last.providerStatus }),
});

/** How an end other than ours shows in the request's status (null: as it was), and as the reason of the rejection. */
export const endings: Readonly<
  Record<EndedAs, { readonly status: RequestStatus | null; readonly error: CancellationErrorType }>
> = {
  signed: { status: 'signed', error: 'already-signed' },
  declined: { status: 'declined', error: 'already-declined' },
  expired: { status: 'expired', error: 'already-expired' },
  error: { status: 'error', error: 'already-ended' },
  destroyed: { status: 'unknown', error: 'already-ended' },
  not_found: { status: null, error: 'not-found' },
};
