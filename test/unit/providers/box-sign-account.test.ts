import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import { answer, now } from './answers.ts';

const client = { client_id: 'cid', client_secret: 's&c=ret', subject_type: 'enterprise', subject_id: '111' };

describe('credentials and options', () => {
  test.each([
    client,
    { ...client, subject_type: 'user' },
    { access_token: 'token' },
    { access_token: 'x'.repeat(4_096) },
    { ...client, webhook_primary_key: 'p' },
    { access_token: 'token', webhook_primary_key: 'p', webhook_secondary_key: 's' },
  ])('%j fit', (credentials) => {
    expect(boxSign.credentials.safeParse(credentials)).toEqual({ success: true, data: credentials });
  });
  test.each([
    { ...client, access_token: 'token' },
    { ...client, subject_type: 'group' },
    { ...client, client_secret: undefined },
    { ...client, subject_id: 111 },
    { access_token: 'to\r\nken' },
    { access_token: '' },
    { webhook_primary_key: 'p' },
    { access_token: 'token', webhook_primary_key: '' },
    { access_token: 'token', colour: 'red' },
  ])('%j do not', (credentials) => {
    expect(boxSign.credentials.safeParse(credentials).success).toBe(false);
  });
  test('the folder of the webhook is a number, and not the root', () => {
    const fits = (webhook_folder_id: unknown) => boxSign.options.safeParse({ webhook_folder_id }).success;
    expect([fits('777'), fits('0'), fits('0777'), fits('7/7'), fits(777)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
  test('webhooks can be verified with either key', () => {
    expect(boxSign.webhook.verifies(client)).toBe(false);
    expect(boxSign.webhook.verifies({ ...client, webhook_primary_key: 'p' })).toBe(true);
    expect(boxSign.webhook.verifies({ access_token: 't', webhook_secondary_key: 's' })).toBe(true);
  });
});

describe('the token', () => {
  const token = boxSign.token;
  if (token === undefined) throw new Error('Box Sign exchanges its credentials');
  const url = 'https://api.box.com/oauth2/token';
  const granted = (over: object = {}) =>
    token.classify(
      answer(200, { access_token: 'T', expires_in: 4123, restricted_to: [], token_type: 'bearer', ...over }),
    );

  test('is asked for with a form, beside the API and not below it', () => {
    expect(token.tokenUrl({})).toBe(url);
    const request = token.request(client, url, {});
    expect(request).toMatchObject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(request?.body).toBe(
      'grant_type=client_credentials&client_id=cid&client_secret=s%26c%3Dret&box_subject_type=enterprise&box_subject_id=111',
    );
  });
  test('is not asked for where one is given', () => {
    expect(token.request({ access_token: 'T' }, url, {})).toBeNull();
  });
  test('lasts as long as the answer says, and not an hour', () => {
    expect(granted()).toEqual({ kind: 'token', accessToken: 'T', expiresAt: now + 4_123_000 });
  });
  test.each([
    [{ token_type: 'Bearer' }],
    [{ token_type: undefined, issued_token_type: 'bearer' }],
    [{ token_type: undefined }],
  ])('its type may be spelled otherwise: %j', (over) => {
    expect(granted(over)).toMatchObject({ kind: 'token' });
  });
  test('without a time it serves once', () => {
    expect(granted({ expires_in: undefined })).toMatchObject({ kind: 'token', expiresAt: now });
  });
  test.each([
    { token_type: 'mac' },
    { access_token: '' },
    { access_token: 'a b' },
    { access_token: 'a\r\nx: y' },
    { access_token: 7 },
    { expires_in: -1 },
    { expires_in: 'soon' },
  ])('an answer with %j grants nothing', (over) => {
    expect(granted(over)).toMatchObject({ kind: 'try_again', error: { type: 'unexpected-answer' } });
  });
  test.each(['invalid_grant', 'invalid_client', 'unauthorized_client'])('400 %s refuses them', (code) => {
    expect(token.classify(answer(400, { error: code, error_description: 'It may quote anything' }))).toEqual({
      kind: 'refused',
      error: {
        type: 'unauthorized',
        detail: `The provider answered 400 ${code}.`,
        providerStatus: 400,
      },
      pausesAccount: true,
    });
  });
  test('401 refuses them too; a 400 in no form of OAuth’s does not', () => {
    expect(token.classify(answer(401))).toMatchObject({ kind: 'refused', error: { type: 'unauthorized' } });
    for (const body of ['', '<html></html>', { code: 'bad_request' }]) {
      expect(token.classify(answer(400, body))).toMatchObject({ kind: 'try_again', pausesAccount: false });
    }
  });
  test('429 and 5xx are for later', () => {
    expect(token.classify(answer(429, '', { 'retry-after': '9' }))).toMatchObject({
      kind: 'try_again',
      pausesAccount: true,
      retryAt: now + 9_000,
    });
    expect(token.classify(answer(502, '<html></html>'))).toMatchObject({ kind: 'try_again' });
  });
  test('any answer is classified without a throw, and only a 200 grants', () => {
    const body = fc.oneof(fc.constant(null), fc.string(), fc.json());
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, (status, text) => {
        if (token.classify(answer(status, text)).kind === 'token') expect(status).toBe(200);
      }),
    );
    expect(token.classify(answer(201, { access_token: 'T' }))).toMatchObject({ kind: 'try_again' });
  });
});

describe('the account', () => {
  const connection = (options: object) => ({
    baseUrl: 'https://api.box.com/2.0',
    credentials: client,
    options,
    accessToken: 'T',
  });

  test('is checked by asking who it is', () => {
    expect(boxSign.check.request(connection({}))).toMatchObject({
      method: 'GET',
      url: 'https://api.box.com/2.0/users/me',
      headers: { authorization: 'Bearer T' },
    });
  });
  test.each([
    [200, { type: 'user', id: '1' }, 'good'],
    [401, '', 'bad_credentials'],
    [403, { code: 'insufficient_scope' }, 'lacking_scope'],
    [429, { code: 'rate_limit_exceeded' }, 'unclear'],
    [500, '<html></html>', 'unclear'],
  ])('%i says that it is %s', (status, body, kind) => {
    expect(boxSign.check.classify(answer(status, body)).kind).toBe(kind);
  });

  test('its webhook is set on a folder, for the four triggers that have one name', () => {
    const request = boxSign.webhookSetup.request(
      connection({ webhook_folder_id: '777' }),
      'https://rescind.example/webhooks/t',
    );
    expect(request).toMatchObject({ method: 'POST', url: 'https://api.box.com/2.0/webhooks' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      target: { id: '777', type: 'folder' },
      address: 'https://rescind.example/webhooks/t',
      triggers: [
        'SIGN_REQUEST.COMPLETED',
        'SIGN_REQUEST.DECLINED',
        'SIGN_REQUEST.EXPIRED',
        'SIGN_REQUEST.SIGNER_EMAIL_BOUNCED',
      ],
    });
  });
  test('without a folder it takes a person', () => {
    expect(boxSign.webhookSetup.request(connection({}), 'https://rescind.example/webhooks/t')).toBeNull();
    expect(boxSign.webhookSetup.steps.join(' ')).toContain('{webhook_url}');
  });
  test.each([
    [201, '', { kind: 'registered' }],
    [
      409,
      { code: 'conflict' },
      { kind: 'refused', detail: expect.stringContaining('already has a webhook') },
    ],
    [
      403,
      { code: 'insufficient_scope' },
      { kind: 'refused', detail: 'The provider answered 403 insufficient_scope.' },
    ],
    [500, '<html></html>', { kind: 'refused', detail: 'The provider answered 500.' }],
  ])('%i %j to it', (status, body, meaning) => {
    expect(boxSign.webhookSetup.classify(answer(status, body))).toEqual(meaning);
  });
});
