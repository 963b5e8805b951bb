/** Box Sign. A cancel is synchronous and its answer the proof; no webhook ever tells of one. */
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { create } from './create.ts';
import { credentials, options } from './credentials.ts';
import { creation, reminders } from './fields.ts';
import { find } from './find.ts';
import { read } from './read.ts';
import { remind } from './remind.ts';
import { token } from './token.ts';
import { webhook } from './webhook.ts';

export const boxSign = defineProvider({
  name: 'box-sign',
  title: 'Box Sign',
  credentials,
  options,
  baseUrlSetting: 'BOX_BASE_URL',
  baseUrl: () => 'https://api.box.com/2.0',
  scopes: { workflow: { effect: 'voided', reasonRequired: false, reasonTravels: true } },
  acceptsRemoteData: false,
  // It refuses to cancel a finished request (documented), so no look is needed first. An answer proves it or leads to a
  // read at once: nothing is ever only accepted.
  proof: {
    looksFirst: false,
    sendsWithoutLook: false,
    remembersExistence: false,
    proofReadsMs: [],
    // Of a cancellation, of a view and of a failed conversion there is no event (documented).
    isSilent: true,
  },
  // For each user. Reads have a limit of their own, and so have creations and reminders (documented), taken together
  // (assumed); cancels fall under the general one (inferred).
  limits: {
    cancel: { bucket: 'cancel', perMinute: 1_000 },
    read: { bucket: 'read', perMinute: 1_000 },
    create: { bucket: 'send', perMinute: 100 },
    remind: { bucket: 'send', perMinute: 100 },
  },
  creation,
  create,
  find,
  reminders,
  remind,
  token,
  cancel,
  read,
  check,
  webhook,
  webhookSetup,
});
