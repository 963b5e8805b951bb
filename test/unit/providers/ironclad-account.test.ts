import { describe, expect, test } from 'vitest';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { answer, now } from './answers.ts';
import { baseUrl, problem } from './ironclad-requests.ts';

const app = { client_id: 'app', client_secret: 's&cret', as_user_email: 'bot@acme.example' };
const connection = { baseUrl, credentials: { access_token: 'token-1' }, options: {}, accessToken: null };

describe('the account', () => {
  test.each([[{ access_token: 't' }], [{ access_token: 't', as_user_email: 'bot@acme.example' }], [app]])(
    '%j are credentials',
    (credentials) => {
      expect(ironclad.credentials.safeParse(credentials).success).toBe(true);
    },
  );
  test.each([
    [{ client_id: 'app', client_secret: 's' }],
    [{ ...app, access_token: 't' }],
    [{ ...app, as_user_email: 'bot' }],
    [{ ...app, as_user_email: 'bot@acme.example\r\nx-as-user-id: 1' }],
    [{ ...app, as_user_email: 'a@b@c' }],
    [{ access_token: 't\n' }],
    [{ access_token: 't', colour: 'red' }],
  ])('%j are none', (credentials) => {
    expect(ironclad.credentials.safeParse(credentials).success).toBe(false);
  });

  test.each([
    [{}, 'na1'],
    [{ region: 'na1' }, 'na1'],
    [{ region: 'eu1' }, 'eu1'],
    [{ region: 'demo' }, 'demo'],
  ])('the region %j has its own addresses', (options, host) => {
    expect(ironclad.baseUrl(options)).toBe(`https://${host}.ironcladapp.com/public/api/v1`);
    expect(ironclad.token?.tokenUrl(options)).toBe(`https://${host}.ironcladapp.com/oauth/token`);
  });
  test('other regions are refused', () => {
    expect(ironclad.options.safeParse({ region: 'evil.example/' }).success).toBe(false);
  });

  test.each(['IC-41', 'ic-41', 'IC-'])('%s is no id of a workflow', (number) => {
    expect(ironclad.requestIds?.pattern.test(number)).toBe(false);
  });

  test('both scopes need a reason, and it travels', () => {
    expect(ironclad.scopes).toEqual({
      workflow: { effect: 'workflow_cancelled', reasonRequired: true, reasonTravels: true },
      signature_packet: { effect: 'packet_cancelled', reasonRequired: true, reasonTravels: true },
    });
  });
});

