/**
 * Callbacks: multipart with one field `json`. The hash in it covers the type and the time of the event, not the
 * request that it names; only the account's secret URL binds the two.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Notice } from '../../domain/answers.ts';
import { type Instant, type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { Claim } from '../../domain/signature-request.ts';
import type { AccountOptions } from '../account-options.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { formField } from '../form-field.ts';
import { readJson } from '../json.ts';
import type { Delivery, WebhookSide } from '../provider.ts';

export const webhook: WebhookSide<ApiKeyCredentials, AccountOptions> = {
  receive(delivery, credentials) {
    const callback = readJson(callbackBody, jsonOf(delivery));
    if (callback === null) return { kind: 'refused' };
    const genuine = credentials.filter(({ api_key }) => isSignedBy(api_key, callback.event));
    if (genuine.length === 0) return { kind: 'refused' };
    return { kind: 'notices', notices: noticesIn(callback, delivery.receivedAt) };
  },
  // With the API key itself.
  verifies: () => true,
  acknowledgement: { contentType: 'text/plain', body: 'Hello API Event Received' },
};

/** `event_time` is Unix seconds in a string. `callback_test` and account events carry no `signature_request`. */
const callbackBody = z.object({
  event: z.object({
    event_type: z.string().check(z.maxLength(100)),
    event_time: z.string().check(z.regex(/^\d{1,12}$/)),
    event_hash: z.string().check(z.length(64)),
  }),
  signature_request: z.nullish(z.object({ signature_request_id: z.nullish(z.string()) })),
});
type Callback = z.output<typeof callbackBody>;

/** Plain JSON is what some clients report instead of the documented form. */
const jsonOf = ({ body, headers }: Delivery): string | null => {
  // Stryker disable next-line StringLiteral: equivalent, any type that is no form is refused.
  const contentType = headers['content-type'] ?? '';
  return /^application\/json\b/i.test(contentType)
    ? body.toString('utf8')
    : formField(body, contentType, 'json');
};

/** `hex(HMAC-SHA256(API key, event_time + event_type))`, lower case (source: the vendor's SDK). */
const isSignedBy = (apiKey: string, { event_type, event_time, event_hash }: Callback['event']): boolean => {
  const expected = createHmac('sha256', apiKey)
    .update(event_time + event_type)
    .digest('hex');
  const given = Buffer.from(event_hash);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
};

const noticesIn = ({ event, signature_request }: Callback, now: Instant): readonly Notice[] => {
  const id = signature_request?.signature_request_id;
  const meaning = meanings.get(event.event_type);
  if (meaning === undefined || !id || !providerRequestIdPattern.test(id)) return [];
  const ageMs = now - Number(event.event_time) * 1_000;
  const isTimely = ageMs <= oldestProofMs && ageMs >= -clockSkewMs;
  const claimed = meaning === 'look' ? null : { status: meaning, ref: null };
  return [
    {
      providerRequestId: id as ProviderRequestId,
      // An old claim of another end is not even kept: with a 410 it would be believed.
      claim: isTimely || meaning === 'cancelled' ? claimed : null,
      trust: meaning === 'cancelled' && isTimely ? 'proof' : 'hint',
    },
  ];
};

/**
 * Retries go on for 30 hours, by another account for 3 days, with the time and hash of the first attempt. An older
 * event is acknowledged like any other, but never believed without a look: it may be a replay for another request.
 */
const oldestProofMs = 72 * 3_600_000;
const clockSkewMs = 10 * 60_000;

/** Events after which a read may find something new. All others, and those yet to be invented, are only acknowledged. */
const meanings: ReadonlyMap<string, Claim['status'] | 'look'> = new Map([
  ['signature_request_canceled', 'cancelled'],
  ['signature_request_all_signed', 'signed'],
  ['signature_request_declined', 'declined'],
  ['signature_request_expired', 'expired'],
  ['signature_request_destroyed', 'destroyed'],
  ['signature_request_sent', 'look'],
  ['signature_request_viewed', 'look'],
  ['signature_request_signed', 'look'],
  ['signature_request_remind', 'look'],
  ['signature_request_reassigned', 'look'],
  ['signature_request_signer_removed', 'look'],
  ['signature_request_email_bounce', 'look'],
  ['signature_request_invalid', 'look'],
  ['file_error', 'look'],
  ['unknown_error', 'look'],
] as const);
