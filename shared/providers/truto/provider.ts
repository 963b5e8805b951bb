/** Truto, a unified API; cancelling is Ironclad's alone there. Any success is only "accepted": Ironclad's own word proves it. */
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { create } from './create.ts';
import { creation } from './fields.ts';
import { find } from './find.ts';
import { read } from './read.ts';
import { credentials, options } from './request.ts';
import { webhook } from './webhook.ts';

export const truto = defineProvider({
  name: 'truto',
  title: 'Truto',
  credentials,
  options,
  baseUrlSetting: 'TRUTO_BASE_URL',
  baseUrl: () => 'https://api.truto.one',
  scopes: { workflow: { effect: 'workflow_cancelled', reasonRequired: true, reasonTravels: true } },
  acceptsRemoteData: true,
  // `IC-41` is a name that Ironclad takes for reads; that it takes it for a cancel is assumed not to be so.
  requestIds: {
    pattern: /^(?!IC-\d+$)/i,
    message: 'must be the id of the workflow, not its number (IC-…)',
  },
  // An Ironclad administrator can cancel even a completed workflow (documented): look before. Cancelling is synchronous
  // at Ironclad (observed), so the first look is at once.
  proof: {
    looksFirst: true,
    sendsWithoutLook: false,
    remembersExistence: false,
    proofReadsMs: [0, 5_000, 30_000, 120_000],
    // No event of Ironclad's is known to come through (assumed: none does).
    isSilent: true,
  },
  // Ironclad's 40 writes a minute for the whole company are the tighter limit; Truto has 50 calls in 10 s for each
  // integrated account (both documented).
  limits: {
    cancel: { bucket: 'write', perMinute: 40 },
    create: { bucket: 'write', perMinute: 40 },
    read: { bucket: 'read', perMinute: 260 },
    // There are no reminders.
    remind: { bucket: 'write', perMinute: 40 },
  },
  creation,
  create,
  find,
  cancel,
  read,
  check,
  webhook,
  webhookSetup,
});
