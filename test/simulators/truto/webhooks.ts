/** Webhooks: of an environment, signed over the raw body, four attempts within seconds, then switched off. */
import { createHmac, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import { callbackQueue } from '../callbacks.ts';
import type { SimulatedAccount, SimulatedRequest } from '../world.ts';
import { trutoError } from './error-answer.ts';
import type { TrutoWorld } from './ironclad.ts';

/** After so many events in a row that no attempt delivered; what "prolonged" means is not documented. */
const mostFailures = 5;

/** Of the one webhook that an environment has here. Derived, so that nothing must be kept of it. */
export const webhookSecretOf = (token: string): string => {
  const hex = createHmac('sha256', token).update('webhook secret').digest('hex');
  const cut = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...cut, hex.slice(20, 32)].join('-');
};

/** An environment is known by its token. */
export const environmentOf = (world: TrutoWorld, token: string): SimulatedAccount =>
  world.accountOf(`${environmentMark}${token}`);
const environmentMark = 'environment ';

export type Webhooks = ReturnType<typeof webhooks>;

export const webhooks = (world: TrutoWorld) => {
  const queue = callbackQueue(world, {
    retryAfterMs: () => [1_000, 2_000, 4_000].map((ms) => ms * world.value('time_scale')),
    isAcknowledged: (status) => status === 200,
    attempted({ account: id, delivered, nextAt }) {
      const account = id === null ? undefined : world.accounts.get(id);
      if (!account || nextAt !== null) return;
      const failedCallbacks = delivered ? 0 : account.failedCallbacks + 1;
      const callbackUrl = failedCallbacks >= mostFailures ? null : account.callbackUrl;
      world.accounts.put(account.id, { ...account, failedCallbacks, callbackUrl });
    },
  });
  const send = async (
    environment: SimulatedAccount,
    event: string,
    payload: object,
    request: SimulatedRequest | null,
  ) => {
    const { callbackUrl: url, id: account } = environment;
    if (url === null) return;
    const body = bodyOf(environment, event, payload);
    const token = world.keyOf(environment).slice(environmentMark.length);
    const headers = headersOf(world.value('callback_signature', request), body, webhookSecretOf(token));
    await queue.send({ requestId: request?.id ?? null, account, event, url, headers, body });
  };
  return {
    resume: queue.resume,
    test: (environment: SimulatedAccount) => send(environment, 'test', { foo: 'bar' }, null),
    /** To each environment that has a webhook: the simulated ones share their integrated accounts. */
    async changed(request: SimulatedRequest): Promise<void> {
      const [form, mode] = [world.value('record_events', request), world.value('callbacks', request)];
      if (form === 'none' || mode === 'lose') return;
      const { id } = request;
      const payload = form === 'payload' ? { id } : { resource: 'e-signature/workflows', records: [{ id }] };
      for (const environment of world.accounts.all()) {
        await send(environment, 'record:updated', payload, request);
        if (mode === 'twice') await send(environment, 'record:updated', payload, request);
      }
    },
  };
};

const bodyOf = ({ id }: SimulatedAccount, event: string, payload: object): string =>
  JSON.stringify({
    id: randomUUID(),
    event,
    payload,
    environment_id: id,
    webhook_id: id,
    created_at: new Date().toISOString(),
  });

const headersOf = (signature: 'right' | 'wrong' | 'missing', body: string, secret: string) => {
  const hex = createHmac('sha256', signature === 'right' ? secret : 'another')
    .update(body)
    .digest('hex');
  return {
    'content-type': 'application/json',
    'user-agent': 'truto',
    ...(signature !== 'missing' && { 'x-truto-signature': `format=sha256,v=${hex}` }),
  };
};

const createBody = z.object({ target_url: z.url(), event_types: z.optional(z.array(z.string())) });

/** The only answer that shows the secret. HTTPS is demanded, except of this machine. */
export const createWebhook = (world: TrutoWorld, { body }: Call, token: string): Answer => {
  const given = createBody.safeParse(parseJson(body));
  if (!given.success) return trutoError(400, 'target_url is required');
  const { target_url, event_types = [] } = given.data;
  const { protocol, hostname } = new URL(target_url);
  if (protocol !== 'https:' && hostname !== '127.0.0.1' && hostname !== 'localhost') {
    return trutoError(400, 'target_url must be https');
  }
  const environment = environmentOf(world, token);
  world.accounts.put(environment.id, { ...environment, callbackUrl: target_url, failedCallbacks: 0 });
  const { id } = environment;
  const shown = { id, environment_id: id, target_url, event_types, is_active: true };
  return { status: 200, body: { ...shown, secret: webhookSecretOf(token) } };
};
