import { describe, expect, test } from 'vitest';
import { truto } from '../../../shared/providers/truto/provider.ts';
import { answer } from './answers.ts';

const credentials = { api_token: 'token-1', integrated_account_id: 'ia-1' };
const connection = { baseUrl: 'https://api.truto.one', options: {}, credentials, accessToken: null };

describe('credentials', () => {
  test.each([credentials, { ...credentials, webhook_secret: 's' }])('%j fit', (given) => {
    expect(truto.credentials.safeParse(given)).toEqual({ success: true, data: given });
  });
  test.each([
    { api_token: 'token-1' },
    { integrated_account_id: 'ia-1' },
    { ...credentials, api_token: 'to\r\nken' },
    { ...credentials, integrated_account_id: '' },
    { ...credentials, webhook_secret: '' },
    { ...credentials, api_key: 'k' },
  ])('%j do not', (given) => {
    expect(truto.credentials.safeParse(given).success).toBe(false);
  });
  test('webhooks can be verified once there is a secret', () => {
    expect(truto.webhook.verifies(credentials)).toBe(false);
    expect(truto.webhook.verifies({ ...credentials, webhook_secret: 's' })).toBe(true);
  });
});

describe('the check', () => {
  const check = (status: number, body: object | string = '') => truto.check.classify(answer(status, body));
  test('lists one workflow', () => {
    expect(truto.check.request(connection)).toEqual({
      method: 'GET',
      url: 'https://api.truto.one/unified/e-signature/workflows?integrated_account_id=ia-1&limit=1',
      headers: { accept: 'application/json', authorization: 'Bearer token-1' },
    });
  });
  test.each([
    [200, { result: [] }, 'good', ''],
    [401, { statusCode: 401 }, 'bad_credentials', 'answered 401.'],
    [401, { truto_is_remote_error: true }, 'bad_credentials', 'needs to be authorized again'],
    [
      403,
      { truto_error_insight: { forbidden_error: { value: { missing_scopes: ['public.workflows.read'] } } } },
      'lacking_scope',
      'missing scopes: public.workflows.read',
    ],
    [404, { statusCode: 404 }, 'bad_credentials', 'Is integrated_account_id right?'],
    [503, { statusCode: 503 }, 'unclear', 'the integrated account is blocked'],
    [502, '<html></html>', 'unclear', 'answered 502.'],
    [429, '', 'unclear', 'answered 429.'],
  ])('%i with %j: %s', (status, body, kind, detail) => {
    expect(check(status, body)).toEqual({
      kind,
      ...(kind !== 'good' && { detail: expect.stringContaining(detail) }),
    });
  });
});

describe('setting up the webhook', () => {
  const { webhookSetup } = truto;
  test('asks for the record events', () => {
    expect(webhookSetup.request(connection, 'https://rescind.example/webhooks/t')).toEqual({
      method: 'POST',
      url: 'https://api.truto.one/webhook',
      headers: {
        accept: 'application/json',
        authorization: 'Bearer token-1',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        target_url: 'https://rescind.example/webhooks/t',
        event_types: ['record:created', 'record:updated', 'record:deleted'],
      }),
    });
    expect(webhookSetup.steps.join(' ')).toContain('{webhook_url}');
  });
  test.each([200, 201])('%i: the secret, which is shown only now, belongs to the credentials', (status) => {
    const secret = '8d1d7a4e-3a0f-4b53-9a0e-1f2c3d4e5f60';
    const set = webhookSetup.classify(answer(status, { id: 'w', secret, is_active: true }));
    expect(set).toEqual({ kind: 'registered', credentials: { webhook_secret: secret } });
    const { credentials: more } = set.kind === 'registered' ? set : {};
    expect(truto.credentials.safeParse({ ...credentials, ...more }).success).toBe(true);
  });
  test.each(['', '{}', { secret: '' }, { secret: 'a\nb' }, { secret: 7 }, null])(
    '200 with %j leaves nothing to verify with: refused',
    (body) => {
      expect(webhookSetup.classify(answer(200, body))).toEqual({
        kind: 'refused',
        detail: expect.stringContaining('no secret'),
      });
    },
  );
  test.each([
    [400, 'The provider answered 400.'],
    [401, 'The provider answered 401.'],
    [302, 'The provider answered 302.'],
  ])('%i is refused', (status, detail) => {
    expect(webhookSetup.classify(answer(status, { message: 'target_url must be https' }))).toEqual({
      kind: 'refused',
      detail,
    });
  });
});
