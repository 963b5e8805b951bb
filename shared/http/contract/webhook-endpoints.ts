/** Webhook endpoints over the wire: what a client sends and what it is answered. */
import * as z from 'zod/mini';
import { namePattern } from '../../domain/ids.ts';
import { attemptErrors } from '../../notify/delivery.ts';
import { disabledReasons, endpointFormats } from '../../notify/endpoint.ts';
import { subscribable } from '../../notify/event-types.ts';

const prefix = 'whsec_';

/** `whsec_` and base64 of 24 to 64 bytes, as the Standard Webhooks specification says. */
const secret = z.string().check(
  z.maxLength(100),
  z.refine((text) => {
    const encoded = text.slice(prefix.length);
    const bytes = Buffer.from(encoded, 'base64');
    const canonical = text.startsWith(prefix) && bytes.toString('base64') === encoded;
    return canonical && bytes.length >= 24 && bytes.length <= 64;
  }, `must be ${prefix} and the base64 of 24 to 64 bytes`),
);
const url = z.string().check(z.minLength(1), z.maxLength(1_000));
const eventTypes = z.array(z.enum(subscribable)).check(z.minLength(1), z.maxLength(subscribable.length));

/** Whatever the client's handler verifies with, such as an API key. Write-only. */
const signingKey = z.string().check(z.regex(/^[!-~]{8,200}$/, 'must be 8 to 200 printable characters'));

export const putWebhookEndpointBody = z.strictObject({
  url,
  format: z._default(z.enum(endpointFormats), 'standard'),
  event_types: z._default(eventTypes, ['*']),
  /** Of the format `standard`. */
  secret: z.optional(secret),
  /** Of every other format. */
  signing_key: z.optional(signingKey),
});
export type PutWebhookEndpointBody = z.output<typeof putWebhookEndpointBody>;

export const rotateWebhookSecretBody = z.strictObject({ secret: z.optional(secret) });

const time = z.iso.datetime();
const fields = {
  id: z.string().check(z.regex(namePattern)),
  url: z.string(),
  format: z.enum(endpointFormats),
  event_types: z.array(z.enum(subscribable)),
  state: z.enum(['enabled', 'disabled']),
  disabled_at: z.nullable(time),
  disabled_reason: z.nullable(z.enum(disabledReasons)),
  failing_since: z.nullable(time),
  last_failure: z.nullable(
    z.strictObject({
      at: time,
      status: z.nullable(z.int()),
      error: z.nullable(z.enum(attemptErrors)),
    }),
  ),
  created_at: time,
  updated_at: time,
};
export const webhookEndpoint = z.strictObject(fields);
export type WebhookEndpointView = z.output<typeof webhookEndpoint>;

/** The answer that makes or changes a secret: the only one that shows it. */
export const webhookEndpointWithSecret = z.strictObject({ ...fields, secret: z.string() });

/** Where the client's own key signs, there is nothing to show. */
export const createdWebhookEndpoint = z.union([webhookEndpointWithSecret, webhookEndpoint]);

export const webhookEndpointPage = z.strictObject({
  items: z.array(webhookEndpoint),
  next_cursor: z.nullable(z.string()),
});
