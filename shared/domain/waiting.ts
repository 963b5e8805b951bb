/** What an item waits for: all that keeps it in sight of the sweep. */
import type { Instant } from './ids.ts';
import {
  isFinal,
  isOpen,
  isOpenCancellation,
  isQueuedCreation,
  type SignatureRequest,
} from './signature-request.ts';

/** Dispatch has a step to take for it at `dueAt`. */
export const hasNextStep = ({
  cancellation,
  creation,
  reminder,
}: Pick<SignatureRequest, 'cancellation' | 'creation' | 'reminder'>): boolean =>
  isOpenCancellation(cancellation) || isQueuedCreation(creation) || reminder?.state === 'queued';

/** The time of that step has come. */
export const isDue = ({ dueAt }: Pick<SignatureRequest, 'dueAt'>, now: Instant): boolean =>
  now >= (dueAt ?? now);

/** Another worker's call may be under way: its claim stands until it is due. */
export const isClaimed = (
  request: Pick<SignatureRequest, 'dueAt'>,
  { inFlight }: { readonly inFlight: boolean },
  now: Instant,
): boolean => inFlight && !isDue(request, now);

/** A read outside of a cancellation can still tell something new of it by itself. */
export const mayBeLookedAt = (
  request: Pick<SignatureRequest, 'status' | 'providerRequestId' | 'cancellation' | 'followed'>,
): boolean => {
  const { status, providerRequestId, cancellation, followed } = request;
  const mayChange = isOpen(status) || status === 'finalizing';
  if (!mayChange || providerRequestId === null) return false;
  // What was given up waits for a person; what was rejected has ended, or is not there.
  if (cancellation?.state === 'failed' || cancellation?.state === 'rejected') return false;
  return followed || !isFinal(cancellation);
};

/**
 * The provider has never known it, as far as it was asked, or has destroyed it: there is nothing to follow. One that was
 * there may only be out of sight for a while.
 */
export const isNotThere = ({
  readError,
  existed,
}: Pick<SignatureRequest, 'readError' | 'existed'>): boolean =>
  readError?.type === 'already-ended' || (readError?.type === 'not-found' && !existed);

/** Its wake time is that of something to be done. */
export const isWaiting = (request: SignatureRequest): boolean =>
  hasNextStep(request) || request.untold !== null || request.lookAt !== null;

/** Nothing more happens by itself: given up, or not to be decided by a machine. */
export const needsPerson = ({
  cancellation,
  creation,
}: Pick<SignatureRequest, 'cancellation' | 'creation'>): boolean =>
  cancellation?.state === 'failed' || creation?.state === 'undecided';
