/** Webhooks: a thin body, signed with RSA over the event's id, the body and a nonce; ten retries, each twice as late. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { callbackQueue } from '../callbacks.ts';
import { type CallbackAttempts, newHexId, type SimulatedRequest, type World } from '../world.ts';
import { launchOf } from './launch.ts';
import type { switches } from './switches.ts';
import type { WebhookRegister } from './webhooks.ts';

type IroncladWorld = World<typeof switches>;

export type EventSender = ReturnType<typeof eventSender>;

export const eventSender = (world: IroncladWorld, webhooks: WebhookRegister) => {
  const keys = keyRing();
  const queue = callbackQueue(world, {
    retryAfterMs: () =>
      Array.from({ length: 10 }, (_, retry) => 60_000 * 2 ** retry * world.value('time_scale')),
    isAcknowledged: isSuccess,
    headersOf: (callback) => ({ 'x-ironclad-webhook-verification': verification(world, keys, callback) }),
    attempted(callback) {
      const status = callback.attempts.at(-1) ?? 0;
      webhooks.attempted(callback.url, status);
      if (status === 410) world.callbacks.put(callback.id, { ...callback, nextAt: null });
    },
  });
  const targets = ({ account: id, callbackUrl }: SimulatedRequest, event: string): readonly string[] => {
    if (callbackUrl !== null) return [callbackUrl];
    const account = id === null ? undefined : world.accounts.get(id);
    return account ? webhooks.urlsFor(account, event) : [];
  };
  return {
    resume: queue.resume,
    /** As `GET /webhooks/verification-key` publishes it. */
    publicKey: (): string => keys(world.value('signing_key')).publicKey,
    async emit(request: SimulatedRequest, event: string): Promise<void> {
      const mode = world.value('callbacks', request);
      if (mode === 'lose') return;
      const event_id = `webhookEvent${newHexId(10)}`;
      const headers = { 'content-type': 'application/json', 'x-ironclad-webhook-event-id': event_id };
      const whose = { requestId: request.id, account: request.account, event, headers };
      const callback = { ...whose, body: bodyOf(world, request, event) };
      for (const url of targets(request, event)) {
        await queue.send({ ...callback, url }, world.value('callback_delay_ms', request));
        if (mode === 'twice') await queue.send({ ...callback, url });
      }
    },
  };
};

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** No status, no reason, nobody's name. The case of the fields is the provider's. */
const bodyOf = (world: IroncladWorld, request: SimulatedRequest, event: string): string => {
  const body = {
    companyID: '68f0000000000000000000e5',
    payload: { event, templateID: launchOf(world, request).template, workflowID: request.id },
    timestamp: new Date().toISOString(),
    webhookID: '68f0000000000000000000c3',
  };
  return world.value('callback_body', request) === 'pretty'
    ? JSON.stringify(body, null, 2)
    : JSON.stringify(body);
};

/** Made anew for each attempt, with the key of the moment. */
const verification = (
  world: IroncladWorld,
  keys: KeyRing,
  { headers, body, requestId }: CallbackAttempts,
): string => {
  const request = (requestId === null ? undefined : world.requests.get(requestId)) ?? null;
  const [eventId, nonce] = [headers['x-ironclad-webhook-event-id'] ?? '', newHexId(12)];
  const compact = JSON.stringify(JSON.parse(body));
  const mode = world.value('callback_signature', request);
  const text = mode === 'old_order' ? eventId + nonce + compact : eventId + compact + nonce;
  const { privateKey } = keys(world.value('signing_key'));
  const signature = sign('sha256', Buffer.from(mode === 'wrong' ? `${text}.` : text), privateKey);
  return JSON.stringify({
    nonce,
    signAlgorithm: 'sha256',
    signature: signature.toString('base64'),
    encoding: 'base64',
  });
};

type KeyRing = ReturnType<typeof keyRing>;

/** Keys are made when first needed, and anew after a restart: that is a rotation too. */
const keyRing = () => {
  const pairs = new Map<string, { publicKey: string; privateKey: string }>();
  return (name: string): { publicKey: string; privateKey: string } => {
    const known = pairs.get(name);
    if (known) return known;
    const pair = generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    pairs.set(name, pair);
    return pair;
  };
};
