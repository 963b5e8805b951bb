/** Examples of webhook endpoints for the OpenAPI document. A test parses each by its schema. */

export const putEndpointExamples = {
  everything: { value: { url: 'https://app.example.com/webhooks/rescind' } },
  'cancellations only': {
    value: { url: 'https://app.example.com/webhooks/rescind', event_types: ['cancellation.*'] },
  },
  'callbacks of Dropbox Sign': {
    value: {
      url: 'https://app.example.com/dropbox-sign-callback',
      format: 'dropbox-sign',
      signing_key: 'the-api-key-that-your-handler-verifies-with',
    },
  },
};

export const endpointExample = {
  id: 'app',
  url: 'https://app.example.com/webhooks/rescind',
  format: 'standard',
  event_types: ['*'],
  state: 'enabled',
  disabled_at: null,
  disabled_reason: null,
  failing_since: null,
  last_failure: { at: '2026-11-21T10:00:00.000Z', status: 503, error: null },
  created_at: '2026-11-20T09:00:00.000Z',
  updated_at: '2026-11-20T09:00:00.000Z',
};

export const deliveryExample = {
  id: 'evt_0123456789abcdef0123456789abcdef',
  type: 'cancellation.confirmed',
  subject_id: 'sr_0123456789abcdef0123456789abcdef',
  created_at: '2026-11-21T10:00:00.000Z',
  state: 'delivered',
  failure: null,
  attempt_count: 2,
  attempts: [
    { at: '2026-11-21T10:00:00.100Z', status: 503, error: null, duration_ms: 41 },
    { at: '2026-11-21T10:00:05.300Z', status: 204, error: null, duration_ms: 38 },
  ],
  next_attempt_at: null,
};

export const replayExamples = {
  all: { value: { since: '2026-11-21T10:00:00Z' } },
  'what was missed': { value: { since: '2026-11-21T10:00:00Z', state: 'failed' } },
};

export const replayAnswerExample = { replay: { since: '2026-11-21T10:00:00.000Z', state: 'failed' } };
