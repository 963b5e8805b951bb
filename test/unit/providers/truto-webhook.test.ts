import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { truto } from '../../../shared/providers/truto/provider.ts';
import { id, now } from './answers.ts';

const secret = '8d1d7a4e-3a0f-4b53-9a0e-1f2c3d4e5f60';
const withSecret = (webhook_secret: string) => ({
  api_token: 't',
  integrated_account_id: 'ia',
  webhook_secret,
});
const withoutSecret = { api_token: 't', integrated_account_id: 'ia' };
const signed = (body: string | Uint8Array, key = secret) =>
  `format=sha256,v=${createHmac('sha256', key).update(body).digest('hex')}`;
const receive = (
  body: string | Uint8Array,
  signature: string | undefined = signed(body),
  credentials: readonly unknown[] = [withSecret(secret)],
) =>
  truto.webhook.receive(
    { body: Buffer.from(body), headers: { 'x-truto-signature': signature }, receivedAt: now },
    credentials,
    null,
  );
const event = (name: string, payload: unknown) =>
  JSON.stringify({
    id: 'e1',
    event: name,
    payload,
    environment_id: 'env1',
    webhook_id: 'wh1',
    created_at: '2026-11-20T10:15:30.120Z',
  });
const nothing = { kind: 'notices', notices: [] };
const refused = { kind: 'refused' };
const hint = (providerRequestId: string) => ({ providerRequestId, claim: null, trust: 'hint' });

describe('the published vector', () => {
  const body = event('integrated_account:active', {});
  const vector = 'format=sha256,v=386737005fc6e990127788b308ae8d6fa257122b24e877a5a763b0fdceff3358';
  const flips = (length: number) => Array.from({ length: length * 8 }, (_, bit) => bit);
  const flipped = (text: string, bit: number) => {
    const bytes = Buffer.from(text);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return bytes;
  };

  test('verifies, and says nothing of a request', () => {
    expect(Buffer.byteLength(body)).toBe(143);
    expect(receive(body, vector)).toEqual(nothing);
  });
  test('does not with any one bit of the signature flipped', () => {
    for (const bit of flips(vector.length)) {
      expect(receive(body, flipped(vector, bit).toString('latin1'))).toEqual(refused);
    }
  });
  test('does not with any one bit of the body flipped', () => {
    for (const bit of flips(body.length)) expect(receive(flipped(body, bit), vector)).toEqual(refused);
  });
  test('does not with any one bit of the secret flipped', () => {
    for (const bit of flips(secret.length)) {
      const key = flipped(secret, bit).toString('latin1');
      expect(receive(body, vector, [withSecret(key)])).toEqual(refused);
    }
  });
});

describe('who may send one', () => {
  const body = event('record:updated', { id });
  test('whoever has a secret that is current, or not yet retired', () => {
    expect(receive(body, signed(body), [withSecret('newer'), withSecret(secret)]).kind).toBe('notices');
    expect(receive(body, signed(body), [withoutSecret, withSecret(secret)]).kind).toBe('notices');
  });
  test.each([
    ['empty', ''],
    ['another secret’s', signed(body, 'other')],
    ['another body’s', signed(`${body} `)],
    ['without the format', signed(body).replace('format=sha256,', '')],
    ['of another format', signed(body).replace('sha256', 'sha512')],
    ['in upper case', signed(body).replace(/v=.*/, (hex) => hex.toUpperCase())],
    ['with more behind it', `${signed(body)}0`],
    ['cut short', signed(body).slice(0, -1)],
  ])('a signature that is %s is refused', (_, signature) => {
    expect(receive(body, signature)).toEqual(refused);
  });
  test('nobody can without the header', () => {
    const delivery = { body: Buffer.from(body), headers: {}, receivedAt: now };
    expect(truto.webhook.receive(delivery, [withSecret(secret)], null)).toEqual(refused);
  });
  test('where no secret is stored anybody can, and it is a hint as ever', () => {
    expect(receive(body, 'missing', [withoutSecret])).toEqual({ kind: 'notices', notices: [hint(id)] });
  });
  test('nobody can where the credentials are gone, or no longer fit', () => {
    expect(receive(body, signed(body), [])).toEqual(refused);
    expect(receive(body, signed(body), [{ webhook_secret: secret }])).toEqual(refused);
  });
});

describe('what an event says', () => {
  test.each(['record:created', 'record:updated', 'record:deleted'])(
    '%s is a reason to look, however old',
    (name) => {
      expect(receive(event(name, { id }))).toEqual({ kind: 'notices', notices: [hint(id)] });
    },
  );
  test('its payload may hold records', () => {
    const records = [{ id: 'wf_1' }, { id: 'wf_2', status: 'cancelled' }, { id: 'wf_1' }, {}];
    expect(receive(event('record:updated', { records }))).toEqual({
      kind: 'notices',
      notices: [hint('wf_1'), hint('wf_2')],
    });
  });
  test('of many records ten are looked at', () => {
    const records = Array.from({ length: 500 }, (_, n) => ({ id: `wf_${n}` }));
    const received = receive(event('record:updated', { records }));
    expect(received.kind === 'notices' && received.notices).toHaveLength(10);
  });
  test.each([
    'xrecord:updated',
    'record:updated:2',
    'test',
    'integrated_account:authentication_error',
    'integrated_account:active',
    'sync_job_run:record',
    'record:',
    'invented:tomorrow',
  ])('%s is acknowledged and says nothing', (name) => {
    expect(receive(event(name, { id }))).toEqual(nothing);
  });
  test.each(['../x', 'a/b', '', '.', 'a?b', 'x'.repeat(129), 7, null, { a: 1 }])(
    'the id %j leads nowhere',
    (unsafe) => {
      expect(receive(event('record:updated', { id: unsafe }))).toEqual(nothing);
      expect(receive(event('record:updated', { records: [{ id: unsafe }] }))).toEqual(nothing);
    },
  );
  test('any bytes that are signed are answered', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json()), (bytes) => {
        expect(receive(bytes)).toEqual(nothing);
      }),
    );
  });
  test('is answered with what Truto expects', () => {
    expect(truto.webhook.acknowledgement).toEqual({ contentType: 'text/plain', body: 'OK' });
  });
});
