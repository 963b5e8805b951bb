/** What the simulated Dropbox Sign does with signature requests. */
import { type Answer, type Call, fieldsOf } from '../answer.ts';
import { newHexId, type SimulatedAccount, type SimulatedRequest, type World } from '../world.ts';
import type { EventSender } from './callback.ts';
import { errorAnswer } from './error-answer.ts';
import { signatureRequestObject } from './signature-request.ts';
import type { switches } from './switches.ts';

export interface DropboxSign {
  readonly world: World<typeof switches>;
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
  return { status: 200, body: { signature_request: signatureRequestObject(request, baseUrl) } };
};

/** Takes JSON and both dialects of multipart; of the fields only what the rest needs. */
export const create = async (
  { world, events }: DropboxSign,
  call: Call,
  account: SimulatedAccount,
): Promise<Answer> => {
  const fields = await fieldsOf(call);
  const names = Object.keys(fields ?? {});
  if (!names.some((name) => /^(grouped_)?signers/.test(name)))
    return errorAnswer(400, 'bad_request', 'signers');
  if (!names.some((name) => /^file(s|_urls)/.test(name))) return errorAnswer(400, 'bad_request', 'files');
  const title = typeof fields?.['title'] === 'string' ? fields['title'] : 'Contract';
  const request = world.seed({ id: newHexId(40), status: 'open', account: account.id, title });
  void events.emit(request, 'signature_request_sent');
  return { status: 200, body: { signature_request: signatureRequestObject(request, call.baseUrl) } };
};

export const list = ({ world }: DropboxSign, { baseUrl }: Call, account: SimulatedAccount): Answer => {
  const own = world.requests.all().filter((request) => request.account === account.id && !isGone(request));
  const list_info = { page: 1, page_size: own.length, num_pages: 1, num_results: own.length };
  const signature_requests = own.map((request) => signatureRequestObject(request, baseUrl));
  return { status: 200, body: { list_info, signature_requests } };
};

type DropboxSignWorld = DropboxSign['world'];

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

const isGone = ({ status }: SimulatedRequest): boolean => status === 'cancelled' || status === 'destroyed';
const isCancellable = (world: DropboxSignWorld, request: SimulatedRequest): boolean =>
  request.status === 'open' ||
  request.status === 'viewed' ||
  (request.status === 'partially_signed' && world.value('partial_signed_cancellable', request) === 'true');
