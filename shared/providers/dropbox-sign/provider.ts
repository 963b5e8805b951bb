/** Dropbox Sign. Its 200 to a cancel means "queued": proof is an event, or a read that finds the request gone. */
import * as z from 'zod/mini';
import { accountOptions } from '../account-options.ts';
import { apiKeyCredentials } from '../api-key.ts';
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { create } from './create.ts';
import { creation, reminders } from './fields.ts';
import { find } from './find.ts';
import { read } from './read.ts';
import { remind } from './remind.ts';
import { webhook } from './webhook.ts';

export const dropboxSign = defineProvider({
  name: 'dropbox-sign',
  title: 'Dropbox Sign',
  credentials: apiKeyCredentials,
  options: z.strictObject({ ...accountOptions, test_mode: z.optional(z.boolean()) }),
  baseUrlSetting: 'DROPBOX_SIGN_BASE_URL',
  baseUrl: () => 'https://api.hellosign.com/v3',
  scopes: { workflow: { effect: 'voided', reasonRequired: false, reasonTravels: false } },
  acceptsRemoteData: false,
  // Its own advice for proof is the confirmation window, 60 minutes. It refuses to cancel a finished request.
  proof: {
    looksFirst: false,
    sendsWithoutLook: false,
    remembersExistence: false,
    proofReadsMs: [],
    isSilent: false,
  },
  // For each account; sending is of the higher tier, the rest are standard endpoints (inferred: not in its list). In test
  // mode all together are 10, told by 429.
  limits: {
    cancel: { bucket: 'calls', perMinute: 100 },
    read: { bucket: 'calls', perMinute: 100 },
    create: { bucket: 'create', perMinute: 25 },
    remind: { bucket: 'calls', perMinute: 100 },
  },
  creation,
  create,
  find,
  reminders,
  remind,
  cancel,
  read,
  check,
  webhook,
  webhookSetup,
});
