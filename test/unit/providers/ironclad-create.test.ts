import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { creationFields } from '../../../shared/http/contract/creation.ts';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { answer, id } from './answers.ts';
import { baseUrl, problem, workflow } from './ironclad-requests.ts';
import { ours, refusedOf, signer, targetOf } from './workflow-wishes.ts';

const connection = (options: object = {}, credentials: object = { access_token: 'token-1' }) => ({
  baseUrl,
  credentials,
  options,
  accessToken: null,
});
const bodyOf = (over: object, options: object = {}, credentials?: object): unknown =>
  JSON.parse(ironclad.create.request(targetOf(over), connection(options, credentials)).body ?? '');

describe('what can be asked for', () => {
  const sent = ['signers[].email', 'signers[].name', 'name', 'template_id', 'prefill_tags', 'external_id'];

  test('every field is sent, kept or refused, and none is forgotten', () => {
    const { fields } = ironclad.creation;
    expect(Object.keys(fields).sort()).toEqual([...creationFields].sort());
    expect(creationFields.filter((field) => fields[field].kind === 'sent').sort()).toEqual([...sent].sort());
    expect(creationFields.filter((field) => fields[field].kind === 'kept')).toEqual(['signers[].role']);
  });

  test('a template and a signer with an address are enough', () => {
    expect(refusedOf(ironclad, {})).toEqual([]);
    expect(refusedOf(ironclad, { signers: [{ email: signer.email, name: null }] })).toEqual([]);
  });

  test.each([
    ['no template', { template_id: null }, ['template_id']],
    ['a signer without an address', { signers: [{ name: 'Lee' }] }, ['signers.0.email']],
    ['an approver', { signers: [{ ...signer, role: 'approver' }] }, ['signers.0.role']],
    ['two signers', { signers: [signer, signer] }, ['signers']],
    ['a name without an attribute for it', { name: 'NDA' }, ['name']],
    ['an external id without one', { external_id: 'case-1' }, ['external_id']],
    ['a tag without a value', { prefill_tags: [{ document_tag_id: 'a' }] }, ['prefill_tags.0']],
    [
      'a tag with two values',
      { prefill_tags: [{ document_tag_id: 'a', text_value: 'x', checkbox_value: true }] },
      ['prefill_tags.0'],
    ],
    [
      'a tag twice',
      {
        prefill_tags: [
          { document_tag_id: 'a', text_value: 'x' },
          { document_tag_id: 'a', text_value: 'y' },
        ],
      },
      ['prefill_tags.1.document_tag_id'],
    ],
    [
      'a tag over the signer',
      { prefill_tags: [{ document_tag_id: 'counterpartySignerEmail', text_value: 'eve@x.example' }] },
      ['prefill_tags.0.document_tag_id'],
    ],
    [
      'a file, which comes from the template',
      { source_files: [{ url: 'https://files.example/nda.pdf' }] },
      ['source_files', 'source_files.0.url'],
    ],
    ['what there is nothing for', { days_valid: 7, email_subject: 'Hi' }, ['email_subject', 'days_valid']],
  ])('%s is refused by name', (_, over, fields) => {
    expect(refusedOf(ironclad, over)).toEqual(fields);
  });

  test('with the attributes named, a name and an external id go, and no tag may take their place', () => {
    const options = { name_attribute: 'title', external_id_attribute: 'caseId' };
    expect(refusedOf(ironclad, { name: 'NDA', external_id: 'case-1' }, options)).toEqual([]);
    const prefill_tags = [{ document_tag_id: 'caseId', text_value: 'x' }];
    // Ours would stand there.
    expect(refusedOf(ironclad, { prefill_tags }, options)).toEqual(['prefill_tags.0.document_tag_id']);
    const both = { name_attribute: 'title', external_id_attribute: 'title' };
    expect(refusedOf(ironclad, { name: 'NDA' }, both)).toEqual(['external_id']);
  });

  test.each(['__proto__', '', 'a b', 'a#b', 'a/b'])('%j is no attribute for an option', (name) => {
    for (const option of ['signer_name_attribute', 'external_id_attribute']) {
      expect(ironclad.options.safeParse({ [option]: name }).success).toBe(false);
    }
  });
});

