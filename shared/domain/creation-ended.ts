/** How a creation ends without being at its provider: failed, or for a person to decide. A wish to cancel it ends with it. */
import { response } from './evidence.ts';
import { settle } from './settle.ts';
import {
  type CancellationError,
  type Creation,
  isFinal,
  isOpenCancellation,
  type QueuedCreation,
  type SignatureRequest,
} from './signature-request.ts';
import { type Context, type Decision, transition } from './transition.ts';

export const failed = (
  request: SignatureRequest,
  creation: Exclude<Creation, { state: 'sent' }>,
  error: CancellationError,
  context: Context,
): Decision => {
  const ended = { ...request, creation: endedAs('failed', creation, error) };
  const rejected = rejectedUnsent(ended, context);
  if (rejected !== null) return rejected;
  return transition(
    request,
    { creation: ended.creation, status: 'error_sending' },
    { type: 'creation_failed' },
    context.now,
  );
};

/** There is nothing to cancel. A wish that was given up because nobody knew is settled by this too. */
export const rejectedUnsent = (request: SignatureRequest, context: Context): Decision | null => {
  const { creation, cancellation } = request;
  if (creation?.state !== 'failed' || cancellation === null || isFinal(cancellation)) return null;
  const because = {
    type: 'not-sent',
    detail: `The request was never sent: ${creation.error.detail}`,
  } as const;
  const evidence = response('error_sending', context);
  return settle.rejected(request, cancellation, because, 'error_sending', evidence, context);
};

export const undecided = (
  request: SignatureRequest,
  creation: QueuedCreation,
  error: CancellationError,
  context: Context,
): Decision => {
  const ended = endedAs('undecided', creation, error);
  const { cancellation } = request;
  return isOpenCancellation(cancellation)
    ? settle.failed(
        { ...request, creation: ended },
        cancellation,
        { ...error, type: 'outcome-unknown' },
        context,
      )
    : transition(request, { creation: ended }, { type: 'creation_undecided' }, context.now);
};

/** Too late to go on: what was certainly not sent has failed, of the rest nobody can know. */
export const overdue = (
  request: SignatureRequest,
  creation: QueuedCreation,
  error: CancellationError,
  context: Context,
): Decision =>
  creation.sent === 'no' && !creation.inFlight
    ? failed(request, creation, error, context)
    : undecided(request, creation, error, context);

export const common = ({ fingerprint, attempts, firstAttemptAt }: Creation) => ({
  fingerprint,
  attempts,
  firstAttemptAt,
});

export const endedAs = <S extends 'failed' | 'undecided'>(
  state: S,
  creation: Creation,
  error: CancellationError,
) => ({
  ...common(creation),
  state,
  error,
});

export const isPastDeadline = ({ firstAttemptAt }: QueuedCreation, { now, policy }: Context): boolean =>
  firstAttemptAt !== null && now >= firstAttemptAt + policy.deadlineMs;

export const deadlinePassed = ({ error: last }: QueuedCreation): CancellationError => ({
  type: 'deadline-exceeded',
  detail: `It could not be sent before the deadline. Last: ${last?.detail ?? 'no answer'}`,
  ...(last?.providerStatus === undefined ? {} : { providerStatus: last.providerStatus }),
});
