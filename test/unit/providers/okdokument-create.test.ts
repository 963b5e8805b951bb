import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestId } from '../../../shared/domain/ids.ts';
import { creationFields } from '../../../shared/http/contract/creation.ts';
import { okdokument } from '../../../shared/providers/okdokument/provider.ts';
import { uuidOf } from '../../../shared/providers/okdokument/request-id.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';
import { smallest, wanted, withField } from './wanted-fields.ts';

const ourId = 'sr_0123456789abcdef0123456789abcdef' as RequestId;
const theirId = '01234567-89ab-4def-8123-456789abcdef';
const { create, creation, find } = okdokument;
const connection = {
  baseUrl: 'https://api.okdokument.com/JSON',
  credentials: { api_key: 'key-1' },
  options: {},
  accessToken: null,
};
const pdf = Buffer.from('%PDF-1.7\n');
const target = (over: object = {}) => ({
  id: ourId,
  wanted: wanted(over),
  files: [{ name: 'nda.pdf', bytes: pdf }],
  webhookUrl: 'https://rescind.example/webhooks/token',
  idempotencyKey: 'once',
  now,
});
const sent = (over: object = {}): unknown =>
  JSON.parse(create.request(target(over), connection).body ?? 'null');
const errorsOf = (over: object) => refusedFields(okdokument, wanted(over), {});
const [ann] = smallest.signers;
const anyBody = fc.oneof(fc.constant(null), fc.string(), fc.json());

describe('each field of the body', () => {
  test.each(creationFields)('%s is sent, kept, or refused by its name', (field) => {
    const { body, value, place } = withField(field);
    const errors = refusedFields(okdokument, body, {});
    const { kind } = creation.fields[field];
    const text = create.request({ ...target(), wanted: body }, connection).body ?? '';
    if (kind === 'refused') expect(errors.map((error) => error.field)).toContain(place);
    else if (field === 'signers[].role') expect(errors).toMatchObject([{ field: place }]);
    else expect(errors).toEqual([]);
    // Nothing of a signer reaches the provider; a file by its URL is fetched, a number takes another form.
    if (typeof value !== 'string') return;
    if (kind !== 'sent') expect(text).not.toContain(JSON.stringify(value));
    else if (!field.startsWith('source_files')) expect(text).toContain(value);
  });

  test.each([
    ['no file', { source_files: null }, 'source_files'],
    ['two files', { source_files: [{ id: 'a' }, { id: 'b' }] }, 'source_files'],
    ['two signers', { signers: [ann, ann] }, 'signers'],
    ['an approver', { signers: [{ ...ann, role: 'approver' }] }, 'signers.0.role'],
    ['a version of a file', { source_files: [{ id: 'a', etag: '1' }] }, 'source_files.0.etag'],
    [
      'two names for one file',
      { name: 'NDA', source_files: [{ url: 'https://x.example/a.pdf', name: 'a.pdf' }] },
      'source_files.0.name',
    ],
    ['no time at all', { days_valid: 0 }, 'days_valid'],
  ])('%s is refused by its name', (_, over, field) => {
    expect(errorsOf(over)).toEqual([{ field, message: expect.any(String) }]);
  });
  test('a signer without name and address can be sent a link all the same', () => {
    expect(errorsOf({ signers: [{}], days_valid: 730 })).toEqual([]);
  });
});

