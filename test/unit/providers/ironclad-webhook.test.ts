import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import type { Received } from '../../../shared/providers/provider.ts';
import { answer, now } from './answers.ts';

const rsaKey = (modulusLength: number) =>
  generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const keys = rsaKey(2_048);
const workflowID = '68f0000000000000000000b2';
const eventId = 'webhookEventAbC123';
const nonce = 'n0nce42';
const refused = { kind: 'refused' };
const nothing = { kind: 'notices', notices: [] };
const look = {
  kind: 'notices',
  notices: [{ providerRequestId: workflowID, claim: null, trust: 'hint' }],
};

const eventBody = (event = 'workflow_cancelled', over: object = {}) => ({
  companyID: '68f0000000000000000000e5',
  payload: { event, templateID: '68f0000000000000000000a1', workflowID },
  timestamp: '2026-11-20T10:15:30.120Z',
  webhookID: '68f0000000000000000000c3',
  ...over,
});

interface Given {
  readonly body?: string | Buffer;
  /** What the signature is over. */
  readonly text?: string | Buffer;
  readonly header?: object | string;
  readonly eventId?: string | undefined;
  readonly key?: string | null;
  readonly algorithm?: string;
  /** Instead of one that is made for the text. */
  readonly signature?: string;
}

const signedText = (body: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(eventId), Buffer.from(body), Buffer.from(nonce)]);

const signatureOf = (text: string | Buffer, algorithm = 'sha256'): string =>
  sign(algorithm, Buffer.from(text), keys.privateKey).toString('base64');

const receive = (given: Given = {}): Received => {
  const { body = JSON.stringify(eventBody()), key = keys.publicKey } = given;
  const text = given.text ?? signedText(body);
  const signature = given.signature ?? signatureOf(text, given.algorithm);
  const usual = {
    nonce,
    signAlgorithm: 'sha256',
    signature,
    encoding: 'base64',
  };
  const header =
    typeof given.header === 'string' ? given.header : JSON.stringify({ ...usual, ...given.header });
  const headers = {
    'content-type': 'application/json',
    'x-ironclad-webhook-event-id': 'eventId' in given ? given.eventId : eventId,
    'x-ironclad-webhook-verification': header,
  };
  return ironclad.webhook.receive({ body: Buffer.from(body), headers, receivedAt: now }, [], key);
};

describe('what is signed', () => {
  test('event id, body and nonce, in this order', () => {
    expect(receive()).toEqual(look);
    const json = JSON.stringify(eventBody());
    for (const text of [eventId + nonce + json, json + eventId + nonce, nonce + json + eventId, json]) {
      expect(receive({ text })).toEqual(refused);
    }
  });

  test('the body as it came, or else as JSON.stringify writes it', () => {
    const pretty = JSON.stringify(eventBody(), null, 2);
    const compact = JSON.stringify(eventBody());
    expect(receive({ body: pretty })).toEqual(look);
    expect(receive({ body: pretty, text: eventId + compact + nonce })).toEqual(look);
    expect(receive({ body: compact, text: eventId + pretty + nonce })).toEqual(refused);
  });

  const genuine = JSON.stringify(eventBody());
  const signature = signatureOf(signedText(genuine));
  test.each([
    ['body', genuine],
    ['signature', signature],
  ])('any one bit of the %s flipped, and it does not verify', (what, text) => {
    expect(receive({ body: genuine, signature })).toEqual(look);
    for (let bit = 0; bit < text.length * 8; bit += 1) {
      const flipped = Buffer.from(text);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const given =
        what === 'body'
          ? { body: flipped, signature }
          : { body: genuine, signature: flipped.toString('latin1') };
      expect(receive(given)).toEqual(refused);
    }
  });

  test('a nonce or an event id of another delivery does not fit', () => {
    expect(receive({ header: { nonce: 'n0nce43' } })).toEqual(refused);
    expect(receive({ eventId: 'webhookEventAbC124' })).toEqual(refused);
  });

  test('what belongs to the body cannot be moved into a header', () => {
    const inner = eventBody();
    const [before, after] = ['{"payload":', ',"companyID":"x"}'];
    const whole = before + JSON.stringify(inner) + after;
    const text = eventId + whole + nonce;
    expect(receive({ body: whole, text })).not.toEqual(refused);
    const moved = { body: JSON.stringify(inner), text, eventId: eventId + before };
    expect(receive({ ...moved, header: { nonce: after + nonce } })).toEqual(refused);
  });
});

