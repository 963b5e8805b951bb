/** Ironclad. A cancel is synchronous and answered with nothing; the workflow itself is the proof. */
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { credentials, hostOf, options } from './credentials.ts';
import { read } from './read.ts';
import { token } from './token.ts';
import { webhook } from './webhook.ts';

export const ironclad = defineProvider({
  name: 'ironclad',
  title: 'Ironclad',
  credentials,
  options,
  baseUrlSetting: 'IRONCLAD_BASE_URL',
  baseUrl: (given) => `${hostOf(given)}/public/api/v1`,
  scopes: {
    workflow: { effect: 'workflow_cancelled', reasonRequired: true, reasonTravels: true },
    signature_packet: { effect: 'packet_cancelled', reasonRequired: true, reasonTravels: true },
  },
  acceptsRemoteData: false,
  // Reads take either, but that a cancel takes the readable number is assumed not to be so.
  requestIds: {
    pattern: /^(?!IC-)/i,
    message: 'must be the id of the workflow, not its IC- number: GET /workflows/IC-… at Ironclad tells it',
  },
  // An admin can cancel a completed workflow (documented), so the status is looked up first.
  proof: {
    looksFirst: true,
    sendsWithoutLook: false,
    remembersExistence: false,
    proofReadsMs: [0, 5_000, 30_000, 120_000],
  },
  // For the whole company, with all its integrations (documented).
  limits: {
    cancel: { bucket: 'workflow-writes', perMinute: 40 },
    read: { bucket: 'workflow-reads', perMinute: 400 },
  },
  token,
  cancel,
  read,
  check,
  webhook,
  webhookSetup,
});
