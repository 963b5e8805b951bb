/** What the simulated Dropbox Sign does with signature requests. */
import type { Answer, Call } from '../answer.ts';
import type { SimulatedAccount, SimulatedRequest } from '../world.ts';
import type { EventSender } from './callback.ts';
import { type DropboxSignWorld, envelopeOf, envelopesOf } from './envelope.ts';
import { errorAnswer } from './error-answer.ts';
import { nestedFieldsOf } from './fields.ts';
import { signatureRequestObject } from './signature-request.ts';

export interface DropboxSign {
  readonly world: DropboxSignWorld;
  readonly events: EventSender;
}

export const cancel = async (
  { world, events }: DropboxSign,
  id: string,
  account: SimulatedAccount,
): Promise<Answer> => {
  const request = visible(world, id, account);
  if (!('id' in request)) return request;
  if (isGone(request)) return errorAnswer(410);
  if (request.cancelAt !== null) {
    const second = Number(world.value('second_cancel', request));
    return second === 200 ? { status: 200 } : errorAnswer(second);
  }
  if (!isCancellable(world, request)) return errorAnswer(400, 'signature_request_cancel_failed');
  const cancelAt = Date.now() + world.value('cancel_delay_ms', request);
  world.update(id, { cancelAt });
  if (world.value('callback_before_answer', request) === 'true') await finishCancel({ world, events }, id);
  else world.later(cancelAt, () => finishCancel({ world, events }, id));
  return { status: 200 };
};

/** The queued job: what it does to the request, and what it tells the sender. */
export const finishCancel = async ({ world, events }: DropboxSign, id: string): Promise<void> => {
  const request = world.requests.get(id);
  if (!request || request.cancelAt === null) return;
  const outcome = isCancellable(world, request) ? world.value('cancel_outcome', request) : 'silently_dropped';
  const [status, event] = endings[outcome];
  const done = world.update(id, { cancelAt: null, status: status ?? request.status });
  if (done && event !== null) await events.emit(done, event);
};

const endings = {
  canceled: ['cancelled', 'signature_request_canceled'],
  lost_race_all_signed: ['signed', 'signature_request_all_signed'],
  silently_dropped: [null, null],
} as const;

export const read = (
  { world }: DropboxSign,
  id: string,
  account: SimulatedAccount,
  baseUrl: string,
): Answer => {
  const request = visible(world, id, account);
  if (!('id' in request)) return request;
  const found = request.status === 'cancelled' ? world.value('get_after_cancel', request) : 'stale';
  if (found !== 'stale') return errorAnswer(Number(found));
  if (request.status === 'destroyed') return errorAnswer(410);
  return {
    status: 200,
    body: { signature_request: signatureRequestObject(request, envelopeOf(world, request), baseUrl) },
  };
};

/** Mails one signer, named by address, and by name where two share one. */
export const remind = async (
  { world, events }: DropboxSign,
  id: string,
  call: Call,
  account: SimulatedAccount,
): Promise<Answer> => {
  const request = visible(world, id, account);
  if (!('id' in request)) return request;
  if (isGone(request)) return errorAnswer(410);
  const fields = await nestedFieldsOf(call);
  const envelope = envelopeOf(world, request);
  const named = envelope.signatures.filter(
    ({ email, name }) => email === fields?.['email_address'] && name === (fields['name'] ?? name),
  );
  const [signature, ...others] = named;
  if (signature === undefined) return errorAnswer(400, 'invalid_recipient', 'email_address');
  if (others.length > 0) return errorAnswer(400, 'bad_request', 'name');
  const now = Math.floor(Date.now() / 1_000);
  const isTooSoon =
    signature.remindedAt !== null && now - signature.remindedAt < world.value('remind_cool_down_ms') / 1_000;
  const isWaiting = signature.code === 'awaiting_signature' && awaiting.has(request.status);
  if (isTooSoon || !isWaiting) return errorAnswer(400, 'invalid_reminder');
  const signatures = envelope.signatures.map((one) =>
    one === signature ? { ...one, remindedAt: now } : one,
  );
  const reminded = { ...envelope, signatures };
  envelopesOf(world).put(id, reminded);
  void events.emit(request, 'signature_request_remind', signature.id);
  return {
    status: 200,
    body: { signature_request: signatureRequestObject(request, reminded, call.baseUrl) },
  };
};

/** Statuses in which signers can be waited for. */
const awaiting: ReadonlySet<string> = new Set(['open', 'viewed', 'partially_signed']);

/** The request, if the account may see it; a request of nobody becomes that of the first who asks. */
const visible = (
  world: DropboxSignWorld,
  id: string,
  account: SimulatedAccount,
): SimulatedRequest | Answer => {
  const request = world.requests.get(id);
  if (!request) return errorAnswer(404);
  if (request.account === null) return world.update(id, { account: account.id }) ?? errorAnswer(404);
  return request.account === account.id
    ? request
    : errorAnswer(Number(world.value('foreign_request', request)));
};

export const isGone = ({ status }: SimulatedRequest): boolean =>
  status === 'cancelled' || status === 'destroyed';
const isCancellable = (world: DropboxSignWorld, request: SimulatedRequest): boolean =>
  awaiting.has(request.status) &&
  (request.status !== 'partially_signed' || world.value('partial_signed_cancellable', request) === 'true');
