/**
 * A template: the adapter of Example Sign, a provider that does not exist and has no oddities. Copy the folder and make
 * each answer the real one's; docs/adding-a-provider.md says how. It is in no registry, so no function holds it.
 */
import * as z from 'zod/mini';
import { accountOptions } from '../account-options.ts';
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { create } from './create.ts';
import { creation, reminders } from './fields.ts';
import { find } from './find.ts';
import { read } from './read.ts';
import { remind } from './remind.ts';
import { credentials } from './request.ts';
import { webhook } from './webhook.ts';

export const exampleSign = defineProvider({
  name: 'example-sign',
  title: 'Example Sign',
  credentials,
  options: z.strictObject(accountOptions),
  baseUrlSetting: 'EXAMPLE_SIGN_BASE_URL',
  baseUrl: () => 'https://api.example.com/v1',
  scopes: { workflow: { effect: 'voided', reasonRequired: false, reasonTravels: true } },
  acceptsRemoteData: false,
  // It refuses to cancel a finished request, so no look is needed first. Its own advice: look after 5 s, then after 30.
  proof: {
    looksFirst: false,
    sendsWithoutLook: false,
    remembersExistence: false,
    proofReadsMs: [5_000, 30_000],
    // It has an event for everything that may happen to a request.
    isSilent: false,
  },
  // For each account, all calls together.
  limits: {
    cancel: { bucket: 'calls', perMinute: 120 },
    read: { bucket: 'calls', perMinute: 120 },
    create: { bucket: 'calls', perMinute: 120 },
    remind: { bucket: 'calls', perMinute: 120 },
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