describe('what is sent', () => {
  test('a new document, under our id as a UUID', () => {
    expect(create.request(target(), connection)).toMatchObject({
      method: 'POST',
      url: 'https://api.okdokument.com/JSON/signatureRequest',
      headers: { 'x-api-key': 'key-1', 'content-type': 'application/json' },
    });
    expect(sent()).toEqual({
      signatureRequestId: theirId,
      sendInfoURL: 'https://rescind.example/webhooks/token',
      filedata: { content: pdf.toString('base64'), filename: 'nda.pdf', state: 'tosign' },
    });
  });
  test('a document that is there', () => {
    expect(sent({ source_files: [{ id: 'y7Ki_u1mr-1' }], name: 'NDA' })).toEqual({
      signatureRequestId: theirId,
      sendInfoURL: 'https://rescind.example/webhooks/token',
      id: 'y7Ki_u1mr-1',
      changeState: 'tosign',
    });
  });
  test('where the signer goes afterwards, and until when', () => {
    expect(sent({ redirect_url: 'https://client.example/done', days_valid: 2 })).toMatchObject({
      resulturl: 'https://client.example/done',
      expirationTime: String(now + 2 * 86_400_000),
    });
  });
  test.each([
    ['NDA', 'NDA.pdf'],
    ['NDA.PDF', 'NDA.PDF'],
    ['v1.2', 'v1.2.pdf'],
    [null, 'nda.pdf'],
  ])('the name %j is the file name %s', (name, filename) => {
    expect(sent({ name })).toMatchObject({ filedata: { filename } });
  });
  test('ids are UUIDs of version 4, and as different as ours', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const hex = fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(hex, (digits) => {
        const ours = `sr_${digits.join('')}` as RequestId;
        const theirs = uuidOf(ours);
        expect(theirs).toMatch(uuid);
        expect(theirs.replaceAll('-', '').slice(0, 12)).toBe(digits.slice(0, 12).join(''));
        expect(theirs.slice(-12)).toBe(digits.slice(-12).join(''));
      }),
    );
  });
});

describe('the answer to a creation', () => {
  const classify = (status: number, body: string | object | null = '', over: object = {}) =>
    create.classify(answer(status, body), target(over));
  const url = `https://api.okdokument.com/openDocument/${theirId}`;
  const made = { message: 'msg.signature.request.id.created', result: theirId, url };
  const unclear = { kind: 'unclear', mayHaveActed: true };

  test.each([
    ['as documented', { ...made, documentId: 'd' }],
    ['as the connector has it', { ...made, code: 'SUCCESS', statusCode: 200, success: true }],
    ['with another word', { ...made, message: 'msg.created' }],
  ])('200 %s is sent, and tells the page to sign on', (_, body) => {
    expect(classify(200, body)).toEqual({
      kind: 'created',
      providerRequestId: theirId,
      status: 'sent',
      details: { page: url },
    });
  });
  test('it expires as was asked for; a page that is none is left out', () => {
    expect(classify(200, { ...made, url: 'javascript:x' }, { days_valid: 1 })).toMatchObject({
      kind: 'created',
      details: { expiresAt: now + 86_400_000 },
    });
    expect(classify(200, { ...made, url: 7 })).toMatchObject({ kind: 'created', details: {} });
  });
  test.each([
    ['too large', null],
    ['empty', ''],
    ['HTML', '<html></html>'],
    ['about another id', { ...made, result: 'other' }],
    ['about none', { message: 'msg.created' }],
    ['an error after all', { ...made, message: 'err.something' }],
    ['a failure after all', { ...made, success: false }],
  ])('200 with a body that is %s may have created it', (_, body) => {
    expect(classify(200, body)).toMatchObject(unclear);
  });
  test('409 leaves it to a look, whatever it is about', () => {
    for (const body of [
      '',
      { message: 'err.signature.request.exist', value: theirId },
      { message: 'err.x' },
    ]) {
      expect(classify(409, body)).toMatchObject(unclear);
    }
  });
  test.each([400, 404])('%i in the provider’s form is its last word, in any other nothing', (status) => {
    expect(classify(status, { message: 'err.document.not.exist', value: 'secret' })).toEqual({
      kind: 'invalid',
      error: {
        type: 'refused',
        detail: `The provider answered ${status} err.document.not.exist.`,
        providerStatus: status,
      },
    });
    for (const body of ['', null, '<html></html>']) expect(classify(status, body)).toMatchObject(unclear);
  });
  test.each([201, 202, 302, 413, 500, 502, 503])('%i may have created it', (status) => {
    expect(classify(status)).toMatchObject(unclear);
  });
  test('refused credentials and limits did nothing', () => {
    expect(classify(401)).toMatchObject({ kind: 'refused', pausesAccount: true });
    expect(classify(403)).toMatchObject({ kind: 'refused' });
    expect(classify(405)).toMatchObject({ kind: 'refused' });
    expect(classify(429)).toMatchObject({ kind: 'try_again', error: { type: 'rate-limited' } });
  });
  test('any answer is classified without a throw, and only a 200 creates', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), anyBody, (status, text) => {
        const { kind } = classify(status, text);
        if (kind === 'created') expect(status).toBe(200);
        if (kind === 'invalid') expect([400, 404]).toContain(status);
      }),
    );
  });
});

