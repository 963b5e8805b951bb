/** The unified and the proxy calls about workflows. */
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { SimulatedAccount, SimulatedRequest } from '../world.ts';
import { ironcladError, remoteError, trutoError } from './error-answer.ts';
import { cancelAtIronclad, type TrutoWorld, visible, workflowAtIronclad } from './ironclad.ts';
import { launchOf } from './launches.ts';

const cancelBody = z.object({
  id: z.string(),
  message: z.string().check(z.minLength(1)),
  remote_data: z.optional(z.record(z.string(), z.unknown())),
});

/** Null where the body names none. */
export const requestIdIn = ({ body }: Call): string | null => {
  const parsed = z.object({ id: z.string() }).safeParse(parseJson(body));
  return parsed.success ? parsed.data.id : null;
};

export const cancel = (world: TrutoWorld, call: Call, account: SimulatedAccount): Answer => {
  const given = cancelBody.safeParse(parseJson(call.body));
  if (!given.success) {
    return trutoError(400, 'Validation failed', { missing_required_body_fields: ['id', 'message'] });
  }
  const { id, message } = given.data;
  const remote = cancelAtIronclad(world, id, message, account);
  if (remote.status === 401) world.accounts.put(account.id, { ...account, status: 'needs_reauth' });
  if (remote.status >= 400) return remoteError(remote);
  const request = world.requests.get(id);
  return request ? replyTo(world, request, call) : trutoError(500, 'lost');
};

const replyTo = (world: TrutoWorld, request: SimulatedRequest, call: Call): Answer => {
  const workflow = unified(world, request, call);
  switch (world.value('reply', request)) {
    case 'bare':
      return { status: 200, body: workflow };
    case 'result':
      return { status: 200, body: { result: workflow } };
    case 'empty_result':
      return { status: 200, body: { result: {} } };
    case 'empty_object':
      return { status: 200, body: {} };
    case 'no_content':
      return { status: 204 };
    case 'empty_body':
      return { status: 200 };
  }
};

export const read = (world: TrutoWorld, id: string, call: Call, account: SimulatedAccount): Answer => {
  const request = visible(world, id, account);
  if (!request) return remoteError(ironcladError(404));
  return enveloped(world, request, unified(world, request, call));
};

export const readThroughProxy = (world: TrutoWorld, id: string, account: SimulatedAccount): Answer => {
  const request = visible(world, id, account);
  if (world.value('proxy', request) === '404') return trutoError(404, 'No such resource');
  if (!request) return remoteError(ironcladError(404));
  return enveloped(world, request, workflowAtIronclad(world, request));
};

export const enveloped = (world: TrutoWorld, request: SimulatedRequest, body: object): Answer => ({
  status: 200,
  body: world.value('read_envelope', request) === 'result' ? { result: body } : body,
});

/** A page of the active ones, unless Ironclad's own `status` goes along. A new one may come late. */
export const list = (world: TrutoWorld, call: Call, account: SimulatedAccount): Answer => {
  const { query } = call;
  const [limit, from] = [Number(query.get('limit') ?? '100'), Number(query.get('next_cursor') ?? '0')];
  const wanted = (query.get('remote_query[status]') ?? 'active').split(',');
  const listedUntil = Date.now() - world.value('list_delay_ms');
  const own = world.requests
    .all()
    .filter(({ id, status, createdAt }) => {
      return visible(world, id, account) && wanted.includes(status) && createdAt <= listedUntil;
    })
    .filter((request) => {
      const { template } = launchOf(world, request);
      return template === (query.get('template_id') ?? template);
    });
  const result = own.slice(from, from + limit).map((request) => unified(world, request, call));
  const next_cursor = own.length > from + limit ? String(from + limit) : null;
  const is_partial_response = world.value('list') === 'partial';
  const page = { result, next_cursor, prev_cursor: null, result_count: result.length };
  return { status: 200, body: { ...page, is_partial_response } };
};

/** The unified status has no word for a cancellation. */
export const unified = (world: TrutoWorld, request: SimulatedRequest, { query }: Call): object => {
  const created_at = new Date(request.createdAt).toISOString();
  const isLeftOut =
    query.get('truto_ignore_remote_data') === 'true' || world.value('remote_data', request) === 'absent';
  return {
    id: request.id,
    name: request.title,
    description: null,
    type: 'workflow',
    status: request.status === 'active' ? 'active' : 'inactive',
    created_by: { id: '68f0000000000000000000d4', name: 'Ana Ruiz' },
    created_at,
    updated_at: created_at,
    stage: { id: 'sign', name: 'Sign' },
    custom_fields: {},
    urls: urls[world.value('urls', request)],
    ...(!isLeftOut && { remote_data: workflowAtIronclad(world, request) }),
  };
};

const url = 'https://ironcladapp.example/sign?r=5e51f2b9';
const urls = {
  none: [],
  browser: [{ type: 'browser', url: 'https://ironcladapp.example/workflow/1' }],
  signing: [
    { type: 'browser', url: 'https://ironcladapp.example/workflow/1' },
    { type: 'signing', url },
  ],
} as const;
