import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant, RequestId } from '../../../shared/domain/ids.ts';
import { creationFields } from '../../../shared/http/contract/creation.ts';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { answer, id, now } from './answers.ts';
import { smallest, wanted, withField } from './wanted-fields.ts';

const ourId = `sr_${'0123456789abcdef'.repeat(2)}` as RequestId;
const { create, creation } = dropboxSign;
const connection = {
  baseUrl: 'https://api.hellosign.com/v3',
  credentials: { api_key: 'key-1' },
  options: {},
  accessToken: null,
};
const target = (over: object = {}, at = now) => ({
  id: ourId,
  wanted: wanted(over),
  files: [],
  webhookUrl: 'https://rescind.example/webhooks/token',
  idempotencyKey: 'once',
  now: at,
});
const sent = (over: object = {}, options: object = {}, at = now): Record<string, unknown> =>
  JSON.parse(create.request(target(over, at), { ...connection, options }).body ?? 'null');
const errorsOf = (over: object, options: object = {}) => refusedFields(dropboxSign, wanted(over), options);
const [ann] = smallest.signers;

describe('each field of the body', () => {
  test.each(creationFields)('%s is sent, or refused by its name', (field) => {
    const { body, value, place } = withField(field);
    const errors = refusedFields(dropboxSign, body, {});
    const support = creation.fields[field];
    if (support.kind === 'refused') {
      expect(errors.map((error) => error.field)).toContain(place);
      return;
    }
    expect(support.kind).toBe('sent');
    const text = create.request({ ...target(), wanted: body }, connection).body ?? '';
    // A number or a flag is sent in another form; its test is below.
    if (typeof value === 'string' && field !== 'signers[].role')
      expect(text).toContain(JSON.stringify(value));
    if (field !== 'signers[].role') expect(errors).toEqual([]);
  });

  test.each([
    ['no file', { source_files: null }, 'source_files'],
    [
      'a name for a file',
      { source_files: [{ url: 'https://x.example/a', name: 'A' }] },
      'source_files.0.name',
    ],
    ['no address', { signers: [{ name: 'Ann' }] }, 'signers.0.email'],
    ['no name', { signers: [{ email: 'a@b.example' }] }, 'signers.0.name'],
    ['an approver', { signers: [ann, { ...ann, role: 'approver' }] }, 'signers.1.role'],
    ['nobody who signs', { signers: [{ ...ann, role: 'final_copy_reader' }] }, 'signers'],
    ['an order for some only', { signers: [{ ...ann, order: 1 }, ann] }, 'signers.1.order'],
    [
      'an order for a copy',
      { signers: [ann, { ...ann, role: 'final_copy_reader', order: 1 }] },
      'signers.1.order',
    ],
    [
      'a password for a copy',
      { signers: [ann, { ...ann, role: 'final_copy_reader', password: 'sesame' }] },
      'signers.1.password',
    ],
    ['a copy to nobody', { signers: [ann, { role: 'final_copy_reader' }] }, 'signers.1.email'],
    ['a short password', { signers: [{ ...ann, password: 'abc' }] }, 'signers.0.password'],
    ['a long password', { signers: [{ ...ann, password: 'a'.repeat(13) }] }, 'signers.0.password'],
    [
      'a national number',
      { signers: [{ ...ann, verification_phone_number: '0905 123 456' }] },
      'signers.0.verification_phone_number',
    ],
    ['no time at all', { days_valid: 0 }, 'days_valid'],
    ['too long a time', { days_valid: 91 }, 'days_valid'],
  ])('%s is refused by its name', (_, over, field) => {
    expect(errorsOf(over)).toEqual([{ field, message: expect.any(String) }]);
  });

  test('a copy needs no name, and limits are inclusive', () => {
    const copy = { email: 'c@b.example', role: 'final_copy_reader' };
    expect(errorsOf({ signers: [ann, copy], days_valid: 1 })).toEqual([]);
    expect(errorsOf({ signers: [{ ...ann, password: '1234' }], days_valid: 90 })).toEqual([]);
    expect(errorsOf({ signers: [{ ...ann, password: '123456789012' }] })).toEqual([]);
  });

  test('test mode has no text messages', () => {
    const signers = [{ ...ann, verification_phone_number: '+421905123456' }];
    expect(errorsOf({ signers })).toEqual([]);
    expect(errorsOf({ signers }, { test_mode: true })).toMatchObject([
      { field: 'signers.0.verification_phone_number' },
    ]);
    expect(dropboxSign.options.safeParse({ test_mode: 'yes' }).success).toBe(false);
  });
});

