/** What can be created at Ironclad, and how its signers are reminded. */
import type { CreationRules, ReminderRules } from '../creation.ts';
import type { IroncladOptions } from './credentials.ts';
import { coolDownMs } from './request.ts';
import { workflowCreation } from './workflow-creation.ts';

export const creation: CreationRules<IroncladOptions> = workflowCreation({
  template: 'template',
  attributes: 'attributes',
});

/** One an hour for a signer; that the first may follow the sending at once is assumed (documented: one per hour). */
export const reminders: ReminderRules = {
  coolDownMs,
  countsFromSending: false,
  perSigner: true,
};
