/** Event callbacks: multipart with one field `json`, a hash over time and type, six retries, and a magic word back. */
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Callback, callbackQueue } from '../callbacks.ts';
import type { CallbackAttempts, SimulatedAccount, SimulatedRequest } from '../world.ts';
import { type DropboxSignWorld, envelopeOf } from './envelope.ts';
import { signatureRequestObject } from './signature-request.ts';

const retryMinutes = [5, 15, 45, 135, 405, 1_215];
/** After so many failed attempts in a row the account's callback URL is cleared. */
const mostFailures = 10;

export type EventSender = ReturnType<typeof eventSender>;

export const eventSender = (world: DropboxSignWorld) => {
  let sequence = 0;
  const queue = callbackQueue(world, {
    retryAfterMs: () => retryMinutes.map((minutes) => minutes * 60_000 * world.value('time_scale')),
    isAcknowledged: (status, body) =>
      status === 200 &&
      (world.value('ack_match') === 'exact' ? body === magicWord : body.includes(magicWord)),
    attempted: (callback) => countFailures(world, callback),
  });

  /** Resolves after the first attempt; whether it was acknowledged. */
  const deliver = async (
    account: SimulatedAccount,
    url: string,
    type: string,
    request: SimulatedRequest | null,
    signatureId: string | null = null,
  ) => {
    const callback = callbackFor(world, account, url, type, request, signatureId);
    sequence += 1;
    const late = world.value('callback_order', request) === 'swapped' && sequence % 2 === 1 ? 400 : 0;
    const sent = await queue.send(callback, world.value('callback_delay_ms', request) + late);
    return sent?.delivered === true;
  };

  return {
    resume: queue.resume,
    /** Tests a new URL, as setting one does. */
    test: (account: SimulatedAccount, url: string) => deliver(account, url, 'callback_test', null),
    /** @param signatureId whose signature it is about */
    async emit(request: SimulatedRequest, type: string, signatureId: string | null = null): Promise<void> {
      const account = request.account === null ? undefined : world.accounts.get(request.account);
      const mode = world.value('callbacks', request);
      if (!account?.callbackUrl || mode === 'lose') return;
      const url = account.callbackUrl;
      await deliver(account, url, type, request, signatureId);
      if (mode === 'twice') await sleep(50).then(() => deliver(account, url, type, request, signatureId));
    },
  };
};

const magicWord = 'Hello API Event Received';

const callbackFor = (
  world: DropboxSignWorld,
  account: SimulatedAccount,
  url: string,
  event_type: string,
  request: SimulatedRequest | null,
  signatureId: string | null,
): Callback => {
  const event_time = String(Math.floor(Date.now() / 1_000));
  const hash = createHmac('sha256', world.keyOf(account))
    .update(event_time + event_type)
    .digest('hex');
  const json = JSON.stringify({
    event: {
      event_type,
      event_time,
      event_hash: world.value('callback_hash', request) === 'right' ? hash : '0'.repeat(64),
      event_metadata: {
        related_signature_id: signatureId,
        reported_for_account_id: account.id,
        reported_for_app_id: null,
        event_message: null,
      },
    },
    account_guid: account.id,
    client_id: null,
    // After a cancellation too it looks like an open request: only the type says what happened.
    ...(request && {
      signature_request: signatureRequestObject(
        request,
        envelopeOf(world, request),
        'https://api.hellosign.example/v3',
      ),
    }),
  });
  const form = wrap(json, world.value('callback_form', request));
  return { url, event: event_type, requestId: request?.id ?? null, account: account.id, ...form };
};

const wrap = (json: string, form: 'multipart' | 'json' | 'urlencoded') => {
  const boundary = '------------------------2f0e4b7d9c1a6835';
  const typed = (type: string, body: string) => ({ headers: { 'content-type': type }, body });
  switch (form) {
    case 'multipart':
      return typed(
        `multipart/form-data; boundary=${boundary}`,
        `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--${boundary}--\r\n`,
      );
    case 'json':
      return typed('application/json', json);
    case 'urlencoded':
      return typed('application/x-www-form-urlencoded', `json=${encodeURIComponent(json)}`);
  }
};

const countFailures = (world: DropboxSignWorld, { account: id, delivered }: CallbackAttempts): void => {
  const account = id === null ? undefined : world.accounts.get(id);
  if (!account) return;
  const failedCallbacks = delivered ? 0 : account.failedCallbacks + 1;
  const callbackUrl = failedCallbacks >= mostFailures ? null : account.callbackUrl;
  world.accounts.put(account.id, { ...account, failedCallbacks, callbackUrl });
};
