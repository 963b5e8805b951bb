import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import type { Received } from '../../../shared/providers/provider.ts';
import { id, now } from './answers.ts';

const key = 'the-api-key';
const seconds = (ms: number) => String(Math.floor(ms / 1_000));
const hash = (apiKey: string, time: string, type: string) =>
  createHmac('sha256', apiKey)
    .update(time + type)
    .digest('hex');

const callback = (type: string, over: { time?: string; hash?: string; id?: unknown } = {}) => {
  const time = over.time ?? seconds(now);
  return JSON.stringify({
    event: { event_type: type, event_time: time, event_hash: over.hash ?? hash(key, time, type) },
    signature_request: { signature_request_id: 'id' in over ? over.id : id, is_complete: false },
  });
};
const multipart = (json: string, boundary = 'X') =>
  `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--${boundary}--\r\n`;
const receive = (
  body: string | Buffer,
  contentType: string | undefined = 'multipart/form-data; boundary=X',
  keys: readonly unknown[] = [{ api_key: key }],
): Received =>
  dropboxSign.webhook.receive(
    { body: Buffer.from(body), headers: { 'content-type': contentType }, receivedAt: now },
    keys,
    null,
  );
const notices = (json: string) => receive(multipart(json));
const notice = (claim: object | null, trust: 'proof' | 'hint') => ({
  kind: 'notices',
  notices: [{ providerRequestId: id, claim, trust }],
});
const refused = { kind: 'refused' };

describe('the published hash vectors', () => {
  const fixtureKey = '324e3b0840f065eb51f3fd63231d0d33daa35d4ed10d27718839e81737065782';
  const vectors = [
    ['signature_request_sent', '08d45a6b7677492b78be030cef18cfeaece8fe67e163cc8e526ee638ad483756'],
    ['account_confirmed', '6dc5b7aad93cf54915e0089d6c31d61b3833f66f51459171c69f8fa211308848'],
    ['unknown_error', 'c574f5d3090c2936360b4e36cf6835cf3e2206b84fdc6347e6b28ca721ae1371'],
    ['signature_request_canceled', 'b25ac8789a1c830032dbefb507d6c6f8a69e6470c0f14fe986af48642f7551b7'],
  ] as const;
  const received = (type: string, given: string) =>
    receive(multipart(callback(type, { time: '1348177752', hash: given })), undefined, [
      { api_key: fixtureKey },
    ]).kind;

  test.each(vectors)('%s verifies, and with any one bit flipped it does not', (type, vector) => {
    expect(received(type, vector)).toBe('notices');
    for (let bit = 0; bit < vector.length * 8; bit += 1) {
      const bytes = Buffer.from(vector);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(received(type, bytes.toString('latin1'))).toBe('refused');
    }
  });
});

describe('what an event says', () => {
  test('a timely cancellation is proof', () => {
    expect(notices(callback('signature_request_canceled'))).toEqual(
      notice({ status: 'cancelled', ref: null }, 'proof'),
    );
  });
  test.each([
    ['71 hours old', -71 * 3_600_000, 'proof'],
    ['73 hours old', -73 * 3_600_000, 'hint'],
    ['9 minutes ahead', 9 * 60_000, 'proof'],
    ['11 minutes ahead', 11 * 60_000, 'hint'],
  ] as const)('one %s, by %i ms, is a %s', (_, offset, trust) => {
    const time = seconds(now + offset);
    expect(notices(callback('signature_request_canceled', { time }))).toMatchObject(
      notice({ status: 'cancelled', ref: null }, trust),
    );
  });
  test.each([
    ['signature_request_all_signed', 'signed'],
    ['signature_request_declined', 'declined'],
    ['signature_request_expired', 'expired'],
    ['signature_request_destroyed', 'destroyed'],
  ])('%s is a hint that it is %s', (type, status) => {
    expect(notices(callback(type))).toEqual(notice({ status, ref: null }, 'hint'));
  });

  test('of an end is no more than a reason to look when it is old: it may be sent again for another request', () => {
    const time = (ageMs: number) => String(Math.floor((now - ageMs) / 1_000));
    const allSigned = (ageMs: number) =>
      notices(callback('signature_request_all_signed', { time: time(ageMs) }));
    expect(allSigned(71 * 3_600_000)).toEqual(notice({ status: 'signed', ref: null }, 'hint'));
    expect(allSigned(73 * 3_600_000)).toEqual(notice(null, 'hint'));
  });
  test.each([
    'sent',
    'viewed',
    'signed',
    'invalid',
    'remind',
    'reassigned',
    'signer_removed',
    'email_bounce',
  ])('signature_request_%s is a reason to look', (type) => {
    expect(notices(callback(`signature_request_${type}`))).toEqual(notice(null, 'hint'));
  });
  test.each(['callback_test', 'account_confirmed', 'signature_request_downloadable', 'invented_tomorrow'])(
    '%s is acknowledged and says nothing',
    (type) => {
      expect(notices(callback(type))).toEqual({ kind: 'notices', notices: [] });
    },
  );
  test.each(['../../x', '', 'a/b', null, 7, 'x'.repeat(200)])('the id %j leads nowhere', (unsafe) => {
    const received = notices(callback('signature_request_canceled', { id: unsafe }));
    expect(received.kind === 'refused' || received.notices.length === 0).toBe(true);
  });
});

