/** What the simulated Box Sign does with sign requests that are there. */
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { SimulatedAccount, SimulatedRequest, World } from '../world.ts';
import { advance, envelopeOf, envelopesOf } from './envelope.ts';
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
  if (status === 'cancelled' && world.value('second_cancel', request) === '200') {
    return shown(world, request);
  }
  const tooEarly = status === 'converting' && world.value('cancel_during_converting', request) === '400';
  if (tooEarly || !/^(converting|created|sent|viewed)$/.test(status)) {
    return errorAnswer(400, 'sign_request_id', 'Sign request cannot be cancelled');
  }
  const after = endings[world.value('cancel_outcome', request)] ?? status;
  if (after === 'signed') advance(world, request, 'sign_all');
  const cancelReason = given.data.reason ?? null;
  return shown(world, world.update(id, { status: after, cancelReason }) ?? request);
};

const endings = { cancelled: 'cancelled', silently_dropped: null, lost_race_signed: 'signed' } as const;

export const read = (world: BoxSignWorld, id: string, account: SimulatedAccount): Answer => {
  const request = visible(world, id, account);
  return 'id' in request ? shown(world, request) : request;
};

/** Mails all who have not signed, at most once in so many minutes from the last mails. */
export const resend = (world: BoxSignWorld, id: string, account: SimulatedAccount): Answer => {
  const request = visible(world, id, account);
  if (!('id' in request)) return request;
  const envelope = envelopeOf(world, request);
  const { mailedAt } = envelope;
  const tooEarly = mailedAt !== null && Date.now() - mailedAt < world.value('resend_cool_down_ms', request);
  if (tooEarly || !/^(converting|sent|viewed)$/.test(request.status)) {
    return errorAnswer(400, 'sign_request_id', 'Sign request cannot be resent');
  }
  envelopesOf(world).put(id, { ...envelope, mailedAt: Date.now() });
  return { status: 202 };
};

/** A page of the user's own requests. A request whose folder is deleted is left out, and a new one may come late. */
export const list = (world: BoxSignWorld, account: SimulatedAccount, { query }: Call): Answer => {
  const limit = Number(query.get('limit') ?? 100);
  const from = Number(query.get('marker') ?? 0);
  if (!(limit >= 1 && limit <= 1_000)) return errorAnswer(400, 'limit', 'Invalid value');
  if (!Number.isInteger(from)) return errorAnswer(400, 'marker', 'Invalid value');
  const listed = world.requests
    .all()
    .filter((request) => request.account === account.id && !isGone(world, request))
    .filter((request) => Date.now() - request.createdAt >= world.value('list_delay_ms', request));
  if (world.value('list_order') === 'newest') listed.reverse();
  const entries = listed
    .slice(from, from + limit)
    .map((request) => signRequestObject(world, current(world, request)));
  const end = world.value('list_end') === 'empty' ? '' : null;
  const next_marker = from + limit < listed.length ? String(from + limit) : end;
  return { status: 200, body: { limit, next_marker, entries } };
};

const shown = (world: BoxSignWorld, request: SimulatedRequest): Answer => ({
  status: 200,
  body: signRequestObject(world, request),
});

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
export const current = (world: BoxSignWorld, request: SimulatedRequest): SimulatedRequest =>
  request.status === 'converting' && Date.now() - request.createdAt >= world.value('converting_ms', request)
    ? (world.update(request.id, { status: 'sent' }) ?? request)
    : request;
