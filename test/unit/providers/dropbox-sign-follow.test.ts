import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant, RequestId } from '../../../shared/domain/ids.ts';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import { answer, callsOf, id, memory, now } from './answers.ts';

const ourId = `sr_${'0123456789abcdef'.repeat(2)}` as RequestId;
const connection = {
  baseUrl: 'https://api.hellosign.com/v3',
  credentials: { api_key: 'key-1' },
  options: {},
  accessToken: null,
};
const error = (name: string) => ({ error: { error_msg: 'May quote anything', error_name: name } });
const anyBody = fc.oneof(fc.constant(null), fc.string(), fc.json());

describe('a reminder', () => {
  const { remind, reminders } = dropboxSign;
  if (remind === undefined) throw new Error('Dropbox Sign reminds');
  const classify = (status: number, body: string | object | null = '', headers = {}) =>
    remind.classify(answer(status, body, headers));

  test('is for one signer, by address and name, once an hour', () => {
    const signer = { ref: 's1', email: 'ann@signer.example', name: 'Ann' };
    expect(remind.request({ providerRequestId: id, signer }, connection)).toMatchObject({
      method: 'POST',
      url: `https://api.hellosign.com/v3/signature_request/remind/${id}`,
      headers: { 'content-type': 'application/json' },
      body: '{"email_address":"ann@signer.example","name":"Ann"}',
    });
    const nameless = { ...signer, name: null };
    expect(remind.request({ providerRequestId: id, signer: nameless }, connection)?.body).toBe(
      '{"email_address":"ann@signer.example"}',
    );
    expect(reminders).toEqual({ coolDownMs: 3_600_000, countsFromSending: false, perSigner: true });
  });
  test.each(['', '{}', null, '<html></html>'])('200 with the body %j was sent', (body) => {
    expect(classify(200, body)).toEqual({ kind: 'reminded' });
  });
  test.each([
    [400, 'invalid_reminder', 'refused'],
    [404, 'not_found', 'not-found'],
    [409, 'conflict', 'refused'],
    [410, 'deleted', 'not-found'],
    [401, 'unauthorized', 'unauthorized'],
    [402, 'payment_required', 'payment-required'],
    [403, 'forbidden', 'forbidden'],
  ])('%i %s was refused', (status, name, type) => {
    expect(classify(status, error(name))).toMatchObject({
      kind: 'refused',
      error: { type, providerStatus: status },
    });
  });
  test('429 says when', () => {
    const headers = { 'x-ratelimit-reset': String(now / 1_000 + 42) };
    expect(classify(429, error('exceeded_rate'), headers)).toMatchObject({
      kind: 'refused',
      error: { type: 'rate-limited' },
      retryAt: now + 42_000,
    });
  });
  test.each([202, 204, 302, 500, 503])('%i is unclear, and so is a 400 of somebody else', (status) => {
    expect(classify(status)).toMatchObject({ kind: 'unclear' });
    expect(classify(400, '<html></html>')).toMatchObject({ kind: 'unclear' });
  });
  test('any answer is classified without a throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), anyBody, (status, text) => {
        if (classify(status, text).kind === 'reminded') expect(status).toBe(200);
      }),
    );
  });
});

describe('what a read tells of the signers', () => {
  const { read } = callsOf(dropboxSign, { baseUrl: connection.baseUrl, options: {} });
  const found = (over: object = {}) =>
    answer(200, { signature_request: { signature_request_id: id, is_complete: false, ...over } });
  const details = (over: object) => {
    const told = read(found(over), memory({ followed: true }));
    return told.kind === 'status' ? told.details : told;
  };
  const signature = (over: object = {}) => ({
    signature_id: 's1',
    signer_email_address: 'ann@signer.example',
    signer_name: 'Ann',
    order: 0,
    status_code: 'awaiting_signature',
    signed_at: null,
    last_viewed_at: null,
    decline_reason: null,
    ...over,
  });
  const at = (seconds: number) => (seconds * 1_000) as Instant;

  test('nothing, unless the request is followed', () => {
    expect(read(found({ title: 'NDA', signatures: [signature()] }))).toEqual({
      kind: 'status',
      status: 'sent',
    });
  });
  test.each([
    ['waiting', {}, { status: 'awaiting' }],
    ['viewed', { last_viewed_at: 5 }, { status: 'viewed', viewedAt: at(5) }],
    [
      'signed',
      { status_code: 'signed', last_viewed_at: 5, signed_at: 6 },
      { status: 'signed', viewedAt: at(5), decidedAt: at(6) },
    ],
    [
      'declined, with the reason',
      { status_code: 'declined', decline_reason: 'Not agreed' },
      { status: 'declined', declineReason: 'Not agreed' },
    ],
    ['expired', { status_code: 'expired', decline_reason: 'x', signed_at: 6 }, { status: 'awaiting' }],
  ])('one who has %s', (_, over, told) => {
    expect(details({ signatures: [signature(over)] })).toEqual({
      signers: [{ ref: 's1', role: 'signer', email: 'ann@signer.example', name: 'Ann', order: 0, ...told }],
    });
  });
  test('its name, its page, its end, and the client’s id but never our own', () => {
    const told = {
      title: 'NDA',
      signing_url: 'https://app.hellosign.com/sign/1',
      expires_at: 1_770_000_000,
      metadata: { external_id: 'case-1' },
    };
    expect(details(told)).toEqual({
      name: 'NDA',
      page: told.signing_url,
      expiresAt: at(1_770_000_000),
      externalId: 'case-1',
    });
    expect(details({ metadata: { external_id: ourId } })).toEqual({});
  });
  test.each([
    ['null everywhere', { title: null, signing_url: null, expires_at: null, metadata: null, signatures: [] }],
    ['other forms', { title: 7, signing_url: 'javascript:x', expires_at: '5', metadata: [] }],
    ['a date beyond all', { expires_at: 1e300 }],
    ['one signature without an id', { signatures: [signature(), signature({ signature_id: undefined })] }],
    ['one signature without a state', { signatures: [signature(), signature({ status_code: null })] }],
  ])('%s: what does not fit is left out, and the status stays', (_, over) => {
    expect(read(found(over), memory({ followed: true }))).toEqual({
      kind: 'status',
      status: 'sent',
      details: {},
    });
  });
  test('odd parts of a signature are left out alone', () => {
    const odd = signature({ signer_name: 7, order: -1, last_viewed_at: 'then', signer_email_address: null });
    expect(details({ signatures: [odd] })).toEqual({
      signers: [{ ref: 's1', role: 'signer', status: 'awaiting' }],
    });
  });
});
