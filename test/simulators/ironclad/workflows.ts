/** What the simulated Ironclad does with workflows. */
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { SimulatedAccount, SimulatedRequest, World } from '../world.ts';
import type { EventSender } from './callback.ts';
import { errorAnswer, invalidState, noWorkflow } from './error-answer.ts';
import { signStatusObject } from './signers.ts';
import type { switches } from './switches.ts';
import { ironcladId, isInSignStep, workflowObject } from './workflow.ts';

export interface Workflows {
  readonly world: World<typeof switches>;
  readonly events: EventSender;
}

export interface Asked {
  /** Of the workflow, as the path has it. */
  readonly id: string;
  /** Of a signer, where the path has one. */
  readonly role: string;
  readonly account: SimulatedAccount;
  readonly call: Call;
}

/** The id alone: that the IC- number is not taken here is an assumption. */
export const cancel = ({ world, events }: Workflows, { id, account, call: { body } }: Asked): Answer => {
  const comment = commentIn(body);
  if ('status' in comment) return comment;
  const request = visible(world, id, account);
  if (!('id' in request)) return request;
  if (request.status === 'cancelled') {
    return world.value('repeat', request) === '204'
      ? { status: 204 }
      : invalidState('Workflow is cancelled.');
  }
  if (request.status === 'completed' && world.value('acting_user', request) === 'participant') {
    return errorAnswer(403);
  }
  const after = {
    cancelled: 'cancelled',
    silently_dropped: request.status,
    lost_race_signed: 'completed',
  } as const;
  const outcome = world.value('cancel_outcome', request);
  const done = world.update(request.id, {
    status: after[outcome],
    statusBefore: request.status,
    cancelReason: comment.message,
  });
  if (done && outcome === 'cancelled') void events.emit(done, 'workflow_cancelled');
  if (done && outcome === 'lost_race_signed') void events.emit(done, 'workflow_completed');
  return { status: 204 };
};

export const cancelPacket = (
  { world, events }: Workflows,
  { id, account, call: { body } }: Asked,
): Answer => {
  const given = z.object({ reason: z.string() }).safeParse(parseJson(body));
  if (!given.success) return errorAnswer(400, 'MISSING_PARAM', 'reason is required', 'reason');
  const request = visible(world, id, account, true);
  if (!('id' in request)) return request;
  if (!isInSignStep(request)) return invalidState('Workflow must be on Sign Step.');
  if (request.status === 'sign') {
    return world.value('repeat', request) === '204'
      ? { status: 200, body: signStatusObject(world, request) }
      : invalidState('No signature request is out.');
  }
  const after = { cancelled: 'sign', silently_dropped: request.status, lost_race_signed: 'archive' } as const;
  const outcome = world.value('cancel_outcome', request);
  const done = world.update(request.id, { status: after[outcome], cancelReason: given.data.reason });
  if (done && outcome === 'cancelled') void events.emit(done, 'workflow_signature_packet_cancelled');
  if (done && outcome === 'lost_race_signed')
    void events.emit(done, 'workflow_signature_packet_fully_signed');
  return { status: 200, body: { ...signStatusObject(world, request), status: 'not_sent' } };
};

export const sendPacket = ({ world, events }: Workflows, { id, account }: Asked): Answer => {
  const request = visible(world, id, account, true);
  if (!('id' in request)) return request;
  if (request.status !== 'sign') return invalidState('Workflow must be on Sign Step.');
  const sent = world.update(request.id, { status: 'sent' }) ?? request;
  void events.emit(sent, 'workflow_signature_packet_sent');
  return { status: 200, body: signStatusObject(world, sent) };
};

export const read = ({ world }: Workflows, { id, account }: Asked): Answer => {
  const request = visible(world, id, account, true);
  return 'id' in request ? { status: 200, body: workflowObject(world, request) } : request;
};

export const pause = (provider: Workflows, asked: Asked): Answer =>
  hold(provider, asked, { from: 'review', to: 'paused', event: 'workflow_paused' });

export const resume = (provider: Workflows, asked: Asked): Answer =>
  hold(provider, asked, { from: 'paused', to: 'review', event: 'workflow_resumed' });

const hold = (
  { world, events }: Workflows,
  { id, account, call }: Asked,
  { from, to, event }: { readonly from: string; readonly to: string; readonly event: string },
): Answer => {
  const comment = commentIn(call.body);
  if ('status' in comment) return comment;
  const request = visible(world, id, account);
  if (!('id' in request)) return request;
  if (request.status !== from) {
    return invalidState('Only active workflows in the review step can be paused.');
  }
  const changed = world.update(request.id, { status: to }) ?? request;
  void events.emit(changed, event);
  return { status: 204 };
};

/** Only active ones, unless `status` says otherwise. A new one may come late. */
export const list = ({ world }: Workflows, { account, call: { query } }: Asked): Answer => {
  const wanted = (query.get('status') ?? 'active').split(',');
  const page = Number(query.get('page') ?? 0);
  const pageSize = Number(query.get('pageSize') ?? 20);
  if (!(pageSize >= 1 && pageSize <= 100))
    return errorAnswer(400, 'INVALID_PARAM', 'invalid page size', 'pageSize');
  const listedUntil = Date.now() - world.value('list_delay_ms');
  const all = world.requests
    .all()
    .filter(({ account: owner, createdAt }) => owner === account.id && createdAt <= listedUntil)
    .map((request) => workflowObject(world, request))
    .filter(({ status = 'active' }) => wanted.includes(status))
    .filter(({ template }) => template === (query.get('template') ?? template));
  const shown = all.slice(page * pageSize, (page + 1) * pageSize);
  return { status: 200, body: { page, pageSize, count: all.length, list: shown } };
};

/** A plain string is what the comment endpoint takes. */
const commentIn = (body: Buffer): { readonly message: string } | Answer => {
  const parsed = z.object({ comment: z.unknown() }).safeParse(parseJson(body));
  const comment = parsed.success ? parsed.data.comment : undefined;
  if (comment === undefined) return errorAnswer(400, 'MISSING_PARAM', 'comment is required', 'comment');
  const given = z.object({ message: z.string() }).safeParse(comment);
  return given.success
    ? given.data
    : errorAnswer(400, 'INVALID_PARAM', 'comment must be an object', 'comment');
};

/** The workflow, if the company may see it; a workflow of nobody becomes that of the first who asks. */
export const visible = (
  world: Workflows['world'],
  id: string,
  account: SimulatedAccount,
  takesNumber = false,
): SimulatedRequest | Answer => {
  const byNumber = takesNumber
    ? world.requests.all().find((request) => ironcladId(request.id) === id)
    : undefined;
  const request = world.requests.get(id) ?? byNumber;
  if (!request) return noWorkflow;
  if (request.account !== null && request.account !== account.id) {
    return world.value('foreign_workflow', request) === '403' ? errorAnswer(403) : noWorkflow;
  }
  return world.update(request.id, { account: account.id }) ?? noWorkflow;
};
