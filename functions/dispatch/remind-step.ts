/** Sends a reminder, once. */
import { apply } from '../../shared/cancellation/apply.ts';
import type { RemindAnswer } from '../../shared/domain/answers.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { ReminderTarget } from '../../shared/providers/creation.ts';
import { remindAt } from './provider-operations.ts';
import type { DispatchPorts, StepResult, Visit } from './visit.ts';

export const remindStep = async (
  ports: DispatchPorts,
  { request, provider, account }: Visit,
): Promise<StepResult<RemindAnswer>> => {
  const target = provider.remind === undefined ? null : await targetOf(ports, request);
  if (target === null) {
    const decision = await apply(ports, request, provider.proof, { type: 'reminder_dropped' });
    return { decision, answer: null };
  }
  const claimed = await apply(ports, request, provider.proof, { type: 'reminder_claimed' });
  const { reminder } = claimed.request;
  if (reminder === null || !claimed.effects.some(({ type }) => type === 'remind')) {
    return { decision: claimed, answer: null };
  }
  const answer = await remindAt(ports, provider, account, claimed.request, target);
  const event = { type: 'reminder_answered', requestedAt: reminder.requestedAt, answer } as const;
  return { decision: await apply(ports, claimed.request, provider.proof, event), answer };
};

/** Null: the one to be reminded is not known any more. */
const targetOf = async (
  { details }: DispatchPorts,
  { tenant, id, providerRequestId, reminder }: SignatureRequest,
): Promise<ReminderTarget | null> => {
  if (providerRequestId === null || reminder === null) return null;
  if (reminder.signer === null) return { providerRequestId, signer: null };
  const signers = (await details.get(tenant, id))?.signers ?? [];
  const signer = signers.find((one) => one.id === reminder.signer);
  return signer === undefined ? null : { providerRequestId, signer };
};