describe('who may say so', () => {
  test.each(['sha1', 'SHA256', 'sha512', 'none', '', 7, null])('not by the algorithm %j', (signAlgorithm) => {
    expect(receive({ header: { signAlgorithm } })).toEqual(refused);
  });
  test('not by another algorithm under the right name', () => {
    for (const algorithm of ['sha1', 'sha512']) expect(receive({ algorithm })).toEqual(refused);
  });
  test.each(['hex', 'base64url', 'latin1', '', null])('not in the encoding %j', (encoding) => {
    expect(receive({ header: { encoding } })).toEqual(refused);
  });
  test.each([
    ['no header', ''],
    ['no JSON', '{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['nothing in it', '{}'],
  ])('not with %s', (_, header) => {
    expect(receive({ header })).toEqual(refused);
  });
  test.each(['', ' ', 'n"1', 'n{1', 'é', 'x'.repeat(257), 7])('not with the nonce %j', (odd) => {
    expect(receive({ header: { nonce: odd } })).toEqual(refused);
  });
  test('not without an event id', () => {
    expect(receive({ eventId: undefined })).toEqual(refused);
  });
  test('not while the key could not be had, and not by another key', () => {
    expect(receive({ key: null })).toEqual(refused);
    expect(receive({ key: rsaKey(2_048).publicKey })).toEqual(refused);
    for (const key of ['', 'key', keys.privateKey]) expect(receive({ key })).toEqual(refused);
  });
});

describe('what it says', () => {
  test.each([
    'workflow_cancelled',
    'workflow_completed',
    'workflow_paused',
    'workflow_resumed',
    'workflow_step_updated',
    'workflow_deleted',
    'workflow_signature_packet_cancelled',
    'workflow_signature_packet_sent',
    'workflow_signature_packet_fully_signed',
    'workflow_signature_packet_signatures_collected',
    'workflow_signature_packet_uploaded',
    'workflow_signature_packet_signer_first_viewed',
    'workflow_signature_packet_signer_viewed',
    'workflow_signer_added',
    'workflow_signer_removed',
    'workflow_signer_reassigned',
  ])('%s is a reason to look, and claims nothing', (event) => {
    expect(receive({ body: JSON.stringify(eventBody(event)) })).toEqual(look);
  });
  test.each([
    'workflow_comment_added',
    'record_contract_status_changed',
    '*',
    'invented_tomorrow',
    '__proto__',
  ])('%s is acknowledged', (event) => {
    expect(receive({ body: JSON.stringify(eventBody(event)) })).toEqual(nothing);
  });
  test.each(['2020-01-01T00:00:00.000Z', '2036-01-01T00:00:00.000Z', 'yesterday', null])(
    'however old it is (%j), it is no more than that',
    (timestamp) => {
      const body = JSON.stringify(eventBody('workflow_cancelled', { timestamp }));
      expect(receive({ body })).toEqual(look);
    },
  );
  test.each(['../../x', '', 'a/b', null, 7, 'x'.repeat(200)])('the id %j leads nowhere', (unsafe) => {
    const payload = { event: 'workflow_cancelled', workflowID: unsafe };
    expect(receive({ body: JSON.stringify({ payload }) })).toEqual(nothing);
  });
  test.each(['', 'null', '[]', '{}', '{"payload":[]}', 'no json'])('the body %j says nothing', (body) => {
    expect(receive({ body })).toEqual(nothing);
  });
  test('any bytes that are not signed are refused, without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.json(), (bytes, id, header) => {
        const given = { body: Buffer.from(bytes), text: 'another', eventId: id, header };
        expect(receive(given)).toEqual(refused);
        expect(receive({ body: header, text: 'another' })).toEqual(refused);
      }),
    );
  });
});

describe('the key', () => {
  const parse = (body: string | null, status = 200) =>
    ironclad.webhook.verificationKey?.parse(answer(status, body)) ?? null;
  const connection = {
    baseUrl: 'https://eu1.ironcladapp.com/public/api/v1',
    credentials: { client_id: 'app', client_secret: 's', as_user_email: 'bot@acme.example' },
    options: {},
    accessToken: 'granted',
  };

  test('it is fetched with the account’s token', () => {
    expect(ironclad.webhook.verificationKey?.request(connection)).toMatchObject({
      method: 'GET',
      url: 'https://eu1.ironcladapp.com/public/api/v1/webhooks/verification-key',
      headers: {
        accept: 'application/x-pem-file',
        authorization: 'Bearer granted',
        'x-as-user-email': 'bot@acme.example',
      },
    });
  });
  test('the PEM of an RSA public key of 2048 bits is one', () => {
    expect(parse(keys.publicKey)).toBe(keys.publicKey);
    expect(parse(`\r\n${keys.publicKey}`)).toBe(`\r\n${keys.publicKey}`);
  });
  test('so is one of up to 8192 bits: what is longer makes each verification slow', () => {
    expect(parse(keyOf(8_192))).not.toBeNull();
    expect(parse(keyOf(8_200))).toBeNull();
  });
  const ec = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const pss = generateKeyPairSync('rsa-pss', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const weak = rsaKey(1_024);
  /** Of so many bits, for nobody: making a real one takes seconds. */
  const keyOf = (bits: number) =>
    createPublicKey({
      key: { kty: 'RSA', n: Buffer.alloc(bits / 8, 0xff).toString('base64url'), e: 'AQAB' },
      format: 'jwk',
    })
      .export({ type: 'spki', format: 'pem' })
      .toString();
  test.each([
    ['a short one', weak.publicKey],
    ['of another kind', ec.publicKey],
    ['one for another padding', pss.publicKey],
    ['one behind something else', `HTTP\n${keys.publicKey}`],
    ['a private one', keys.privateKey],
    ['a torn one', keys.publicKey.slice(0, 200)],
    ['JSON', '{"key":"x"}'],
    ['HTML', '<html></html>'],
    ['empty', ''],
    ['too large', null],
  ])('%s is none', (_, body) => {
    expect(parse(body)).toBeNull();
  });
  test.each([204, 301, 401, 403, 404, 500])('%i has none', (status) => {
    expect(parse(keys.publicKey, status)).toBeNull();
  });
});
