import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { creationFields } from '../../../shared/http/contract/creation.ts';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { answer, now } from './answers.ts';
import { boxError, connection, ourId, target, wanted } from './box-sign-creation.ts';

const { create } = boxSign;
const classify = (status: number, body: string | object | null = '', headers = {}) =>
  create.classify(answer(status, body, headers), target());
const sent = (over: object = {}): unknown =>
  JSON.parse(create.request(target(over), connection).body ?? 'null');
const errorsOf = (over: object) => refusedFields(boxSign, wanted(over), {});

describe('what is wanted', () => {
  test('every field has a place, and all but two are called as Box Sign calls them', () => {
    const others = creationFields.filter((field) => {
      const support = boxSign.creation.fields[field];
      return support.kind !== 'sent' || support.as !== field.split('.').at(-1);
    });
    expect(others).toEqual(['signers[].name', 'source_files[].url']);
  });

  test('the smallest body and one of a template are taken', () => {
    expect(errorsOf({})).toEqual([]);
    expect(errorsOf({ source_files: null, template_id: 't-1', signers: [{ role: 'approver' }] })).toEqual([]);
    expect(errorsOf({ signers: [{ email: 'a@b.example', name: 'Ann', login_required: false }] })).toEqual([]);
  });

  test.each([
    ['a file by URL', { source_files: [{ url: 'https://x.example/a.pdf' }] }, 'source_files.0.url'],
    ['neither files nor a template', { source_files: null }, 'source_files'],
    ['the root folder', { parent_folder: { id: '0' } }, 'parent_folder.id'],
    ['a signer without an address', { signers: [{ role: 'signer' }] }, 'signers.0.email'],
    [
      'both a login and a phone number',
      {
        signers: [
          { email: 'a@b.example' },
          { email: 'c@d.example', login_required: true, verification_phone_number: '1' },
        ],
      },
      'signers.1.verification_phone_number',
    ],
    ['a tag without a value', { prefill_tags: [{ document_tag_id: '1' }] }, 'prefill_tags.0'],
    [
      'a tag with two values',
      {
        prefill_tags: [
          { document_tag_id: '1', checkbox_value: false },
          { document_tag_id: '2', text_value: '', date_value: '2026-01-01' },
        ],
      },
      'prefill_tags.1',
    ],
  ])('%s is refused by its name', (_, over, field) => {
    expect(errorsOf(over)).toEqual([{ field, message: expect.any(String) }]);
  });
});

describe('what is sent', () => {
  test('a POST with the fields as they came, our id, and no null', () => {
    const body = { name: 'NDA', email_subject: null, parent_folder: { id: '777' }, days_valid: 0 };
    const request = create.request(target(body), connection);
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://api.box.com/2.0/sign_requests',
      headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
    });
    expect(sent(body)).toEqual({
      name: 'NDA',
      days_valid: 0,
      parent_folder: { id: '777', type: 'folder' },
      source_files: [{ id: '12345', type: 'file' }],
      signers: [{ email: 'ann@signer.example', role: 'signer' }],
      external_id: ourId,
    });
  });
  test('the client’s external_id is not replaced', () => {
    expect(sent({ external_id: 'env-42' })).toMatchObject({ external_id: 'env-42' });
    expect(sent({ external_id: null })).toMatchObject({ external_id: ourId });
  });
  test('a signer’s name stays here, for Box Sign has no place for it; false and 0 are values', () => {
    const signer = { email: 'a@b.example', name: 'Ann', order: 0, is_in_person: false, password: 'p' };
    expect(sent({ signers: [signer], are_text_signatures_enabled: false })).toMatchObject({
      signers: [{ email: 'a@b.example', role: 'signer', order: 0, is_in_person: false, password: 'p' }],
      are_text_signatures_enabled: false,
    });
    expect(JSON.stringify(sent({ signers: [signer] }))).not.toContain('Ann');
  });
});

describe('the answer', () => {
  const made = { id: '0a1b2c3d-1111-4222-8333-444455556666', type: 'sign-request', status: 'converting' };
  test.each([201, 200])('%i with the request has created it', (status) => {
    expect(classify(status, { ...made, name: 'NDA.pdf', external_id: ourId })).toEqual({
      kind: 'created',
      providerRequestId: made.id,
      status: 'converting',
      details: { name: 'NDA.pdf' },
    });
  });
  test('a status that is not known, or that would need proof, is left to a read', () => {
    for (const status of ['invented_tomorrow', 'cancelled', 'creating']) {
      expect(classify(201, { ...made, status })).toMatchObject({ kind: 'created', status: 'unknown' });
    }
  });
  test.each([
    ['empty', ''],
    ['too large', null],
    ['HTML', '<html></html>'],
    ['without an id', { status: 'sent' }],
    ['with an id that is none', { ...made, id: '../x' }],
    ['without a status', { id: made.id }],
  ])('201 with a body that is %s may have created it', (_, body) => {
    expect(classify(201, body)).toMatchObject({
      kind: 'unclear',
      mayHaveActed: true,
      error: { type: 'unexpected-answer', providerStatus: 201 },
    });
  });
  test.each([400, 404, 410, 412, 413, 415, 422])('%i in Box’s form is its last word', (status) => {
    expect(classify(status, boxError(status, 'bad_request'))).toEqual({
      kind: 'invalid',
      error: {
        type: 'refused',
        detail: `The provider answered ${status} bad_request.`,
        providerStatus: status,
      },
    });
  });
  test.each([400, 404, 422])('%i of somebody else decides nothing', (status) => {
    for (const body of ['', '<html></html>', '{}', null]) {
      expect(classify(status, body)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    }
  });
  test.each([
    [401, 'unauthorized', true],
    [402, 'payment-required', true],
    [403, 'forbidden', false],
    [405, 'refused', false],
  ])('%i is about the caller: nothing was created', (status, type, pausesAccount) => {
    expect(classify(status, boxError(status, 'some_code'))).toMatchObject({
      kind: 'refused',
      error: { type },
      pausesAccount,
    });
  });
  test('429 comes back as its header says', () => {
    const response = classify(429, boxError(429, 'rate_limit_exceeded'), { 'retry-after': '100' });
    expect(response).toMatchObject({ kind: 'try_again', pausesAccount: true, retryAt: now + 100_000 });
  });
  test.each([202, 204, 302, 307, 408, 409, 423, 500, 502, 503, 504])('%i may have created it', (status) => {
    for (const body of ['', made, boxError(status, 'unavailable')]) {
      const response = classify(status, body, { 'retry-after': '5' });
      expect(response).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    }
  });
  test('any answer has a meaning, and none quotes the provider’s text', () => {
    const body = fc.oneof(fc.constant(null), fc.string(), fc.json());
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, (status, text) => {
        const { kind } = classify(status, text);
        expect(kind).not.toBe('created');
        if (status >= 500 || status < 400) expect(kind).toBe('unclear');
      }),
    );
    expect(JSON.stringify(classify(400, boxError(400, 'bad_request')))).not.toMatch(/quote|hunter2/);
  });
});
