/**
 * Webhooks (version 2): a signature over the raw bytes and the time. No trigger tells of a cancellation, and the body
 * carries no status, so every one of them is a reason to look.
 *
 * A delivery is repeated under the same `id` in its body. Nothing is kept of it: the domain looks once a minute at most,
 * and a final state takes no more hints, so a repeated delivery costs one read of our own store.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Notice } from '../../domain/answers.ts';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { Claim } from '../../domain/signature-request.ts';
import { readJson } from '../json.ts';
import type { Delivery, WebhookSide } from '../provider.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';

export const webhook: WebhookSide<BoxSignCredentials, BoxSignOptions> = {
  receive(delivery, credentials) {
    const keys = credentials.flatMap(keysOf);
    const verifiable = keys.length > 0;
    if (verifiable && !isGenuine(delivery, keys)) return { kind: 'refused' };
    return { kind: 'notices', notices: noticesIn(delivery.body, verifiable) };
  },
  verifies: (credentials) => keysOf(credentials).length > 0,
  // Any 2xx within 30 s (documented).
  acknowledgement: { contentType: 'text/plain', body: 'OK' },
};

const keysOf = ({ webhook_primary_key, webhook_secondary_key }: BoxSignCredentials): readonly string[] =>
  [webhook_primary_key, webhook_secondary_key].filter((key) => key !== undefined);

/**
 * `base64(HMAC-SHA256(key, body + BOX-DELIVERY-TIMESTAMP))`, no older than 10 minutes (documented). Keys are used as
 * UTF-8 text (source: the vendor's SDK). Both of ours are tried on both signatures: while they are rotated, either
 * matches, and which of them is called primary here must not matter.
 */
const isGenuine = ({ body, headers, receivedAt }: Delivery, keys: readonly string[]): boolean => {
  // Stryker disable next-line StringLiteral: equivalent, any text that is no time is refused.
  const time = headers['box-delivery-timestamp'] ?? '';
  // Written so that a time which cannot be read is refused. The future is ours to allow: clocks differ.
  if (!(Math.abs(receivedAt - Date.parse(time)) <= windowMs)) return false;
  if (headers['box-signature-version'] !== '1') return false;
  if (headers['box-signature-algorithm'] !== 'HmacSHA256') return false;
  const given = [headers['box-signature-primary'], headers['box-signature-secondary']];
  return keys.some((key) => {
    const expected = Buffer.from(createHmac('sha256', key).update(body).update(time).digest('base64'));
    // As text: of a base64 signature's last character, a decoder ignores two bits.
    return given.some((signature) => {
      // Stryker disable next-line StringLiteral: equivalent, any text that is no signature is refused.
      const bytes = Buffer.from(signature ?? '');
      return bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
  });
};

const windowMs = 10 * 60_000;

/** `source` is the file; the request's id is in `additional_info`, which is an empty array for other events (observed). */
const event = z.object({
  trigger: z.string(),
  additional_info: z.object({ sign_request_id: z.string().check(z.regex(providerRequestIdPattern)) }),
});

const noticesIn = (body: Buffer, verified: boolean): readonly Notice[] => {
  const said = readJson(event, body.toString('utf8'));
  if (said === null) return [];
  const name = triggerPattern.exec(said.trigger)?.[1];
  if (name === undefined) return [];
  const status = verified ? claims.get(name) : undefined;
  return [
    {
      providerRequestId: said.additional_info.sign_request_id as ProviderRequestId,
      claim: status === undefined ? null : { status, ref: null },
      trust: 'hint',
    },
  ];
};

/**
 * The guides and the API reference spell three triggers differently (`SIGNER_SIGNED`, `SIGN_SIGNER_SIGNED`), and the
 * changelog all of them (`SIGN.REQUEST`). A new one is a reason to look too: it may be the missing cancellation.
 */
const triggerPattern = /^SIGN[._]REQUEST\.(\w{1,60})$/;

const claims: ReadonlyMap<string, Claim['status']> = new Map([
  ['COMPLETED', 'signed'],
  ['DECLINED', 'declined'],
  ['EXPIRED', 'expired'],
] as const);
