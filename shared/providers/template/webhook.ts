/** Webhooks: an HMAC over the time and the raw body. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Notice } from '../../domain/answers.ts';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { Claim } from '../../domain/signature-request.ts';
import type { AccountOptions } from '../account-options.ts';
import { readJson } from '../json.ts';
import type { Delivery, WebhookSide } from '../provider.ts';
import type { ExampleSignCredentials } from './request.ts';

export const webhook: WebhookSide<ExampleSignCredentials, AccountOptions> = {
  receive(delivery, credentials) {
    const secrets = credentials.flatMap(({ webhook_secret }) => webhook_secret ?? []);
    const verifiable = secrets.length > 0;
    if (verifiable && !isGenuine(delivery, secrets)) return { kind: 'refused' };
    return { kind: 'notices', notices: noticesIn(delivery.body, verifiable) };
  },
  verifies: ({ webhook_secret }) => webhook_secret !== undefined,
  acknowledgement: { contentType: 'text/plain', body: 'OK' },
};

const windowMs = 10 * 60_000;

/** `example-signature: hex(HMAC-SHA256(secret, time + "." + body))`, with the time, Unix seconds, in `example-time`. */
const isGenuine = ({ body, headers, receivedAt }: Delivery, secrets: readonly string[]): boolean => {
  const time = headers['example-time'] ?? '';
  // Written so that a time which cannot be read is refused.
  if (!(Math.abs(receivedAt - Number(time) * 1_000) <= windowMs)) return false;
  const given = Buffer.from(headers['example-signature'] ?? '');
  return secrets.some((secret) => {
    const expected = Buffer.from(createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex'));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
};

const event = z.object({ event: z.string(), id: z.string().check(z.regex(providerRequestIdPattern)) });

const claims: ReadonlyMap<string, Claim['status']> = new Map([
  ['cancelled', 'cancelled'],
  ['signed', 'signed'],
  ['declined', 'declined'],
  ['expired', 'expired'],
] as const);

/** Signature, id and event go together, so a verified cancellation is proof. Everything else is a reason to look. */
const noticesIn = (body: Buffer, verified: boolean): readonly Notice[] => {
  const said = readJson(event, body.toString('utf8'));
  if (said === null) return [];
  const status = verified ? claims.get(said.event) : undefined;
  const claim = status === undefined ? null : { status, ref: null };
  const trust = status === 'cancelled' ? 'proof' : 'hint';
  return [{ providerRequestId: said.id as ProviderRequestId, claim, trust }];
};
