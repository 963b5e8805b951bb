/** Examples for the OpenAPI document. A test parses each by its schema. */
import type { ProblemName } from '../problem.ts';

export const putAccountExamples = {
  'dropbox-sign': { value: { provider: 'dropbox-sign', credentials: { api_key: 'API_KEY' } } },
  okdokument: {
    value: { provider: 'okdokument', credentials: { api_key: 'API_KEY' }, options: { region: 'prod' } },
  },
  'box-sign': {
    value: {
      provider: 'box-sign',
      credentials: {
        client_id: 'CLIENT_ID',
        client_secret: 'CLIENT_SECRET',
        subject_type: 'enterprise',
        subject_id: '123456',
        webhook_primary_key: 'PRIMARY_KEY',
        webhook_secondary_key: 'SECONDARY_KEY',
      },
      options: { webhook_folder_id: '1234567890' },
    },
  },
  ironclad: {
    value: {
      provider: 'ironclad',
      credentials: {
        client_id: 'CLIENT_ID',
        client_secret: 'CLIENT_SECRET',
        as_user_email: 'contracts-bot@acme.example',
      },
      options: { region: 'na1' },
    },
  },
  truto: {
    value: {
      provider: 'truto',
      credentials: {
        api_token: 'API_TOKEN',
        integrated_account_id: '62f44730-dd91-461e-bd6a-aedd9e0ad79d',
        webhook_secret: 'WEBHOOK_SECRET',
      },
    },
  },
};

const webhook_url = 'https://api.example.com/webhooks/kq3Vb0rYbJm2mO8tH5uVw1x9Zc4Ad7Ef';

export const accountExample = {
  account_id: 'dropbox-sign',
  provider: 'dropbox-sign',
  options: {},
  webhook_url,
  health: { state: 'healthy', paused_until: null, reason: null },
  created_at: '2026-11-21T09:00:00.000Z',
  updated_at: '2026-11-21T09:00:00.000Z',
};

export const accountCheckExample = {
  account_id: 'dropbox-sign',
  provider: 'dropbox-sign',
  result: 'good',
  detail: null,
  webhooks: { verifiable: true, detail: null },
};

export const webhookRegistrationExamples = {
  registered: { value: { registered: true, webhook_url, steps: [] } },
  'by hand': {
    value: {
      registered: false,
      webhook_url,
      steps: [`Give ${webhook_url} as sendInfoURL when a signature request is created.`],
    },
  },
};

/** What problems have beside their common members. */
export const problemMembers: { readonly [N in ProblemName]?: Readonly<Record<string, unknown>> } = {
  'invalid-request': { errors: [{ field: 'provider_request_id', message: 'is required' }] },
  'reminder-too-early': { retry_at: '2026-11-21T11:00:00.000Z' },
  'not-remindable': { detail: 'OKdokument has no reminders.' },
  'not-undecided': { detail: 'Its creation is sent.' },
  'webhook-not-registered': {
    detail: 'The provider answered 400 bad_request.',
    webhook_url,
    steps: [`Paste ${webhook_url} as the account callback URL.`],
  },
};

export const createCancellationExample = {
  account_id: 'dropbox-sign',
  provider_request_id: 'fa5c8a0b0f492d768749333ad6fcc214c111e967',
  reason: 'The offer was withdrawn.',
};

export const cancelExample = { reason: 'The offer was withdrawn.' };

const queued = {
  state: 'queued',
  scope: 'workflow',
  effect: 'voided',
  reason: 'The offer was withdrawn.',
  reason_delivered: false,
  requested_by: 'first',
  requested_at: '2026-11-21T10:00:00.000Z',
  submitted_at: null,
  confirmed_at: null,
  confirmed_by: null,
  attempts: 0,
  next_check_at: '2026-11-21T10:01:00.000Z',
  error: null,
};

export const queuedExample = {
  id: 'sr_0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  account_id: 'dropbox-sign',
  provider: 'dropbox-sign',
  provider_request_id: 'fa5c8a0b0f492d768749333ad6fcc214c111e967',
  status: 'unknown',
  name: null,
  external_id: null,
  signers: [],
  creation: null,
  cancellation: queued,
  reminder: null,
  expires_at: null,
  prepare_url: null,
  read_at: null,
  read_error: null,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
};

export const confirmedExample = {
  ...queuedExample,
  status: 'cancelled',
  cancellation: {
    ...queued,
    state: 'confirmed',
    submitted_at: '2026-11-21T10:00:01.000Z',
    confirmed_at: '2026-11-21T10:00:09.000Z',
    confirmed_by: 'webhook',
    attempts: 1,
    next_check_at: null,
  },
  updated_at: '2026-11-21T10:00:09.000Z',
};

export const historyExample = {
  items: [
    {
      at: '2026-11-21T10:00:00.000Z',
      type: 'requested',
      from: null,
      to: 'queued',
      status_from: null,
      status_to: null,
      evidence: null,
    },
    {
      at: '2026-11-21T10:00:01.000Z',
      type: 'accepted',
      from: 'queued',
      to: 'submitted',
      status_from: null,
      status_to: null,
      evidence: null,
    },
    {
      at: '2026-11-21T10:00:09.000Z',
      type: 'confirmed',
      from: 'submitted',
      to: 'confirmed',
      status_from: 'unknown',
      status_to: 'cancelled',
      evidence: { kind: 'webhook', status: 'cancelled', at: '2026-11-21T10:00:09.000Z' },
    },
  ],
  next_cursor: null,
};
