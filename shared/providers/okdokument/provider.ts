/** OKdokument. Cancelling is deleting, the answer is the proof, and an unknown id looks like one deleted before. */
import * as z from 'zod/mini';
import { accountOptions } from '../account-options.ts';
import { apiKeyCredentials } from '../api-key.ts';
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { create } from './create.ts';
import { creation } from './fields.ts';
import { find } from './find.ts';
import { read } from './read.ts';
import { webhook } from './webhook.ts';

const baseUrls = {
  prod: 'https://api.okdokument.com/JSON',
  dev: 'https://apidev.okdokument.com/JSON',
} as const;

const calls = { bucket: 'calls', perMinute: 120 } as const;

export const okdokument = defineProvider({
  name: 'okdokument',
  title: 'OKdokument',
  credentials: apiKeyCredentials,
  options: z.strictObject({ ...accountOptions, region: z._default(z.enum(['prod', 'dev']), 'prod') }),
  baseUrlSetting: 'OKDOKUMENT_BASE_URL',
  baseUrl: ({ region }) => baseUrls[region],
  scopes: { workflow: { effect: 'deleted', reasonRequired: false, reasonTravels: false } },
  acceptsRemoteData: false,
  // A delete of what was never there, and of what was deleted before, are answered alike: only having seen the
  // request tells them apart.
  proof: {
    looksFirst: true,
    sendsWithoutLook: true,
    remembersExistence: true,
    proofReadsMs: [],
    isSilent: true,
  },
  // Undocumented. One call a second is assumed to be welcome: half of this, which is the default share.
  limits: { cancel: calls, read: calls, create: calls, remind: calls },
  creation,
  // Its own limit for a file (documented).
  fetchesFiles: { mostBytes: 10_000_000, contentType: 'application/pdf', mark: '%PDF-' },
  create,
  find,
  cancel,
  read,
  check,
  webhook,
  webhookSetup,
});
