import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import type { Received } from '../../../shared/providers/provider.ts';
import { id, now } from './answers.ts';

const keys = {
  access_token: 't',
  webhook_primary_key: 'PRIMARYKEY0001',
  webhook_secondary_key: 'SECONDARYKEY0002',
};
const at = (offsetMs = 0) => new Date(now + offsetMs).toISOString();
const sign = (key: string, body: string | Buffer, time: string) =>
  createHmac('sha256', key).update(body).update(time).digest('base64');
const signed = (body: string | Buffer, time = at(), key = keys.webhook_primary_key) => ({
  'box-delivery-id': 'd-1',
  'box-delivery-timestamp': time,
  'box-signature-version': '1',
  'box-signature-algorithm': 'HmacSHA256',
  'box-signature-primary': sign(key, body, time),
});
const receive = (
  body: string | Buffer,
  headers: Readonly<Record<string, string | undefined>> = signed(body),
  credentials: readonly unknown[] = [keys],
  receivedAt = now,
): Received => boxSign.webhook.receive({ body: Buffer.from(body), headers, receivedAt }, credentials, null);

const event = (
  trigger: string,
  additional_info: unknown = { sign_request_id: id, signer_emails: [], external_id: null },
) =>
  JSON.stringify({
    type: 'webhook_event',
    id: 'e-1',
    trigger,
    source: { id: '5', type: 'file' },
    additional_info,
  });
const refused = { kind: 'refused' };
const nothing = { kind: 'notices', notices: [] };
const hint = (status: string | null) => ({
  kind: 'notices',
  notices: [{ providerRequestId: id, claim: status === null ? null : { status, ref: null }, trust: 'hint' }],
});

describe('the published signature vectors', () => {
  const official = {
    time: '2020-01-01T00:00:00-07:00',
    primary: 'SamplePrimaryKey',
    secondary: 'SampleSecondaryKey',
  };
  const plain =
    '{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"Test.txt"}}';
  const named = (name: string) =>
    `{"webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"${name}"}}`;
  const vectors = [
    [
      'plain, primary',
      plain,
      official.time,
      official.primary,
      '6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI=',
    ],
    [
      'plain, secondary',
      plain,
      official.time,
      official.secondary,
      'v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo=',
    ],
    [
      'an escaped slash',
      named('\\/'),
      official.time,
      official.primary,
      't41PWT5ZB6OcysnD6SDy9Ud+p9hdXxIdXqcdweyZv/Q=',
    ],
    [
      'an escaped emoji',
      named('\\ud83d\\ude00 2020-08-05.txt'),
      official.time,
      official.primary,
      'xF/SDZosX4le+v4A0Qn59sZhuD1RqY5KRUKzVMSbh0E=',
    ],
    ...(
      [
        ['PRIMARYKEY0001', 'rYeFNDOBz2WxcOSygKqx6rfumT21Tqz1N147+J/1cIA='],
        ['SECONDARYKEY0002', 'noBn/nhzoa3h1F5eIFqsz2jGybAy7XyWKV3Y29he64k='],
      ] as const
    ).map(
      ([key, signature]) =>
        [
          `a Sign event, ${key}`,
          '{"type":"webhook_event","id":"8f2b1c1e-7a1d-4d0b-9c55-1f2e3d4c5b6a","created_at":"2026-01-15T09:30:00-08:00","trigger":"SIGN_REQUEST.DECLINED","webhook":{"id":"900100","type":"webhook"},"created_by":{"type":"user","id":"11111","name":"Zo\\u00eb Sender","login":"zoe@sender.example"},"source":{"id":"555000111","type":"file","name":"NDA \\/ v2.pdf"},"additional_info":{"sign_request_id":"0a1b2c3d-1111-4222-8333-444455556666","signer_emails":["ann@signer.example"],"external_id":"env-42"}}',
          '2026-01-15T09:30:01-08:00',
          key,
          signature,
        ] as const,
    ),
  ] as const;
  const received = (body: string | Buffer, time: string, key: string, signature: string, minutes = 1) =>
    receive(
      body,
      { ...signed('', time), 'box-signature-primary': signature },
      [{ access_token: 't', webhook_primary_key: key }],
      (Date.parse(time) + minutes * 60_000) as Instant,
    ).kind;
  const flipped = (text: string, bit: number): Buffer => {
    const bytes = Buffer.from(text);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return bytes;
  };

  test.each(vectors)(
    '%s verifies, and with any one bit flipped it does not',
    (_, body, time, key, signature) => {
      expect(received(body, time, key, signature)).toBe('notices');
      for (let bit = 0; bit < signature.length * 8; bit += 1) {
        expect(received(body, time, key, flipped(signature, bit).toString('latin1'))).toBe('refused');
      }
      for (let bit = 0; bit < Buffer.byteLength(body) * 8; bit += 1) {
        if (received(flipped(body, bit), time, key, signature) !== 'refused')
          expect.fail(`bit ${bit} of the body`);
      }
    },
  );
  test('the Sign event names its request', () => {
    const [, body = '', time = '', key = '', signature = ''] = vectors[4] ?? [];
    const credentials = [{ access_token: 't', webhook_primary_key: key }];
    const headers = { ...signed('', time), 'box-signature-primary': signature };
    expect(receive(body, headers, credentials, Date.parse(time) as Instant)).toEqual({
      kind: 'notices',
      notices: [
        {
          providerRequestId: '0a1b2c3d-1111-4222-8333-444455556666',
          claim: { status: 'declined', ref: null },
          trust: 'hint',
        },
      ],
    });
  });
});

