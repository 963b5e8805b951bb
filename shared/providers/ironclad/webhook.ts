/**
 * Webhooks: thin events under an RSA signature. They say that something happened and to which workflow, so each is a
 * reason to look, and the read is the proof. A repeated or replayed one costs one look at most; its age does not matter.
 */
import { constants, verify } from 'node:crypto';
import * as z from 'zod/mini';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import { readJson } from '../json.ts';
import type { Delivery, WebhookSide } from '../provider.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { publicKeyIn, verificationKey } from './verification-key.ts';

export const webhook: WebhookSide<IroncladCredentials, IroncladOptions> = {
  receive(delivery, _credentials, key) {
    // Stryker disable next-line ConditionalExpression: equivalent, without a key nothing is genuine either way.
    const body = key === null ? null : genuineBody(delivery, key);
    if (body === null) return { kind: 'refused' };
    const payload = readJson(event, body)?.payload;
    if (payload === undefined || !reasonsToLook.has(payload.event)) return { kind: 'notices', notices: [] };
    const providerRequestId = payload.workflowID as ProviderRequestId;
    return { kind: 'notices', notices: [{ providerRequestId, claim: null, trust: 'hint' }] };
  },
  verificationKey,
  // With a key that Ironclad publishes.
  verifies: () => true,
  // Any 2xx. A 410 would disable the webhook at once (documented).
  acknowledgement: { contentType: 'text/plain', body: 'OK' },
};

/** The spelling of the fields is the provider's. */
const event = z.object({
  payload: z.object({ event: z.string(), workflowID: z.string().check(z.regex(providerRequestIdPattern)) }),
});

/**
 * Parts of the signed text that are headers. Without quotes and braces no byte can be moved between one of them and the
 * body such that what is left is an object still.
 */
const part = z.string().check(z.regex(/^[!#-z|~]{1,256}$/));

/** Algorithm and encoding are compared, never used. */
const verification = z.object({
  nonce: part,
  signAlgorithm: z.literal('sha256'),
  encoding: z.literal('base64'),
  signature: z.string().check(z.maxLength(1_400)),
});

/** The text that is signed, with `eventId` before it and `nonce` after it (documented); null if it is not genuine. */
const genuineBody = ({ body, headers }: Delivery, pem: string): string | null => {
  const eventId = part.safeParse(headers['x-ironclad-webhook-event-id']);
  const given = readJson(verification, headers['x-ironclad-webhook-verification'] ?? null);
  const key = publicKeyIn(pem);
  if (!eventId.success || given === null || key === null) return null;
  const signature = Buffer.from(given.signature, 'base64');
  // As text: a decoder ignores some bits of the last character, and whatever is no base64.
  if (signature.toString('base64') !== given.signature) return null;
  const isSigned = (text: string | Buffer): boolean =>
    verify(
      'sha256',
      Buffer.concat([Buffer.from(eventId.data), Buffer.from(text), Buffer.from(given.nonce)]),
      { key, padding: constants.RSA_PKCS1_PADDING },
      signature,
    );
  if (isSigned(body)) return body.toString('utf8');
  // Documented is the JSON as `JSON.stringify` writes it, which need not be how it was sent.
  const rewritten = readJson(rewrittenJson, body.toString('utf8'));
  return rewritten !== null && isSigned(rewritten) ? rewritten : null;
};

const rewrittenJson = z.pipe(
  z.unknown(),
  z.transform((parsed) => JSON.stringify(parsed)),
);

/** What a webhook is registered for: after these a read may find something new. All others are only acknowledged. */
export const events = [
  'cancelled',
  'completed',
  'paused',
  'resumed',
  'step_updated',
  'signer_added',
  'signer_removed',
  'signer_reassigned',
  ...[
    'cancelled',
    'fully_signed',
    'sent',
    'signatures_collected',
    'signer_first_viewed',
    'signer_viewed',
    'uploaded',
  ].map((name) => `signature_packet_${name}`),
].map((name) => `workflow_${name}`);

/** The last is in newer documents only, so a registration that names it might be refused (inferred). */
const reasonsToLook: ReadonlySet<string> = new Set([...events, 'workflow_deleted']);
