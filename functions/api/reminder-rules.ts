/** Whether a reminder can be asked for now, and to whom it would go: what can be known without asking the provider. */
import type { Signer, SignerId } from '../../shared/domain/details.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { isOpen, type SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';

export interface Refusal {
  readonly about: 'signer_id' | 'request';
  readonly message: string;
}

type Found = { readonly signer: SignerId | null } | { readonly refusal: Refusal };

/**
 * @param signers null: they are not known
 * @returns whom to remind; null: all who have not signed
 */
export const reminderOf = (
  { title, reminders }: Pick<AnyProvider, 'title' | 'reminders'>,
  request: SignatureRequest,
  signers: readonly Signer[] | null,
  wanted: SignerId | null,
): Found => {
  if (reminders === undefined) return not(`${title} has no reminders.`);
  const because = notNow(request);
  if (because !== null) return not(because);
  const found = reminders.perSigner ? one(signers ?? [], wanted) : all(title, signers ?? [], wanted);
  if ('refusal' in found) return found;
  const { reminder } = request;
  // Only the last one is kept, and nothing may take the place of one that is being sent.
  return reminder?.state === 'queued' && reminder.signer !== found.signer
    ? not('A reminder to another signer is being sent.')
    : found;
};

/**
 * @param signer as `reminderOf` found
 * @returns until when the provider would refuse a reminder; null: nothing is known against one
 */
export const tooEarlyUntil = (
  { reminders }: Pick<AnyProvider, 'reminders'>,
  { reminder, creation, createdAt }: Pick<SignatureRequest, 'reminder' | 'creation' | 'createdAt'>,
  signer: SignerId | null,
  now: Instant,
): Instant | null => {
  if (reminders === undefined || reminder?.state === 'queued') return null;
  const { coolDownMs, countsFromSending, perSigner } = reminders;
  const last = perSigner && reminder?.signer !== signer ? null : reminder;
  const times = [
    // Sent no sooner than asked for. Of one that was made elsewhere it is not known when.
    ...(countsFromSending && creation !== null ? [createdAt + coolDownMs] : []),
    ...(last?.state === 'sent' ? [last.at + coolDownMs] : []),
    ...(last?.state === 'refused' && last.retryAt !== null ? [last.retryAt] : []),
  ];
  const until = Math.max(now, ...times);
  return until === now ? null : (until as Instant);
};

const notNow = ({ status, cancellation, creation, providerRequestId }: SignatureRequest): string | null => {
  if (['queued', 'submitted', 'confirmed'].includes(cancellation?.state ?? '')) {
    return 'It is being cancelled, or was.';
  }
  if (!isOpen(status)) return `The signature request is ${status}.`;
  if (providerRequestId === null) return `Its creation is ${creation?.state ?? 'not known'}.`;
  return null;
};

const one = (signers: readonly Signer[], wanted: SignerId | null): Found => {
  const waiting = signers.filter(isAwaited);
  if (wanted !== null) {
    const signer = signers.find(({ id }) => id === wanted);
    if (signer === undefined) return unfit('is not a signer of this request');
    return isAwaited(signer) ? { signer: wanted } : not('This signer has nothing left to do.');
  }
  const [first, ...others] = waiting;
  if (first === undefined) {
    return not(signers.length === 0 ? 'Its signers are not known.' : 'No signer has anything left to do.');
  }
  return others.length === 0 ? { signer: first.id } : unfit('is required: several signers have not signed');
};

const all = (title: string, signers: readonly Signer[], wanted: SignerId | null): Found => {
  if (wanted !== null) return unfit(`has no use: ${title} reminds all who have not signed`);
  const nobodyLeft = signers.length > 0 && !signers.some(isAwaited);
  return nobodyLeft ? not('No signer has anything left to do.') : { signer: null };
};

const isAwaited = ({ role, status }: Signer): boolean =>
  role !== 'final_copy_reader' && (status === 'awaiting' || status === 'viewed');

const not = (message: string): Found => ({ refusal: { about: 'request', message } });
const unfit = (message: string): Found => ({ refusal: { about: 'signer_id', message } });
