import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReadAnswer } from '../../../shared/domain/answers.ts';
import type { ProviderRequestId } from '../../../shared/domain/ids.ts';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { answer, id, memory } from './answers.ts';
import { baseUrl, problem, workflow, workflowUrl } from './ironclad-requests.ts';
import { ours } from './workflow-wishes.ts';

const followed = memory({ followed: true });
const options = { external_id_attribute: 'caseId' };
const app = { client_id: 'app', client_secret: 's', as_user_email: 'bot@acme.example' };

const requestOf = (over: {
  readonly options?: object;
  readonly credentials?: object;
  readonly of?: string;
  readonly known?: typeof followed;
  readonly scope?: 'signature_packet';
}) =>
  ironclad.read.request(
    {
      providerRequestId: (over.of ?? id) as ProviderRequestId,
      scope: over.scope ?? 'workflow',
      reason: null,
      remoteData: null,
      idempotencyKey: 'once',
    },
    {
      baseUrl,
      options: over.options ?? options,
      credentials: over.credentials ?? { access_token: 't' },
      accessToken: null,
    },
    over.known ?? followed,
  );

const request = requestOf({});
const read = (body: object | string, asked = request, known = followed) =>
  ironclad.read.classify(answer(200, body), known, asked);
const active = (over: object = {}) =>
  workflow({ status: 'active', isCancelled: false, step: 'Review', ...over });

describe('what a followed workflow tells', () => {
  test('its title, and the external id that the client gave it', () => {
    expect(read(active({ attributes: { caseId: 'case-1' } }))).toEqual({
      kind: 'status',
      status: 'sent',
      details: { name: 'NDA with Northwind', externalId: 'case-1' },
    });
    expect(read(workflow())).toMatchObject({ kind: 'proof', details: { name: 'NDA with Northwind' } });
  });
  test('our own id is none', () => {
    expect(read(active({ attributes: { caseId: ours } }))).toMatchObject({
      details: { name: 'NDA with Northwind' },
    });
    expect(JSON.stringify(read(active({ attributes: { caseId: ours } })))).not.toContain(ours);
  });
  test('nothing where it is not followed, or the option is not set', () => {
    const plain = requestOf({ known: memory() });
    expect(plain.url).toBe(workflowUrl);
    expect(read(active(), plain, memory())).toEqual({ kind: 'status', status: 'sent' });
    const without = requestOf({ options: {} });
    expect(read(active({ attributes: { caseId: 'case-1' } }), without)).toMatchObject({
      details: { name: 'NDA with Northwind' },
    });
  });
  test.each([
    { title: 7, attributes: 'x' },
    { title: '', attributes: { caseId: 7 } },
    { title: null, attributes: null },
    { title: 'x'.repeat(300), attributes: [] },
  ])('%j tells nothing, and the status stands', (over) => {
    expect(read(active(over))).toEqual({ kind: 'status', status: 'sent' });
  });
  test('notes stay here: what is sent is the plain path', () => {
    const { pathname, search } = new URL(request.url);
    expect(`${pathname}${search}`).toBe(new URL(workflowUrl).pathname);
  });
});