describe('the token', () => {
  const classify = (status: number, body: object | string, headers = {}) =>
    ironclad.token?.classify(answer(status, body, headers));

  test('client credentials are sent as a form, with the scopes that are used', () => {
    const sent = ironclad.token?.request(app, 'https://na1.ironcladapp.com/oauth/token', {});
    expect(sent).toMatchObject({ method: 'POST', url: 'https://na1.ironcladapp.com/oauth/token' });
    const form = Object.fromEntries(new URLSearchParams(sent?.body));
    expect(form).toEqual({
      grant_type: 'client_credentials',
      client_id: 'app',
      client_secret: 's&cret',
      scope: expect.stringContaining('public.workflows.cancel public.workflows.cancelSignatureRequests'),
    });
    expect(form['scope']).not.toContain('readSignStatus');
    expect(form['scope']).not.toContain('createWorkflows');
  });
  test('what creating takes is asked for only where the account says that it has it', () => {
    const sent = ironclad.token?.request(app, 'https://na1.ironcladapp.com/oauth/token', { creates: true });
    const scopes = new URLSearchParams(sent?.body).get('scope')?.split(' ');
    for (const needed of ['createWorkflows', 'readWorkflows', 'readSignatures', 'remindSigners']) {
      expect(scopes).toContain(`public.workflows.${needed}`);
    }
  });
  test('a token is used as it is', () => {
    expect(ironclad.token?.request({ access_token: 't' }, 'https://x.example', {})).toBeNull();
  });
  test('a grant lasts as long as it says; without a word, for this call', () => {
    const grant = { token_type: 'Bearer', access_token: 'abc', scope: 'public.workflows.cancel' };
    expect(classify(200, { ...grant, expires_in: 3600 })).toEqual({
      kind: 'token',
      accessToken: 'abc',
      expiresAt: now + 3_600_000,
    });
    expect(classify(200, grant)).toMatchObject({ kind: 'token', expiresAt: now });
  });
  test.each([
    [403, 'unauthorized_client'],
    [400, 'invalid_request'],
    [400, 'invalid_scope'],
    [401, 'invalid_client'],
  ])('%i %s: the credentials are refused', (status, error) => {
    expect(classify(status, { error, error_description: 'a text' })).toEqual({
      kind: 'refused',
      error: {
        type: 'unauthorized',
        detail: `The provider answered ${status} ${error}.`,
        providerStatus: status,
      },
      pausesAccount: true,
    });
  });
  test.each([
    [400, '<html></html>', { kind: 'try_again', pausesAccount: false }],
    [403, '<html></html>', { kind: 'refused', pausesAccount: false }],
    [200, '{"access_token":"a b"}', { kind: 'try_again' }],
    [200, '{"access_token":"abc","token_type":"mac"}', { kind: 'try_again' }],
    [302, '', { kind: 'try_again' }],
    [429, '', { kind: 'try_again', pausesAccount: true, error: { type: 'rate-limited' } }],
    [503, '', { kind: 'try_again', error: { type: 'provider-unavailable' } }],
  ])('%i %j says nothing of them', (status, body, meaning) => {
    expect(classify(status, body)).toMatchObject(meaning);
  });
});

describe('the check', () => {
  test('it lists one workflow', () => {
    expect(ironclad.check.request(connection)).toMatchObject({
      method: 'GET',
      url: `${baseUrl}/workflows?pageSize=1`,
    });
  });
  test.each([
    [200, {}, 'good'],
    [401, problem('UNAUTHORIZED'), 'bad_credentials'],
    [403, problem('FORBIDDEN'), 'lacking_scope'],
    [400, problem('MISSING_PARAM'), 'unclear'],
    [500, '', 'unclear'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(ironclad.check.classify(answer(status, body)).kind).toBe(kind);
  });
});

describe('the registration of the webhook', () => {
  const url = 'https://rescind.example/webhooks/token';

  test('it names the events and the address, in the provider’s spelling', () => {
    const sent = ironclad.webhookSetup.request(connection, url);
    expect(sent).toMatchObject({ method: 'POST', url: `${baseUrl}/webhooks` });
    const body: unknown = JSON.parse(sent?.body ?? '');
    expect(body).toEqual({
      targetURL: url,
      events: expect.arrayContaining(['workflow_cancelled', 'workflow_signature_packet_cancelled']),
    });
  });
  test('its steps name the address', () => {
    expect(ironclad.webhookSetup.steps.join(' ')).toContain('{webhook_url}');
  });
  test.each([
    [200, {}],
    [201, {}],
    [400, problem('INVALID_PARAM', 'some text', 'tagetURL')],
    [400, problem('INVALID_PARAM', 'webhook already exists for event * and target [x]', 'targetURL')],
  ])('%i %j: it stands', (status, body) => {
    expect(ironclad.webhookSetup.classify(answer(status, body))).toEqual({ kind: 'registered' });
  });
  test.each([
    [400, problem('INVALID_PARAM', 'invalid url', 'targetURL'), ' INVALID_PARAM'],
    [400, problem('MISSING_PARAM', 'webhook already exists', 'tagetURL'), ' MISSING_PARAM'],
    [403, problem('FORBIDDEN'), ' FORBIDDEN'],
    [302, '', ''],
  ])('%i %j: it does not', (status, body, code) => {
    expect(ironclad.webhookSetup.classify(answer(status, body))).toEqual({
      kind: 'refused',
      detail: `The provider answered ${status}${code}.`,
    });
  });
});
