/** A simulated Ironclad. Where its documentation is silent or contradicts itself, a switch chooses. */
import { randomUUID } from 'node:crypto';
import type { Answer, Call } from '../answer.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { newHexId, type SimulatedAccount, World } from '../world.ts';
import { type EventSender, eventSender } from './callback.ts';
import { errorAnswer, oauthError } from './error-answer.ts';
import { act, actions } from './happenings.ts';
import { create } from './launch.ts';
import * as signers from './signers.ts';
import { switches } from './switches.ts';
import { type Tokens, tokenOffice } from './tokens.ts';
import { type WebhookRegister, webhookRegister } from './webhooks.ts';
import { statuses } from './workflow.ts';
import * as workflows from './workflows.ts';

interface Ironclad {
  readonly world: World<typeof switches>;
  readonly events: EventSender;
  readonly tokens: Tokens;
  readonly webhooks: WebhookRegister;
}

const tokenPath = '/oauth/token';

export const ironcladSimulator = (dataDir: string | null): Simulator => {
  const world = new World('ironclad', switches, dataDir);
  const webhooks = webhookRegister(world, dataDir);
  const events = eventSender(world, webhooks);
  const provider = { world, events, webhooks, tokens: tokenOffice(world) };
  return {
    name: 'ironclad',
    basePath: '/public/api/v1',
    baseUrlSetting: 'IRONCLAD_BASE_URL',
    otherPaths: { IRONCLAD_TOKEN_URL: tokenPath },
    keys:
      'any access token is a company of its own, and so is the client_id of client credentials; a token or a secret ' +
      'that ends in -bad is refused. Templates whose id ends in -gone are not there',
    world,
    operations: [...new Set([...Object.values(routes).map(({ operation }) => operation), 'token'])],
    actions,
    statuses,
    seed: ({ id = newHexId(24), key, status = 'sent', callback_url }) =>
      world.seed({
        id,
        status,
        account: key === undefined ? null : world.accountOf(key).id,
        callbackUrl: callback_url ?? null,
      }),
    act: (id, action) => act(world, events, id, action),
    understand: (call) => (call.path === tokenPath ? tokenCall(provider, call) : understand(provider, call)),
    resume: events.resume,
  };
};

interface Route {
  /** Its name for faults. */
  readonly operation: string;
  readonly run: (provider: Ironclad, asked: workflows.Asked) => Answer;
}

const webhook: Route = {
  operation: 'other',
  run: ({ webhooks }, { id, account, call }) => webhooks.one(call.method, id, call, account),
};

const routes: Readonly<Record<string, Route>> = {
  'POST workflows/id/cancel': { operation: 'cancel', run: workflows.cancel },
  'POST workflows/id/sign-status/cancel-signature-request': {
    operation: 'cancel_packet',
    run: workflows.cancelPacket,
  },
  'POST workflows/id/sign-status/send-signature-request': {
    operation: 'send_packet',
    run: workflows.sendPacket,
  },
  'GET workflows/id': { operation: 'read', run: workflows.read },
  'GET workflows/id/sign-status': { operation: 'sign_status', run: signers.signStatus },
  'GET workflows/id/signatures': { operation: 'signatures', run: signers.signatures },
  'POST workflows/id/sign-status/signers/role/remind': { operation: 'remind', run: signers.remind },
  'POST workflows/id/pause': { operation: 'pause', run: workflows.pause },
  'POST workflows/id/resume': { operation: 'resume', run: workflows.resume },
  'POST workflows': { operation: 'create', run: create },
  'GET workflows': { operation: 'list', run: workflows.list },
  'GET webhooks/verification-key': { operation: 'key', run: ({ events }) => keyAnswer(events) },
  'POST webhooks': {
    operation: 'webhook',
    run: ({ webhooks }, { account, call }) => webhooks.create(call, account),
  },
  'GET webhooks': { operation: 'other', run: ({ webhooks }, { account }) => webhooks.list(account) },
  'GET webhooks/id': webhook,
  'PATCH webhooks/id': webhook,
  'DELETE webhooks/id': webhook,
};

const other: Route = { operation: 'other', run: () => errorAnswer(404) };

const understand = (provider: Ironclad, call: Call): Understood => {
  const [, resource = '', id, ...verbs] = call.path.split('/');
  const isKey = resource === 'webhooks' && id === 'verification-key';
  const [, list, role = ''] = verbs;
  const below = list === 'signers' ? verbs.with(2, 'role') : verbs;
  const path = [resource, ...(id === undefined ? [] : [isKey ? id : 'id']), ...below].join('/');
  const { operation, run } = new Map(Object.entries(routes)).get(`${call.method} ${path}`) ?? other;
  const requestId = resource === 'workflows' ? (id ?? null) : null;
  return {
    operation,
    requestId,
    perform: () =>
      withRequestId(
        authorized(provider, call, path, (account) =>
          run(provider, { id: id ?? '', role: decodeURIComponent(role), account, call }),
        ),
      ),
    error: (status) => withRequestId(spoiledAnswer(provider, status, requestId)),
  };
};

const keyAnswer = (events: EventSender): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-pem-file; charset=utf-8' },
  body: events.publicKey(),
});

const tokenCall = (provider: Ironclad, call: Call): Understood => ({
  operation: 'token',
  requestId: null,
  perform: () => provider.tokens.issue(call),
  error: (status) =>
    status === 403 ? oauthError(403, 'unauthorized_client') : spoiledAnswer(provider, status, null),
});

const withRequestId = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, 'x-ironclad-requestid': randomUUID() },
});

/** An error that a fault asks for. A 429 names a time like a real one. */
const spoiledAnswer = ({ world }: Ironclad, status: number, id: string | null): Answer => {
  const seconds = world.value('fault_retry_seconds', (id === null ? null : world.requests.get(id)) ?? null);
  return status === 429 ? limited(40, seconds) : errorAnswer(status);
};

/** Of the bucket that the call is in, not of all calls. */
const limitHeaders = (limit: number, left: number, resetsAt: number) => ({
  'X-RateLimit-Limit': String(limit),
  'X-RateLimit-Remaining': String(left),
  'X-RateLimit-Reset': String(resetsAt),
});

const limited = (limit: number, seconds: number): Answer => ({
  ...errorAnswer(429),
  headers: {
    'Retry-After': String(seconds),
    ...limitHeaders(limit, 0, Math.ceil(Date.now() / 1_000) + seconds),
  },
});

const authorized = (
  { world, tokens }: Ironclad,
  call: Call,
  path: string,
  run: (account: SimulatedAccount) => Answer,
): Answer => {
  const caller = tokens.callerOf(call);
  if (caller === null) return errorAnswer(401);
  const { account, isApp } = caller;
  const user = call.headers['x-as-user-email'] ?? call.headers['x-as-user-id'];
  if (isApp && user === undefined && world.value('missing_as_user') === '400') {
    return errorAnswer(400, 'MISSING_PARAM', 'x-as-user-email or x-as-user-id is required');
  }
  // The scope for it is not given to apps.
  if (isApp && call.method === 'GET' && path === 'workflows/id/sign-status') return errorAnswer(403);
  if (call.method === 'GET' || !path.startsWith('workflows')) return run(account);
  const limit = world.value('rate_limit_per_minute');
  const { left, resetsAt, over } = world.countPerMinute(account.id, limit || 40);
  if (over && limit > 0) return limited(limit, Math.max(1, resetsAt - Math.floor(Date.now() / 1_000)));
  const answer = run(account);
  return { ...answer, headers: { ...limitHeaders(limit || 40, left, resetsAt), ...answer.headers } };
};