describe('who signs', () => {
  const inSign = active({ step: 'Sign' });
  const known: ReadAnswer = { kind: 'status', status: 'sent', details: { name: 'NDA with Northwind' } };
  const lee = { name: 'Lee Wong', email: 'lee@northwind.example', roleName: 'Counterparty Signer' };
  const told = (status: number, body: object | string) =>
    ironclad.read.classify(answer(status, body), followed, { ...request, url: 'x' }, known);
  const signersOf = (signers: readonly unknown[]) => {
    const answered = told(200, { signers, status: 'sent' });
    return 'details' in answered ? answered.details?.signers : undefined;
  };

  test.each([
    [{ access_token: 't' }, 'sign-status'],
    [app, 'signatures'],
  ])('%j: one more call in the Sign step, to where such a token may read', (credentials, path) => {
    const asked = requestOf({ credentials });
    expect(read(inSign, asked)).toEqual({
      kind: 'follow',
      request: { ...asked, url: `${workflowUrl}/${path}` },
      known,
    });
  });
  test.each([
    active(),
    active({ step: 'Archive' }),
    workflow({ step: 'Sign' }),
    workflow({ status: 'completed' }),
  ])('none elsewhere', (body) => {
    expect(read(body).kind).not.toBe('follow');
  });

  test('each with role, order and status', () => {
    const statuses = ['pending', 'sent', 'viewed', 'signed', 'declined', 'invented'];
    expect(signersOf(statuses.map((status, routingOrder) => ({ ...lee, status, routingOrder })))).toEqual(
      ['awaiting', 'awaiting', 'viewed', 'signed', 'declined', 'awaiting'].map((status, order) => ({
        ref: lee.roleName,
        name: lee.name,
        email: lee.email,
        order,
        status,
      })),
    );
  });
  test('they come beside what the workflow told', () => {
    const signers = [{ ref: lee.roleName, name: lee.name, email: lee.email, status: 'viewed' }];
    expect(told(200, { signers: [{ ...lee, status: 'viewed' }] })).toEqual({
      ...known,
      details: { name: 'NDA with Northwind', signers },
    });
  });
  test('the other list says the same a level deeper', () => {
    expect(signersOf([{ ...lee, signatureStatus: { status: 'viewed' } }])).toEqual([
      { ref: lee.roleName, name: lee.name, email: lee.email, status: 'viewed' },
    ]);
  });
  test.each([
    [{ ...lee, routingOrder: -1, isWetSigned: true, status: 'signed' }, { status: 'signed' }],
    [{ status: 'viewed', email: 'lee', name: '', roleName: null }, { status: 'viewed' }],
    [{ roleName: '..', status: 7 }, { status: 'awaiting' }],
    [{ roleName: 'a/../b', signatureStatus: 'x' }, { status: 'awaiting' }],
  ])('%j: what does not fit is left out', (signer, meaning) => {
    const { ref: _, name: __, email: ___, ...rest } = signersOf([signer])?.[0] ?? { status: 'none' };
    expect(rest).toEqual(meaning);
  });
  test('a role that could lead elsewhere is no ref', () => {
    expect(signersOf([{ ...lee, roleName: '../x' }])?.[0]).not.toHaveProperty('ref');
  });
  test('all of them or none', () => {
    expect(signersOf([lee, 'x'])).toBeUndefined();
    expect(signersOf([lee, null])).toBeUndefined();
  });
  test.each([
    [403, problem('FORBIDDEN')],
    [400, problem('INVALID_STATE')],
    [401, problem('UNAUTHORIZED')],
    [404, ''],
    [429, ''],
    [500, ''],
    [200, '<html></html>'],
    [200, '{}'],
  ])('%i %j: what was known stands', (status, body) => {
    expect(told(status, body)).toEqual(known);
  });
  test('of a packet its own status tells them at once', () => {
    const asked = requestOf({ scope: 'signature_packet' });
    const body = { signers: [{ ...lee, status: 'viewed' }], status: 'sent' };
    expect(read(body, asked)).toEqual({
      kind: 'status',
      status: 'sent',
      details: {
        signers: [{ ref: lee.roleName, name: lee.name, email: lee.email, status: 'viewed' }],
      },
    });
    expect(read(body, asked, memory())).toEqual({ kind: 'status', status: 'sent' });
    // Also of one that is not out, which is no reason to forget who would sign it.
    expect(read({ ...body, status: 'not_sent' }, asked)).toMatchObject({
      kind: 'ended',
      details: { signers: [{ ref: lee.roleName }] },
    });
  });
});

describe('by its number', () => {
  const asked = requestOf({ of: 'IC-41' });

  test('the import takes it, a cancel does not', () => {
    expect(ironclad.importIds?.pattern.test('IC-41')).toBe(true);
    for (const no of ['IC-', 'ic-41', 'IC-41/x', 'XIC-41', 'IC-41\n']) {
      expect(ironclad.importIds?.pattern.test(no)).toBe(false);
    }
    expect(ironclad.requestIds?.pattern.test('IC-41')).toBe(false);
  });
  test('the workflow tells its id, whether it is followed or not', () => {
    expect(read(active(), asked)).toMatchObject({ kind: 'status', canonicalId: id });
    const plain = requestOf({ of: 'IC-41', known: memory() });
    expect(read(active(), plain, memory())).toEqual({ kind: 'status', status: 'sent', canonicalId: id });
    expect(read(active({ ironcladId: undefined }), asked)).toMatchObject({ canonicalId: id });
  });
  test('so it does when it is cancelled', () => {
    const gone = active({ status: 'cancelled', isCancelled: true });
    expect(read(gone, asked)).toMatchObject({ kind: 'proof', canonicalId: id });
  });
  test('so it does when its signers are looked for', () => {
    const next = read(active({ step: 'Sign' }), asked);
    expect(next).toMatchObject({ kind: 'follow', known: { canonicalId: id } });
  });
  test.each([{ ironcladId: 'IC-42' }, { id: undefined }, { id: 'IC-41' }, { id: '../x' }])(
    '%j is not the one, or has no id',
    (over) => {
      expect(read(active(over), asked)).toMatchObject({ kind: 'unclear' });
    },
  );
  test('by its id there is no other', () => {
    expect(read(active())).not.toHaveProperty('canonicalId');
  });
});

test('whatever it is, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.json(), (body, attributes) => {
      expect(read(body).kind).not.toBe('proof');
      read(active({ title: attributes, attributes: JSON.parse(attributes), step: 'Sign' }));
    }),
  );
});
