/** A reminder to the signers: sent at most once, because one too many annoys a person and one too few is asked for again. */
import type { RemindAnswer } from './answers.ts';
import type { SignerId } from './details.ts';
import type { Instant } from './ids.ts';
import { claimMs } from './policy.ts';
import { isOpen, isOpenCancellation, type Reminder, type SignatureRequest } from './signature-request.ts';
import { type Context, type Decision, transition, unchanged } from './transition.ts';
import { isClaimed } from './waiting.ts';

/** One that is queued already is that reminder. Nobody is reminded of what is being cancelled, or has ended, meanwhile. */
export const requestReminder = (
  request: SignatureRequest,
  signer: SignerId | null,
  { now, policy }: Context,
): Decision =>
  request.reminder?.state === 'queued' || isOpenCancellation(request.cancellation) || !isOpen(request.status)
    ? unchanged(request)
    : transition(
        request,
        {
          reminder: { state: 'queued', signer, requestedAt: now, inFlight: false },
          dueAt: (now + policy.recoveryMs) as Instant,
        },
        null,
        now,
        { type: 'hint', cause: 'new', delayMs: 0 },
      );

/** Written before the call is made: whoever finds it afterwards does not call again. */
export const claimReminder = (request: SignatureRequest, { now, policy }: Context): Decision => {
  const { reminder } = request;
  if (reminder?.state !== 'queued' || isClaimed(request, reminder, now)) return unchanged(request);
  if (reminder.inFlight) {
    const error = { type: 'outcome-unknown', detail: 'Whether the reminder was sent is not known.' } as const;
    return ended(request, { ...asked(reminder), state: 'unclear', at: now, error, retryAt: null }, now);
  }
  const dueAt = (now + claimMs(policy)) as Instant;
  return transition(request, { reminder: { ...reminder, inFlight: true }, dueAt }, null, now, {
    type: 'remind',
  });
};

export const reminderAnswered = (
  request: SignatureRequest,
  requestedAt: Instant,
  answer: RemindAnswer,
  { now }: Context,
): Decision => {
  const { reminder } = request;
  if (reminder?.state !== 'queued' || reminder.requestedAt !== requestedAt) return unchanged(request);
  const base = { ...asked(reminder), at: now };
  switch (answer.kind) {
    case 'reminded':
      return ended(request, { ...base, state: 'sent' }, now);
    case 'refused':
      return ended(
        request,
        { ...base, state: 'refused', error: answer.error, retryAt: answer.retryAt ?? null },
        now,
      );
    case 'unclear':
      return ended(request, { ...base, state: 'unclear', error: answer.error, retryAt: null }, now);
  }
};

/** There is nobody left to remind, or nothing to remind of. */
export const reminderDropped = (reminder: Reminder, now: Instant): Reminder => ({
  ...asked(reminder),
  state: 'refused',
  at: now,
  error: { type: 'refused', detail: 'The request is no longer open for signature.' },
  retryAt: null,
});

export const dropReminder = (request: SignatureRequest, { now }: Context): Decision =>
  request.reminder?.state === 'queued'
    ? ended(request, reminderDropped(request.reminder, now), now)
    : unchanged(request);

const ended = (request: SignatureRequest, reminder: Reminder, now: Instant): Decision =>
  transition(
    request,
    { reminder },
    { type: reminder.state === 'sent' ? 'reminded' : 'reminder_refused' },
    now,
  );

const asked = ({ signer, requestedAt }: Reminder) => ({ signer, requestedAt });
