/** Webhooks: signed twice over the raw, PHP-escaped body and the time; twelve attempts in two hours. */
import { createHmac, randomUUID } from 'node:crypto';
import { type Callback, callbackQueue } from '../callbacks.ts';
import type { CallbackAttempts, SimulatedRequest, World } from '../world.ts';
import { envelopeOf, senderEmail } from './envelope.ts';
import type { switches } from './switches.ts';

type BoxSignWorld = World<typeof switches>;

/** What the app's console would show. */
export const signatureKeys = { primary: 'simulated-primary-key', secondary: 'simulated-secondary-key' };

export type EventSender = ReturnType<typeof eventSender>;

export const eventSender = (world: BoxSignWorld) => {
  const queue = callbackQueue(world, {
    // The intervals are not published; these spread as many attempts over the two hours.
    retryAfterMs: () => Array<number>(11).fill(600_000 * world.value('time_scale')),
    isAcknowledged: (status) => status >= 200 && status < 300,
    headersOf: (callback) => headersOf(world, callback),
  });
  return {
    resume: queue.resume,
    async emit(request: SimulatedRequest, trigger: string): Promise<void> {
      const account = request.account === null ? undefined : world.accounts.get(request.account);
      const url = request.callbackUrl ?? account?.callbackUrl;
      const mode = world.value('callbacks', request);
      if (!url || mode === 'lose') return;
      const event = { url, account: request.account, requestId: request.id, headers: {} };
      const name = world.value('trigger_names', request) === 'openapi' ? renamed(trigger) : trigger;
      const callback: Callback = { ...event, event: name, body: bodyOf(world, request, name) };
      await queue.send(callback, world.value('callback_delay_ms', request));
      if (mode === 'twice') await queue.send(callback);
    },
  };
};

const openapiNames: Readonly<Record<string, string>> = {
  'SIGN_REQUEST.SIGNER_SIGNED': 'SIGN_REQUEST.SIGN_SIGNER_SIGNED',
  'SIGN_REQUEST.SIGNATURE_REQUESTED': 'SIGN_REQUEST.SIGN_DOCUMENT_CREATED',
  'SIGN_REQUEST.ERROR_FINALIZING': 'SIGN_REQUEST.SIGN_ERROR_FINALIZING',
};
const renamed = (trigger: string): string => openapiNames[trigger] ?? trigger;

/** The source is the file, not the request; nothing in it says in which status the request is. */
const bodyOf = (world: BoxSignWorld, request: SimulatedRequest, trigger: string): string => {
  const { given, signers } = envelopeOf(world, request);
  const json = JSON.stringify({
    type: 'webhook_event',
    id: randomUUID(),
    created_at: new Date().toISOString(),
    trigger,
    webhook: { id: '900100', type: 'webhook' },
    created_by: { type: 'user', id: '11111', name: 'Zoë Sender', login: senderEmail },
    source: { id: '555000111', type: 'file', name: 'NDA / v2 😀.pdf' },
    additional_info: {
      sign_request_id: request.id,
      signer_emails: signers.filter(({ role }) => role !== 'final_copy_reader').map(({ email }) => email),
      external_id: given.external_id ?? null,
    },
  });
  return world.value('body_escaping', request) === 'php' ? phpEscaped(json) : json;
};

const phpEscaped = (json: string): string =>
  json
    .replaceAll('/', '\\/')
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Made anew for each attempt. */
const headersOf = (world: BoxSignWorld, { body, requestId }: CallbackAttempts): Record<string, string> => {
  const request = (requestId === null ? undefined : world.requests.get(requestId)) ?? null;
  const keys = world.value('signature_keys', request);
  const time = new Date(Date.now() - world.value('delivery_age_seconds', request) * 1_000).toISOString();
  const signedBy = (key: string, rotated: boolean): string =>
    createHmac('sha256', rotated ? `new-${key}` : key)
      .update(body + time)
      .digest('base64');
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Box-WH-Client/0.1',
    'box-delivery-id': randomUUID(),
    'box-delivery-timestamp': time,
    'box-signature-version': '1',
    'box-signature-algorithm': 'HmacSHA256',
    'box-signature-primary': signedBy(signatureKeys.primary, keys === 'primary_rotated' || keys === 'wrong'),
    'box-signature-secondary': signedBy(
      signatureKeys.secondary,
      keys === 'secondary_rotated' || keys === 'wrong',
    ),
  };
};