describe('a look for a request whose creation was not answered', () => {
  if (find === undefined) throw new Error('OKdokument can be asked by id');
  const request = find.request(target(), now, connection);
  if (request === null) throw new Error('it can always be looked for');
  const classify = (status: number, body: string | object | null = '') =>
    find.classify(answer(status, body), target(), now, request);

  test('asks for the signer’s link, and believes it once a call under way must have ended', () => {
    expect(request).toMatchObject({
      method: 'GET',
      url: `https://api.okdokument.com/JSON/openDocument/${theirId}`,
      headers: { 'x-api-key': 'key-1' },
    });
    expect(find.settledAfterMs).toBe(120_000);
  });
  test('302 is there, and the link is the page', () => {
    expect(classify(302)).toEqual({
      kind: 'found',
      providerRequestId: theirId,
      status: 'sent',
      details: { page: request.url },
    });
  });
  test('400 is not there, unless it is about something else', () => {
    const notExist = { message: 'err.signature.request.not.exist', value: theirId };
    for (const body of ['', ' \n', notExist, { message: notExist.message }])
      expect(classify(400, body)).toEqual({ kind: 'absent' });
    expect(classify(400, { ...notExist, value: 'other' })).toMatchObject({ kind: 'unclear' });
    expect(classify(400, { message: 'err.apikey.invalid' })).toMatchObject({ kind: 'unclear' });
  });
  test('a 400 of somebody else’s hides what is there: nothing is said to be absent', () => {
    for (const body of ['<html></html>', 'Bad Request', '{}', '[]', { error: 'Bad Request' }, null])
      expect(classify(400, body)).toMatchObject({ kind: 'unclear', error: { type: 'unexpected-answer' } });
  });
  test('everything else says nothing', () => {
    for (const status of [200, 301, 404, 410]) expect(classify(status)).toMatchObject({ kind: 'unclear' });
    expect(classify(401)).toMatchObject({ kind: 'refused' });
    expect(classify(503)).toMatchObject({ kind: 'try_again' });
  });
  test('any answer is classified without a throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), anyBody, (status, text) => {
        const { kind } = classify(status, text);
        if (kind === 'found') expect(status).toBe(302);
        if (kind === 'absent') expect(status).toBe(400);
      }),
    );
  });
});

describe('what a read tells of the signer', () => {
  const { read } = callsOf(okdokument, { baseUrl: connection.baseUrl, options: {} });
  const claimed = (followed: boolean) =>
    memory({ followed, existed: true, claim: { status: 'signed', ref: 'document-1' } });
  test.each([
    ['signed', 'signed'],
    ['canceled', 'declined'],
  ])('the document is %s: the one signer has %s', (state, status) => {
    expect(read(answer(200, { state }), claimed(true))).toEqual({
      kind: 'status',
      status,
      details: { signers: [{ status }] },
    });
    expect(read(answer(200, { state }), claimed(false))).toEqual({ kind: 'status', status });
  });
  test('the link of one that was made elsewhere is the page to sign on, as a look would tell it', () => {
    const page = `${connection.baseUrl}/openDocument/${id}`;
    const sent = { kind: 'status', status: 'sent' };
    expect(read(answer(302), memory({ followed: true }))).toEqual({ ...sent, details: { page } });
    expect(read(answer(302), memory())).toEqual(sent);
  });
  test('the link tells nothing of the signer, and does not replace the page that is known', () => {
    const known = memory({ followed: true, existed: true });
    expect(read(answer(302), known)).toEqual({ kind: 'status', status: 'sent' });
  });
  test('there are no reminders', () => {
    expect([okdokument.remind, okdokument.reminders]).toEqual([undefined, undefined]);
  });
});
