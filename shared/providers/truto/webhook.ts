/**
 * Webhooks: an HMAC over the raw body. Truto is not known to pass on a cancellation at Ironclad (assumed: it does not),
 * so an event is at most a reason to look. No time is signed with it: a replayed one is one more look, and the domain
 * looks once a minute at most.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Notice } from '../../domain/answers.ts';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import { readJson } from '../json.ts';
import type { Delivery, WebhookSide } from '../provider.ts';
import type { TrutoCredentials, TrutoOptions } from './request.ts';

export const webhook: WebhookSide<TrutoCredentials, TrutoOptions> = {
  receive(delivery, credentials) {
    const secrets = credentials.flatMap(({ webhook_secret }) => webhook_secret ?? []);
    // Without any credentials it is not known whether there should be a secret.
    const isUnverifiable = credentials.length > 0 && secrets.length === 0;
    if (!isUnverifiable && !isGenuine(delivery, secrets)) return { kind: 'refused' };
    return { kind: 'notices', notices: noticesIn(delivery.body) };
  },
  verifies: ({ webhook_secret }) => webhook_secret !== undefined,
  // 200 is expected (documented), and nothing is read of it.
  acknowledgement: { contentType: 'text/plain', body: 'OK' },
};

/** `format=sha256,v=hex(HMAC-SHA256(secret, body))`, in lower case (documented). */
const isGenuine = ({ body, headers }: Delivery, secrets: readonly string[]): boolean => {
  // Stryker disable next-line StringLiteral: equivalent, any text that is no signature is refused.
  const given = Buffer.from(headers['x-truto-signature'] ?? '');
  return secrets.some((secret) => {
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const expected = Buffer.from(`format=sha256,v=${signature}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
};

/** Where a record event carries the workflow is not documented: the payload itself, or its `records` (both assumed). */
const record = z.object({ id: z.nullish(z.string()) });
const recordEvent = z.object({
  event: z.string().check(z.regex(/^record:[a-z_]{1,30}$/)),
  payload: z.object({ id: z.nullish(z.string()), records: z.nullish(z.array(record)) }),
});

const mostNotices = 10;

const noticesIn = (body: Buffer): readonly Notice[] => {
  const payload = readJson(recordEvent, body.toString('utf8'))?.payload;
  // Stryker disable next-line ArrayDeclaration,StringLiteral: equivalent, what is put in their place is no id and is dropped.
  const ids = [payload, ...(payload?.records ?? [])].map((found) => found?.id ?? '');
  return [...new Set(ids)]
    .filter((id) => providerRequestIdPattern.test(id))
    .slice(0, mostNotices)
    .map((id) => ({ providerRequestId: id as ProviderRequestId, claim: null, trust: 'hint' }));
};
