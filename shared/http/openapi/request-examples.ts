/** Examples of what is done with a signature request beside cancelling it. A test parses each by its schema. */
import { providers } from '../../providers/registry.ts';
import { viewProvider } from '../provider-view.ts';

export const createRequestExamples = {
  file: {
    value: {
      account_id: 'box-sign',
      name: 'Offer 4711',
      signers: [
        { email: 'kim@customer.example', order: 1 },
        { email: 'lee@acme.example', role: 'approver', order: 2 },
      ],
      source_files: [{ id: '1234567890' }],
      parent_folder: { id: '987654321' },
      days_valid: 30,
      external_id: 'offer-4711',
    },
  },
  url: {
    value: {
      account_id: 'dropbox-sign',
      name: 'Offer 4711',
      signers: [{ email: 'kim@customer.example', name: 'Kim Ortega' }],
      source_files: [{ url: 'https://files.acme.example/offer-4711.pdf' }],
      email_message: 'Please sign until Friday.',
    },
  },
};

export const importExample = {
  account_id: 'dropbox-sign',
  provider_request_id: 'fa5c8a0b0f492d768749333ad6fcc214c111e967',
};

export const remindExamples = { all: { value: {} }, one: { value: { signer_id: 'sg_1' } } };

export const resolveExamples = {
  'send again': { value: { decision: 'send_again' } },
  'give up': { value: { decision: 'give_up' } },
  link: {
    value: { decision: 'link', provider_request_id: 'fa5c8a0b0f492d768749333ad6fcc214c111e967' },
  },
};

const signer = {
  id: 'sg_1',
  name: 'Kim Ortega',
  email: 'kim@customer.example',
  role: 'signer',
  order: null,
  status: 'awaiting',
  viewed_at: null,
  decided_at: null,
  decline_reason: null,
  provider_signer_id: '78caf2a1d01cd39cea2bc1cbb340dac3',
  sign_url: 'https://api.example.com/sign/Q0lFa1ZzX2hVbnFtd1RRcEJ4YQmMz3n8Rk5yT1d2Z0hK',
};

export const creatingExample = {
  id: 'sr_5d41402abc4b2a76b9719d911017c592',
  account_id: 'dropbox-sign',
  provider: 'dropbox-sign',
  provider_request_id: null,
  status: 'creating',
  name: 'Offer 4711',
  external_id: null,
  signers: [signer],
  creation: { state: 'queued', attempts: 0, next_check_at: '2026-11-21T10:01:00.000Z', error: null },
  cancellation: null,
  reminder: null,
  expires_at: null,
  prepare_url: null,
  read_at: null,
  read_error: null,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
};

export const sentExample = {
  ...creatingExample,
  provider_request_id: 'fa5c8a0b0f492d768749333ad6fcc214c111e967',
  status: 'sent',
  creation: { state: 'sent', attempts: 1, next_check_at: null, error: null },
  read_at: '2026-11-21T10:00:01.000Z',
  updated_at: '2026-11-21T10:00:01.000Z',
};

const reminded = { signer_id: 'sg_1', requested_at: '2026-11-21T12:00:00.000Z', error: null, retry_at: null };

export const remindingExample = {
  ...sentExample,
  reminder: { ...reminded, state: 'queued', sent_at: null },
  updated_at: '2026-11-21T12:00:00.000Z',
};

export const remindedExample = {
  ...sentExample,
  reminder: { ...reminded, state: 'sent', sent_at: '2026-11-21T12:00:01.000Z' },
  updated_at: '2026-11-21T12:00:01.000Z',
};

export const providerPageExample = {
  items: [viewProvider('dropbox-sign', providers['dropbox-sign'])],
  next_cursor: null,
};