describe('who may send one', () => {
  const json = callback('signature_request_canceled');
  test('any key that is current or not yet retired', () => {
    expect(receive(multipart(json), undefined, [{ api_key: 'new' }, { api_key: key }]).kind).toBe('notices');
  });
  test('nobody else: wrong key, no key, credentials that no longer fit', () => {
    for (const keys of [[{ api_key: 'other' }], [], [{ token: key }, null]]) {
      expect(receive(multipart(json), undefined, keys)).toEqual(refused);
    }
  });
  test('a changed type or time breaks the hash', () => {
    const time = seconds(now);
    const taken = hash(key, time, 'signature_request_viewed');
    expect(notices(callback('signature_request_canceled', { hash: taken }))).toEqual(refused);
    expect(
      notices(callback('signature_request_viewed', { hash: taken, time: seconds(now + 1_000) })),
    ).toEqual(refused);
    expect(notices(callback('signature_request_canceled', { hash: '' }))).toEqual(refused);
  });
});

describe('how it arrives', () => {
  const json = callback('signature_request_canceled');
  test.each([
    ['quoted boundary', multipart(json, 'a b'), 'multipart/form-data; boundary="a b"'],
    ['JSON', json, 'application/json; charset=utf-8'],
    ['URL-encoded', `a=1&json=${encodeURIComponent(json)}`, 'application/x-www-form-urlencoded'],
  ])('%s', (_, body, type) => {
    expect(receive(body, type).kind).toBe('notices');
  });
  test.each([
    ['no content type', multipart(json), undefined],
    ['another type', json, 'text/plain'],
    ['no boundary', multipart(json), 'multipart/form-data'],
    ['another boundary', multipart(json), 'multipart/form-data; boundary=Y'],
    ['no JSON', multipart('{'), 'multipart/form-data; boundary=X'],
    ['bad escapes', 'json=%E0%A4%A', 'application/x-www-form-urlencoded'],
    ['nothing', '', 'multipart/form-data; boundary=X'],
  ])('%s is refused', (_, body, type) => {
    expect(receive(body, type ?? '')).toEqual(refused);
  });
  test('any bytes of any type are refused without a throw', () => {
    const types = [
      'multipart/form-data; boundary=X',
      'application/json',
      'application/x-www-form-urlencoded',
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.constantFrom(...types), (bytes, type) => {
        expect(receive(Buffer.from(bytes), type)).toEqual(refused);
      }),
    );
  });
  test('any JSON in the right place is refused without a throw', () => {
    fc.assert(
      fc.property(fc.json(), (anything) => {
        expect(notices(anything)).toEqual(refused);
      }),
    );
  });
  test('a time that is none is refused with a hash over it too', () => {
    for (const time of ['x1348177752', '1348177752x', '', '1'.repeat(13)]) {
      expect(receive(multipart(callback('signature_request_canceled', { time })))).toEqual(refused);
    }
  });
  test('JSON is JSON only where its type says so', () => {
    const json = callback('signature_request_canceled');
    expect(receive(json, 'application/json').kind).toBe('notices');
    expect(receive(json, 'Application/JSON; charset=utf-8').kind).toBe('notices');
    for (const type of ['text/application/json', 'application/jsonx', 'text/plain']) {
      expect(receive(json, type)).toEqual(refused);
    }
    const untyped = { body: Buffer.from(json), headers: {}, receivedAt: now };
    expect(dropboxSign.webhook.receive(untyped, [{ api_key: key }], null)).toEqual(refused);
  });
  test('an event without a request says nothing', () => {
    const { event } = JSON.parse(callback('signature_request_canceled'));
    for (const rest of [{}, { signature_request: null }, { signature_request: {} }]) {
      expect(notices(JSON.stringify({ event, ...rest }))).toEqual({ kind: 'notices', notices: [] });
    }
  });
  test.each([
    ['72 hours old', -72 * 3_600, 'proof'],
    ['older', -72 * 3_600 - 1, 'hint'],
    ['10 minutes ahead', 600, 'proof'],
    ['further ahead', 601, 'hint'],
  ] as const)('a cancellation that is %s, by %i s, is %s', (_, offset, trust) => {
    const time = seconds(now + offset * 1_000);
    expect(notices(callback('signature_request_canceled', { time }))).toEqual(
      notice({ status: 'cancelled', ref: null }, trust),
    );
  });
  test('the acknowledgement is exact', () => {
    expect(dropboxSign.webhook.acknowledgement).toEqual({
      contentType: 'text/plain',
      body: 'Hello API Event Received',
    });
  });
});