describe('what an event says', () => {
  test.each([
    ['SIGN_REQUEST.COMPLETED', 'signed'],
    ['SIGN_REQUEST.DECLINED', 'declined'],
    ['SIGN_REQUEST.EXPIRED', 'expired'],
    ['SIGN.REQUEST.COMPLETED', 'signed'],
    ['SIGN_REQUEST.SIGNER_EMAIL_BOUNCED', null],
    ['SIGN_REQUEST.SIGNER_SIGNED', null],
    ['SIGN_REQUEST.SIGN_SIGNER_SIGNED', null],
    ['SIGN_REQUEST.SIGNATURE_REQUESTED', null],
    ['SIGN_REQUEST.SIGN_DOCUMENT_CREATED', null],
    ['SIGN_REQUEST.ERROR_FINALIZING', null],
    ['SIGN_REQUEST.SIGN_ERROR_FINALIZING', null],
    ['SIGN_REQUEST.INVENTED_TOMORROW', null],
  ])('%s is a hint that it is %s', (trigger, status) => {
    expect(receive(event(trigger))).toEqual(hint(status));
  });
  test('even "cancelled", should it ever come, is only a reason to look', () => {
    expect(receive(event('SIGN_REQUEST.CANCELLED'))).toEqual(hint(null));
  });
  test.each([
    'FILE.UPLOADED',
    'XSIGN_REQUEST.COMPLETED',
    'SIGN_REQUEST.COMPLETED.2',
    'WEBHOOK.DELETED',
    'NO_ACTIVE_SESSION',
    'SIGN_REQUEST',
    '',
  ])('%s says nothing, whatever it carries', (trigger) => {
    expect(receive(event(trigger))).toEqual(nothing);
  });
  test.each([[], {}, null, 'x', { reason: 'auto_cleanup' }, { sign_request_id: 7 }])(
    'additional_info %j names no request',
    (info) => {
      expect(receive(event('SIGN_REQUEST.COMPLETED', info))).toEqual(nothing);
    },
  );
  test.each(['..', '../x', 'a/b', 'a?b', '', 'x'.repeat(129)])('the id %j leads nowhere', (unsafe) => {
    expect(receive(event('SIGN_REQUEST.COMPLETED', { sign_request_id: unsafe }))).toEqual(nothing);
  });
});

describe('who may send one, and when', () => {
  const body = event('SIGN_REQUEST.COMPLETED');
  const [primary, secondary] = [keys.webhook_primary_key, keys.webhook_secondary_key];

  test.each([
    ['10 minutes old', -600_000, 'notices'],
    ['older than 10 minutes', -600_001, 'refused'],
    ['10 minutes ahead', 600_000, 'notices'],
    ['more than 10 minutes ahead', 600_001, 'refused'],
  ] as const)('one %s, by %i ms, is %s', (_, offset, kind) => {
    expect(receive(body, signed(body, at(offset))).kind).toBe(kind);
  });
  test.each([
    { 'box-delivery-timestamp': undefined },
    { 'box-delivery-timestamp': 'yesterday' },
    { 'box-delivery-timestamp': at(1_000) },
    { 'box-signature-version': '2' },
    { 'box-signature-version': undefined },
    { 'box-signature-algorithm': 'HmacSHA1' },
    { 'box-signature-algorithm': undefined },
    { 'box-signature-primary': undefined },
    { 'box-signature-primary': '' },
    { 'box-signature-primary': sign('another', body, at()) },
    { 'box-signature-primary': sign(primary, at(), body) },
    {
      'box-signature-primary': createHmac('sha256', primary)
        .update(body + at())
        .digest('hex'),
    },
  ])('with the headers %j it is refused', (over) => {
    expect(receive(body, { ...signed(body), ...over })).toEqual(refused);
  });
  test('a time that cannot be read is refused with a signature over it too', () => {
    for (const time of ['', 'yesterday']) expect(receive(body, signed(body, time))).toEqual(refused);
  });
  test.each([
    ['box-signature-primary', primary],
    ['box-signature-primary', secondary],
    ['box-signature-secondary', primary],
    ['box-signature-secondary', secondary],
  ])('%s by %s verifies', (header, key) => {
    const headers = {
      ...signed(body),
      'box-signature-primary': 'x',
      'box-signature-secondary': 'x',
      [header]: sign(key, body, at()),
    };
    expect(receive(body, headers).kind).toBe('notices');
  });
  test('keys that are not yet retired verify, and those of nobody do not', () => {
    const other = { access_token: 't', webhook_primary_key: 'new' };
    expect(receive(body, signed(body), [other, keys]).kind).toBe('notices');
    expect(receive(body, signed(body), [{ access_token: 't' }, keys]).kind).toBe('notices');
    expect(receive(body, signed(body), [other])).toEqual(refused);
    expect(receive(body, {}, [{ access_token: 't' }, keys])).toEqual(refused);
  });
  test('without any key every delivery is a reason to look, and no more', () => {
    for (const credentials of [[], [{ access_token: 't' }], [{ old: 'form' }]]) {
      expect(receive(body, {}, credentials)).toEqual(hint(null));
      expect(receive('<html>', {}, credentials)).toEqual(nothing);
    }
  });
  test('any bytes are answered: signed ones say nothing, others are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const raw = Buffer.from(bytes);
        expect(receive(raw)).toEqual(nothing);
        expect(receive(raw, signed(body))).toEqual(refused);
      }),
    );
    fc.assert(
      fc.property(fc.json(), (anything) => {
        expect(receive(anything)).toEqual(nothing);
      }),
    );
  });
});
