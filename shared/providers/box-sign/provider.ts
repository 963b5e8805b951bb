/** Box Sign. A cancel is synchronous and its answer the proof; no webhook ever tells of one. */
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { credentials, options } from './credentials.ts';
import { read } from './read.ts';
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
  proof: { looksFirst: false, sendsWithoutLook: false, remembersExistence: false, proofReadsMs: [] },
  // For each user. Reads have a limit of their own (documented); cancels fall under the general one (inferred).
  limits: { cancel: { bucket: 'cancel', perMinute: 1_000 }, read: { bucket: 'read', perMinute: 1_000 } },
  token,
  cancel,
  read,
  check,
  webhook,
  webhookSetup,
});