describe('what is sent', () => {
  test('the smallest body, with our id, and with declining allowed', () => {
    expect(create.request(target(), connection)).toMatchObject({
      method: 'POST',
      url: 'https://api.hellosign.com/v3/signature_request/send',
      headers: { authorization: 'Basic a2V5LTE6', 'content-type': 'application/json' },
    });
    expect(sent()).toEqual({
      test_mode: false,
      signers: [{ email_address: 'ann@signer.example', name: 'Ann' }],
      file_urls: ['https://files.example/nda.pdf'],
      allow_decline: true,
      metadata: { rescind_id: ourId },
    });
  });

  test('everything that it has a place for', () => {
    const signers = [
      { ...ann, order: 5, password: 'sesame' },
      { email: 'bo@signer.example', name: 'Bo', order: 2, verification_phone_number: '+421905123456' },
      { email: 'copy@client.example', role: 'final_copy_reader' },
      { email: 'cy@signer.example', name: 'Cy', order: 5 },
    ];
    const over = {
      name: 'NDA',
      email_subject: 'Sign it',
      email_message: 'Please.',
      redirect_url: 'https://client.example/done',
      external_id: 'case-1',
      external_system_name: 'Desk',
      are_text_signatures_enabled: false,
      signers,
    };
    expect(sent(over, { test_mode: true })).toMatchObject({
      test_mode: true,
      title: 'NDA',
      subject: 'Sign it',
      message: 'Please.',
      signing_redirect_url: 'https://client.example/done',
      cc_email_addresses: ['copy@client.example'],
      signing_options: { default_type: 'draw', draw: true, type: false, upload: true, phone: false },
      metadata: { rescind_id: ourId, external_id: 'case-1', external_system_name: 'Desk' },
      signers: [
        { email_address: 'ann@signer.example', order: 1, pin: 'sesame' },
        { order: 0, sms_phone_number: '+421905123456', sms_phone_number_type: 'authentication' },
        { email_address: 'cy@signer.example', order: 1 },
      ],
    });
  });

  test('the metadata keeps within what the provider takes', () => {
    const metadata = sent({ external_id: 'x'.repeat(255), external_system_name: 'y'.repeat(255) })[
      'metadata'
    ];
    for (const [key, value] of Object.entries(metadata ?? {})) {
      expect(key.length).toBeLessThanOrEqual(40);
      expect(String(value).length).toBeLessThanOrEqual(1_000);
    }
  });

  test('an expiry is on the hour, and 1 to 90 days ahead when the call arrives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 3_600_000 }), (days, later) => {
        const at = (now + later) as Instant;
        const expiresAt = Number(sent({ days_valid: days }, {}, at)['expires_at']);
        expect(expiresAt % 3_600).toBe(0);
        const ahead = expiresAt - at / 1_000;
        expect(ahead).toBeGreaterThan(days === 1 ? 86_400 + 60 : (days - 1) * 86_400);
        expect(ahead).toBeLessThanOrEqual(90 * 86_400);
        expect(Math.abs(ahead - days * 86_400)).toBeLessThanOrEqual(2 * 3_600);
      }),
    );
  });
});

