/** Signers are to be reminded: durable before this returns, sent once by dispatch. */
import { type Ports, write } from '../cancellation/apply.ts';
import type { WishAccount } from '../cancellation/request-cancellation.ts';
import type { SignerId } from '../domain/details.ts';
import { requestReminder } from '../domain/reminder.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';

/**
 * @param signer null: all who have not signed
 * @returns null when it can be reminded of no more: it was cancelled, or has ended, since the caller looked
 */
export const remindSigners = async (
  ports: Ports,
  known: SignatureRequest,
  { proof }: WishAccount['provider'],
  signer: SignerId | null,
): Promise<SignatureRequest | null> => {
  const { request } = await write(ports, known, proof, (current, context) =>
    requestReminder(current, signer, context),
  );
  return request.reminder?.state === 'queued' ? request : null;
};
