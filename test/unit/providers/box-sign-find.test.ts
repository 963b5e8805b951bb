/** Finding again what may have been created, following it, and reminding its signers. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import type { FindSide, RemindSide } from '../../../shared/providers/creation.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';
import { boxError, connection, ourId, target } from './box-sign-creation.ts';

const required = <T>(side: T | undefined): T => {
  if (side === undefined) throw new Error('Box Sign has lost a side');
  return side;
};
const anyBody = fc.oneof(fc.constant(null), fc.string(), fc.json());

describe('a look for what may have been created', () => {
  const find: FindSide<unknown, unknown> = required(boxSign.find);
  const request = required(find.request(target(), now, connection) ?? undefined);
  const look = (entries: unknown, over: object = {}, next_marker: unknown = null, from = request) =>
    find.classify(answer(200, { limit: 100, next_marker, entries }), target(over), now, from);
  const entry = (over: object = {}) => ({
    id: 'r-1',
    status: 'sent',
    external_id: ourId,
    created_at: new Date(now).toISOString(),
    ...over,
  });
  const theirs = { external_id: 'env-42' };

  test('reads the list by hundreds', () => {
    expect(request).toEqual({
      method: 'GET',
      url: 'https://api.box.com/2.0/sign_requests?limit=100',
      headers: { accept: 'application/json', authorization: 'Bearer token-1' },
    });
  });
  test('finds it by our id, whatever Box’s clock says, and tells of it', () => {
    const signers = [{ email: 'ann@signer.example', role: 'signer', has_viewed_document: true }];
    const found = { kind: 'found', providerRequestId: 'r-1', status: 'viewed' };
    expect(look([entry({ external_id: null }), entry({ status: 'viewed', signers })])).toEqual({
      ...found,
      details: { signers: [{ email: 'ann@signer.example', role: 'signer', status: 'viewed' }] },
    });
    expect(look([entry({ created_at: '2001-01-01T00:00:00Z', status: 'cancelled' })])).toMatchObject({
      kind: 'found',
      status: 'cancelled',
    });
  });
  test('two with our id were sent twice: a person must know', () => {
    expect(look([entry(), entry({ id: 'r-2' })])).toEqual({
      kind: 'ambiguous',
      detail: 'Box Sign has requests with this external_id: r-1, r-2.',
    });
  });
  test('one with the client’s id may be somebody else’s', () => {
    expect(look([entry(theirs)], theirs)).toMatchObject({
      kind: 'ambiguous',
      detail: expect.stringContaining('r-1'),
    });
    // Our id is not on it then, and a request that has it is another.
    expect(look([entry()], theirs)).toEqual({ kind: 'absent' });
  });
  test.each([
    [-3_600_000, 'absent'],
    [-60_001, 'absent'],
    [-60_000, 'ambiguous'],
    [0, 'ambiguous'],
    [3_600_000, 'ambiguous'],
  ])('one with the client’s id from %i ms after the call is %s', (offset, kind) => {
    const created_at = new Date(now + offset).toISOString();
    expect(look([entry({ ...theirs, created_at })], theirs).kind).toBe(kind);
  });
  test.each([null, undefined, '', 'yesterday'])('a time of %j rules nothing out', (created_at) => {
    expect(look([entry({ ...theirs, created_at })], theirs).kind).toBe('ambiguous');
  });
  test.each([null, '', undefined])('with the marker %j the list ends', (marker) => {
    expect(look([], {}, marker)).toEqual({ kind: 'absent' });
  });
  test('another marker leads on, from the page that told it', () => {
    const next = look([entry({ external_id: 'x' })], {}, 'a b/c&limit=1');
    expect(next).toMatchObject({ kind: 'follow', request: { method: 'GET', headers: request.headers } });
    const url = new URL(next.kind === 'follow' ? next.request.url : '');
    expect([...url.searchParams]).toEqual([
      ['limit', '100'],
      ['marker', 'a b/c&limit=1'],
    ]);
    const last = look([], {}, 'third', { ...request, url: url.href });
    expect(last.kind === 'follow' && new URL(last.request.url).searchParams.getAll('marker')).toEqual([
      'third',
    ]);
  });
  test('what is too long is asked for in smaller pages, from the first, down to one entry', () => {
    const pages = (url: string): string[] => {
      const next = find.classify(answer(200, null), target(), now, { ...request, url });
      if (next.kind !== 'follow') return [next.kind];
      return [new URL(next.request.url).search, ...pages(next.request.url)];
    };
    expect(pages(`${request.url}&marker=m1`)).toEqual(['?limit=20', '?limit=4', '?limit=1', 'unclear']);
    expect(find.classify(answer(503, null), target(), now, request)).toMatchObject({ kind: 'try_again' });
  });
  test.each([
    ['no list', {}],
    ['an entry without an id', [{ status: 'sent' }]],
    ['an entry whose id is none', [entry({ id: '../x' })]],
    ['an entry with another kind of external_id', [entry({ external_id: 7 })]],
    ['an entry that is none', [entry(), null]],
  ])('a page with %s hides what is looked for: nothing is said to be absent', (_, entries) => {
    expect(look(entries)).toMatchObject({ kind: 'unclear', error: { type: 'unexpected-answer' } });
  });
  test('refusals, limits, outages and strange bytes never say absent', () => {
    const other = (status: number, body: string | object | null = '', headers = {}) =>
      find.classify(answer(status, body, headers), target(), now, request);
    expect(other(401)).toMatchObject({ kind: 'refused', pausesAccount: true });
    expect(other(429, '', { 'retry-after': '1' })).toMatchObject({ retryAt: now + 1_000 });
    expect(other(202, '', { 'retry-after': '1' })).toMatchObject({ kind: 'try_again' });
    expect(other(503)).toMatchObject({ kind: 'try_again' });
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), anyBody, (status, body) => {
        expect(['absent', 'found']).not.toContain(other(status, body).kind);
      }),
    );
  });
});

describe('a reminder', () => {
  const remind: RemindSide<unknown, unknown> = required(boxSign.remind);
  const classify = (status: number, body: string | object | null = '', headers = {}) =>
    remind.classify(answer(status, body, headers));
  test('is a POST without a body, for the whole request', () => {
    const request = remind.request({ providerRequestId: id, signer: null }, connection);
    expect(request).toEqual({
      method: 'POST',
      url: `https://api.box.com/2.0/sign_requests/${id}/resend`,
      headers: { accept: 'application/json', authorization: 'Bearer token-1' },
    });
    expect(boxSign.reminders).toEqual({ coolDownMs: 600_000, countsFromSending: true, perSigner: false });
  });
  test('202 has sent it; with Retry-After nobody knows', () => {
    expect(classify(202)).toEqual({ kind: 'reminded' });
    expect(classify(202, '', { 'retry-after': '5' })).toMatchObject({ kind: 'unclear' });
  });
  test.each([
    [400, 'refused'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'refused'],
  ])('%i has sent nothing', (status, type) => {
    expect(classify(status, boxError(status, 'bad_request'))).toEqual({
      kind: 'refused',
      error: { type, detail: `The provider answered ${status} bad_request.`, providerStatus: status },
    });
  });
  test('429 says when', () => {
    expect(classify(429, '', { 'retry-after': '7' })).toMatchObject({
      kind: 'refused',
      error: { type: 'rate-limited' },
      retryAt: now + 7_000,
    });
  });
  test.each([302, 408, 500, 503])('%i may have sent it', (status) => {
    expect(classify(status)).toMatchObject({ kind: 'unclear' });
  });
});

describe('what a read tells of a followed request', () => {
  const { read } = callsOf(boxSign, {
    baseUrl: connection.baseUrl,
    options: {},
    credentials: connection.credentials,
  });
  const told = (over: object, status = 'sent') => {
    const found = read(answer(200, { id, status, ...over }), memory({ followed: true }));
    return 'details' in found ? found.details : null;
  };
  const ann = { email: 'ann@signer.example', role: 'signer', order: 1, signer_decision: null };
  const at = Date.parse('2026-01-15T17:30:00Z') as Instant;

  test('nothing, unless it is followed', () => {
    const whole = answer(200, { id, status: 'sent', name: 'NDA.pdf', signers: [ann] });
    expect(read(whole)).toEqual({ kind: 'status', status: 'sent' });
    expect(read(whole, memory({ followed: true }))).toMatchObject({ details: { name: 'NDA.pdf' } });
  });
  test('a cancelled one tells of its signers too', () => {
    expect(told({ signers: [ann] }, 'cancelled')).toMatchObject({ signers: [{ status: 'awaiting' }] });
  });
  test('each signer by address and role, the sender among them', () => {
    const decided = { type: 'signed', finalized_at: '2026-01-15T09:30:00-08:00', additional_info: null };
    const declined = { type: 'declined', finalized_at: '2026-01-15T17:30:00Z', additional_info: 'No' };
    const signers = [
      { email: 'zoe@sender.example', role: 'final_copy_reader', order: 0, signer_decision: null },
      { ...ann, has_viewed_document: true, signer_decision: decided },
      { ...ann, email: 'bo@signer.example', signer_decision: declined },
      { ...ann, email: 'cy@signer.example', role: 'approver', has_viewed_document: true },
    ];
    expect(told({ signers, auto_expire_at: '2026-01-15T17:30:00Z', external_id: 'env-42' })).toEqual({
      externalId: 'env-42',
      expiresAt: at,
      signers: [
        { email: 'zoe@sender.example', role: 'final_copy_reader', order: 0, status: 'awaiting' },
        { email: 'ann@signer.example', role: 'signer', order: 1, status: 'signed', decidedAt: at },
        {
          email: 'bo@signer.example',
          role: 'signer',
          order: 1,
          status: 'declined',
          decidedAt: at,
          declineReason: 'No',
        },
        { email: 'cy@signer.example', role: 'approver', order: 1, status: 'viewed' },
      ],
    });
  });
  test('our own id is nobody’s external_id', () => {
    expect(told({ external_id: ourId })).toEqual({});
    expect(told({ external_id: 'sr_1' })).toEqual({ externalId: 'sr_1' });
  });
  test.each([
    [{ embed_url: 'https://app.box.com/s/1', iframeable_embed_url: 'https://app.box.com/e/1' }, 's/1'],
    [{ embed_url: null, iframeable_embed_url: 'https://app.box.com/e/1' }, 'e/1'],
  ])('a page of theirs: %j', (pages, end) => {
    expect(told({ signers: [{ ...ann, ...pages }] })?.signers?.[0]?.page).toBe(`https://app.box.com/${end}`);
  });
  test.each(['javascript:alert(1)', 'data:text/html,x', '//x', 'https://', 7])('%j is no page', (url) => {
    expect(told({ signers: [{ ...ann, embed_url: url }] })?.signers?.[0]).not.toHaveProperty('page');
  });
  test('the sender’s page to prepare it is not one to sign on', () => {
    expect(told({ prepare_url: 'https://app.box.com/prepare' }, 'created')).toEqual({
      preparePage: 'https://app.box.com/prepare',
    });
  });
  test.each([
    [{ name: 7, external_id: {}, auto_expire_at: 'soon', signers: 'none' }, {}],
    [{ name: null, external_id: null, auto_expire_at: null, signers: null }, {}],
    [{ name: '', signers: [ann, { role: 'signer' }] }, {}],
    [{ signers: [ann, null] }, {}],
  ])('odd parts %j are left out, and the signers are all of them or none', (odd, details) => {
    expect(told(odd)).toEqual(details);
  });
  test.each([
    [{ role: 'witness', order: -1, has_viewed_document: 'yes', signer_decision: 'signed' }, 'awaiting'],
    [{ has_viewed_document: true, signer_decision: { type: 'pondered' } }, 'viewed'],
    [{ signer_decision: { type: 'signed', finalized_at: 'then', additional_info: 7 } }, 'signed'],
  ])('an odd part of a signer, %j, costs only itself', (odd, status) => {
    expect(told({ signers: [{ ...ann, ...odd }] })?.signers).toMatchObject([{ email: ann.email, status }]);
  });
  test('the status stands whatever else is said', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('name', 'signers', 'auto_expire_at'), fc.jsonValue()),
        (odd) => {
          const found = read(answer(200, { ...odd, id, status: 'sent' }), memory({ followed: true }));
          expect(found).toMatchObject({ kind: 'status', status: 'sent' });
        },
      ),
    );
  });
});
