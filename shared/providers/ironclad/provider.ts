/**
 * Ironclad. A workflow is made from a template's attributes, and its signers are what the template makes of them. A cancel
 * is synchronous and answered with nothing; the workflow itself is the proof.
 */
import { defineProvider } from '../define-provider.ts';
import { check, webhookSetup } from './account.ts';
import { cancel } from './cancel.ts';
import { create } from './create.ts';
import { credentials, hostOf, options } from './credentials.ts';
import { creation, reminders } from './fields.ts';
import { find } from './find.ts';
import { read } from './read.ts';
import { remind } from './remind.ts';
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
  importIds: { pattern: /^IC-\d{1,18}$/, message: 'must be the id of the workflow, or its IC- number' },
  // An admin can cancel a completed workflow (documented), so the status is looked up first.
  proof: {
    looksFirst: true,
    sendsWithoutLook: false,
    remembersExistence: false,
    proofReadsMs: [0, 5_000, 30_000, 120_000],
    // No event says that a signer declined (documented is a list of 36).
    isSilent: true,
  },
  // For the whole company, with all its integrations; what is written about a packet has a limit of its own (documented).
  limits: {
    cancel: { bucket: 'workflow-writes', perMinute: 40 },
    create: { bucket: 'workflow-writes', perMinute: 40 },
    read: { bucket: 'workflow-reads', perMinute: 400 },
    remind: { bucket: 'sign-status-writes', perMinute: 50 },
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