describe('the create call', () => {
  test('is a template with attributes, the signer in the usual ones', () => {
    expect(ironclad.create.request(targetOf(), connection())).toEqual({
      method: 'POST',
      url: `${baseUrl}/workflows`,
      headers: {
        accept: 'application/json',
        authorization: 'Bearer token-1',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        template: 'nda-1',
        attributes: { counterpartySignerName: signer.name, counterpartySignerEmail: signer.email },
      }),
    });
  });
  test('fills the attributes that the account names, and the tags', () => {
    const options = {
      signer_name_attribute: 'clientName',
      signer_email_attribute: 'clientMail',
      name_attribute: 'title',
      external_id_attribute: 'caseId',
    };
    const prefill_tags = [
      { document_tag_id: 'country', text_value: '' },
      { document_tag_id: 'mutual', checkbox_value: false },
      { document_tag_id: 'start', date_value: '2026-12-01' },
      { document_tag_id: '__proto__', text_value: 'own' },
    ];
    expect(bodyOf({ name: 'NDA', external_id: 'case-1', prefill_tags }, options)).toEqual({
      template: 'nda-1',
      attributes: {
        clientName: signer.name,
        clientMail: signer.email,
        title: 'NDA',
        caseId: 'case-1',
        country: '',
        mutual: false,
        start: '2026-12-01',
        ['__proto__']: 'own',
      },
    });
  });
  test('has our id where the client has none', () => {
    expect(bodyOf({}, { external_id_attribute: 'caseId' })).toMatchObject({ attributes: { caseId: ours } });
  });
  test('names the user as the creator, which legacy tokens need', () => {
    const credentials = { access_token: 't', as_user_email: 'bot@acme.example' };
    expect(bodyOf({}, {}, credentials)).toMatchObject({
      creator: { type: 'email', email: 'bot@acme.example' },
    });
  });
});

describe('the answer to it', () => {
  const classify = (status: number, body: string | object | null, headers = {}) =>
    ironclad.create.classify(answer(status, body, headers), targetOf());

  test.each([
    ['active', 'sent'],
    ['paused', 'sent'],
    ['completed', 'signed'],
    ['cancelled', 'unknown'],
    ['invented', 'unknown'],
    [undefined, 'unknown'],
  ])('a workflow that is %s was created', (status, meaning) => {
    expect(classify(200, workflow({ status, isCancelled: false }))).toEqual({
      kind: 'created',
      providerRequestId: id,
      status: meaning,
      details: { name: 'NDA with Northwind' },
    });
  });
  test.each([
    [200, ''],
    [200, null],
    [200, '<html></html>'],
    [200, workflow({ id: undefined })],
    [200, workflow({ id: 'IC-41' })],
    [200, workflow({ id: '../x' })],
    [204, ''],
    [302, ''],
    [400, '<html></html>'],
    [404, ''],
    [408, ''],
    [409, problem('CONFLICT')],
    [500, problem('SERVER_ERROR')],
    [502, problem('BAD_GATEWAY')],
    [503, '<html></html>'],
    [504, ''],
  ])('%i %j may hide one', (status, body) => {
    expect(classify(status, body)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
  });
  test.each([
    [400, problem('MISSING_PARAM', 'x', 'counterpartySignerTitle'), 'MISSING_PARAM counterpartySignerTitle'],
    [400, problem('INVALID_PARAM', 'x', 'lee@northwind.example'), 'INVALID_PARAM'],
    [400, problem('INVALID_STATE'), 'INVALID_STATE'],
    [404, problem('NOT_FOUND'), 'NOT_FOUND'],
    [422, problem('INVALID_PARAM'), 'INVALID_PARAM'],
  ])('%i %j: none was made, now or later', (status, body, words) => {
    expect(classify(status, body)).toEqual({
      kind: 'invalid',
      error: {
        type: 'refused',
        detail: `The provider answered ${status} ${words}.`,
        providerStatus: status,
      },
    });
  });
  test.each([
    [401, 'refused', 'unauthorized', true],
    [403, 'refused', 'forbidden', false],
    [405, 'refused', 'refused', false],
    [429, 'try_again', 'rate-limited', true],
  ])('%i: %s', (status, kind, type, pausesAccount) => {
    expect(classify(status, problem('FORBIDDEN'))).toMatchObject({ kind, error: { type }, pausesAccount });
  });
  test('whatever it is, nothing is thrown, and only Ironclad’s own refusal is final', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        const { kind } = classify(status, body);
        expect(['created', 'invalid']).not.toContain(kind);
      }),
    );
  });
});