describe('the answer to a creation', () => {
  const classify = (status: number, body: string | object | null = '', headers = {}) =>
    create.classify(answer(status, body, headers), target());
  const error = (name: string, path?: string) => ({
    error: { error_msg: 'May quote anything', error_name: name, ...(path && { error_path: path }) },
  });
  const made = (over: object = {}) => ({
    signature_request: {
      signature_request_id: id,
      title: 'NDA',
      metadata: { rescind_id: ourId },
      is_complete: false,
      signing_url: 'https://app.hellosign.com/sign/1',
      signatures: [
        { signature_id: 's1', signer_email_address: 'ann@signer.example', status_code: 'awaiting_signature' },
      ],
      ...over,
    },
    warnings: [{ warning_msg: 'x', warning_name: 'unconfirmed' }],
  });
  const unclear = { kind: 'unclear', mayHaveActed: true };

  test('200 is taken, not yet sent; it tells who signs, and on which page', () => {
    expect(classify(200, made())).toEqual({
      kind: 'created',
      providerRequestId: id,
      status: 'created',
      details: {
        name: 'NDA',
        page: 'https://app.hellosign.com/sign/1',
        signers: [{ ref: 's1', role: 'signer', email: 'ann@signer.example', status: 'awaiting' }],
      },
    });
  });
  test('200 that is further already, or tells only the id', () => {
    expect(classify(200, made({ has_error: true }))).toMatchObject({ kind: 'created', status: 'error' });
    expect(classify(200, { signature_request: { signature_request_id: id } })).toEqual({
      kind: 'created',
      providerRequestId: id,
      status: 'created',
      details: {},
    });
  });
  test.each([
    ['too large', null],
    ['empty', ''],
    ['HTML', '<html></html>'],
    ['without an id', made({ signature_request_id: undefined })],
    ['with an id that would leave its path', made({ signature_request_id: '../x' })],
    ['about another creation', made({ metadata: { rescind_id: `sr_${'f'.repeat(32)}` } })],
  ])('200 with a body that is %s may have created it', (_, body) => {
    expect(classify(200, body)).toMatchObject({ ...unclear, error: { type: 'unexpected-answer' } });
  });

  test.each([
    [400, error('bad_request', 'signers[0].email_address'), '400 bad_request at signers[0].email_address'],
    [400, error('invalid_recipient', 'quote "me" please'), '400 invalid_recipient'],
    [404, error('not_found'), '404 not_found'],
  ])('%i is its last word: %j', (status, body, said) => {
    expect(classify(status, body)).toEqual({
      kind: 'invalid',
      error: { type: 'refused', detail: `The provider answered ${said}.`, providerStatus: status },
    });
  });
  test.each([400, 404])('%i that is not the provider’s own decides nothing', (status) => {
    for (const body of ['', '<html></html>', null, '{}'])
      expect(classify(status, body)).toMatchObject(unclear);
  });
  test.each([409, 410, 422, 500, 502, 503, 504, 201, 202, 204, 302, 307])(
    '%i may have created it, whatever it says',
    (status) => {
      for (const body of ['', error('conflict'), error('unavailable')]) {
        expect(classify(status, body)).toMatchObject(unclear);
      }
    },
  );
  test.each([
    [401, 'unauthorized', true],
    [402, 'payment-required', true],
    [403, 'forbidden', false],
    [405, 'refused', false],
  ])('%i did nothing, and is about the account', (status, type, pausesAccount) => {
    expect(classify(status, error('x'))).toMatchObject({ kind: 'refused', error: { type }, pausesAccount });
  });
  test('429 did nothing, and says when to come back', () => {
    const headers = { 'x-ratelimit-reset': String(now / 1_000 + 42) };
    const limited = { kind: 'try_again', error: { type: 'rate-limited' }, retryAt: now + 42_000 };
    expect(classify(429, error('exceeded_rate'), headers)).toMatchObject(limited);
    expect(classify(403, error('exceeded_rate'), headers)).toMatchObject(limited);
  });

  test('any answer is classified without a throw, and only a 200 creates', () => {
    const body = fc.oneof(fc.constant(null), fc.string(), fc.json());
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, (status, text) => {
        const { kind } = classify(status, text);
        if (kind === 'created') expect(status).toBe(200);
        if (kind === 'invalid') expect([400, 404]).toContain(status);
      }),
    );
  });
});
