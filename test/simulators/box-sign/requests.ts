/** What the simulated Box Sign does with sign requests. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { SimulatedAccount, SimulatedRequest, World } from '../world.ts';
import type { EventSender } from './callback.ts';
import { errorAnswer } from './error-answer.ts';
import { signRequestObject } from './sign-request.ts';
import type { switches } from './switches.ts';

type BoxSignWorld = World<typeof switches>;

/** Empty, `{}` and `{reason}` are taken. */
const cancelBody = z.object({ reason: z.optional(z.string()) });

export const cancel = (
  world: BoxSignWorld,
  id: string,
  account: SimulatedAccount,
  { body }: Call,
): Answer => {
  const given = cancelBody.safeParse(body.length === 0 ? {} : parseJson(body));
  if (!given.success) return errorAnswer(400, 'body', 'Invalid JSON');
  const request = visible(world, id, account);
  if (!('id' in request)) return request;
  const { status } = request;
  if (status === 'cancelled' && world.value('second_cancel', request) === '200') return shown(request);
  const tooEarly = status === 'converting' && world.value('cancel_during_converting', request) === '400';
  if (tooEarly || !/^(converting|created|sent|viewed)$/.test(status)) {
    return errorAnswer(400, 'sign_request_id', 'Sign request cannot be cancelled');
  }
  const after = endings[world.value('cancel_outcome', request)] ?? status;
  const cancelReason = given.data.reason ?? null;
  return shown(world.update(id, { status: after, cancelReason }) ?? request);
};

const endings = { cancelled: 'cancelled', silently_dropped: null, lost_race_signed: 'signed' } as const;

export const read = (world: BoxSignWorld, id: string, account: SimulatedAccount): Answer => {
  const request = visible(world, id, account);
  return 'id' in request ? shown(request) : request;
};

const createBody = z.object({
  name: z.optional(z.string()),
  signers: z.array(z.looseObject({})).check(z.minLength(1), z.maxLength(35)),
  is_document_preparation_needed: z.optional(z.boolean()),
});

/** Of the fields only what the rest needs. */
export const create = (
  world: BoxSignWorld,
  events: EventSender,
  { body }: Call,
  account: SimulatedAccount,
): Answer => {
  const given = createBody.safeParse(parseJson(body));
  if (!given.success) return errorAnswer(400, 'signers', 'Bad request');
  const { name: title = 'Sign Request', is_document_preparation_needed: prepares } = given.data;
  const status = prepares ? 'created' : 'converting';
  const request = world.seed({ id: randomUUID(), status, account: account.id, title });
  void events.emit(request, 'SIGN_REQUEST.SIGNATURE_REQUESTED');
  return { ...shown(current(world, request)), status: 201 };
};

/** A request whose folder is deleted is left out. */
export const list = (world: BoxSignWorld, account: SimulatedAccount): Answer => {
  const entries = world.requests
    .all()
    .filter((request) => request.account === account.id && !isGone(world, request))
    .map((request) => signRequestObject(current(world, request)));
  return { status: 200, body: { limit: 100, next_marker: null, entries } };
};

const shown = (request: SimulatedRequest): Answer => ({ status: 200, body: signRequestObject(request) });

/** The request as it is by now, if the user may see it; a request of nobody becomes that of the first who asks. */
const visible = (world: BoxSignWorld, id: string, account: SimulatedAccount): SimulatedRequest | Answer => {
  const request = world.requests.get(id);
  if (!request || isGone(world, request)) return errorAnswer(404);
  if (request.account !== null && request.account !== account.id) {
    return errorAnswer(Number(world.value('foreign_request', request)));
  }
  return current(world, world.update(id, { account: account.id }) ?? request);
};

const isGone = (world: BoxSignWorld, request: SimulatedRequest): boolean =>
  world.value('parent_folder', request) === 'deleted';

/** A conversion ends by itself. */
const current = (world: BoxSignWorld, request: SimulatedRequest): SimulatedRequest =>
  request.status === 'converting' && Date.now() - request.createdAt >= world.value('converting_ms', request)
    ? (world.update(request.id, { status: 'sent' }) ?? request)
    : request;
