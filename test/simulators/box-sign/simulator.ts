/** A simulated Box Sign. Where its documentation is silent or contradicts itself, a switch chooses. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { type SimulatedAccount, World } from '../world.ts';
import { eventSender, signatureKeys } from './callback.ts';
import { errorAnswer, oauthError } from './error-answer.ts';
import { cancel, create, list, read } from './requests.ts';
import { senderEmail, statuses } from './sign-request.ts';
import { switches } from './switches.ts';
import { type Tokens, tokenOffice } from './tokens.ts';

type BoxSignWorld = World<typeof switches>;

const tokenPath = '/oauth2/token';

export const boxSignSimulator = (dataDir: string | null): Simulator => {
  const world = new World('box-sign', switches, dataDir);
  const events = eventSender(world);
  const tokens = tokenOffice(world);
  return {
    name: 'box-sign',
    basePath: '/2.0',
    baseUrlSetting: 'BOX_BASE_URL',
    otherPaths: { BOX_TOKEN_URL: tokenPath },
    keys:
      'any access token is a user of its own, and so is the subject_id of client credentials; a token or a secret that ' +
      `ends in -bad is refused. Webhooks are signed with ${signatureKeys.primary} and ${signatureKeys.secondary}; ` +
      'whatever folder one is set on, all requests of the user are in it',
    world,
    operations: ['cancel', 'read', 'create', 'list', 'account', 'webhook', 'token', 'other'],
    actions: Object.fromEntries(Object.entries(happenings).map(([name, { meaning }]) => [name, meaning])),
    statuses,
    seed: ({ id = randomUUID(), key, status = 'sent', callback_url }) =>
      world.seed({
        id,
        status,
        account: key === undefined ? null : world.accountOf(key).id,
        callbackUrl: callback_url ?? null,
      }),
    act(id, action) {
      const { status, trigger } = happenings[action] ?? {};
      const request = world.update(id, status === undefined ? {} : { status });
      if (request && trigger) void events.emit(request, `SIGN_REQUEST.${trigger}`);
      return request ?? undefined;
    },
    understand: (call) =>
      call.path === tokenPath ? tokenCall(world, tokens, call) : understand({ world, events, tokens }, call),
    resume: events.resume,
  };
};

const happenings: Readonly<Record<string, { status?: string; trigger?: string; meaning: string }>> = {
  view: { status: 'viewed', meaning: 'a signer opens it; no webhook' },
  sign_one: { status: 'viewed', trigger: 'SIGNER_SIGNED', meaning: 'one of two signers signs' },
  finalize: { status: 'finalizing', meaning: 'all signers have signed, the files are not ready; no webhook' },
  sign: { status: 'signed', trigger: 'COMPLETED', meaning: 'all signers have signed' },
  decline: { status: 'declined', trigger: 'DECLINED', meaning: 'a signer declines' },
  expire: { status: 'expired', trigger: 'EXPIRED', meaning: 'its time is over' },
  bounce: { trigger: 'SIGNER_EMAIL_BOUNCED', meaning: 'the mail to a signer bounces' },
  fail: { status: 'error_finalizing', trigger: 'ERROR_FINALIZING', meaning: 'it cannot be finalised' },
  cancel: { status: 'cancelled', meaning: 'cancelled in the web interface; no webhook' },
};

interface BoxSign {
  readonly world: BoxSignWorld;
  readonly events: ReturnType<typeof eventSender>;
  readonly tokens: Tokens;
}

const understand = ({ world, events, tokens }: BoxSign, call: Call): Understood => {
  const [, resource, id, verb] = call.path.split('/');
  const known = (
    operation: string,
    requestId: string | null,
    run: (account: SimulatedAccount) => Answer,
  ): Understood => ({
    operation,
    requestId,
    perform: () => authorized(world, tokens, call, run),
    error: (status) => spoiledAnswer(world, status, requestId),
  });
  switch (
    `${call.method} ${resource}${id === undefined ? '' : '/id'}${verb === undefined ? '' : `/${verb}`}`
  ) {
    case 'POST sign_requests/id/cancel':
      return known('cancel', id ?? '', (account) => cancel(world, id ?? '', account, call));
    case 'GET sign_requests/id':
      return known('read', id ?? '', (account) => read(world, id ?? '', account));
    case 'POST sign_requests':
      return known('create', null, (account) => create(world, events, call, account));
    case 'GET sign_requests':
      return known('list', null, (account) => list(world, account));
    case 'GET users/id':
      return known('account', null, ({ id: user }) => userAnswer(id === 'me', user));
    case 'POST webhooks':
      return known('webhook', null, (account) => setWebhook(world, call, account));
    case 'DELETE webhooks/id':
      return known('webhook', null, (account) => removeWebhook(world, account));
    default:
      return known('other', null, () => errorAnswer(404));
  }
};

const tokenCall = (world: BoxSignWorld, tokens: Tokens, call: Call): Understood => ({
  operation: 'token',
  requestId: null,
  perform: () => tokens.issue(call),
  error: (status) =>
    status === 400
      ? oauthError('invalid_grant', 'Grant credentials are invalid')
      : spoiledAnswer(world, status, null),
});

/** An error that a fault asks for. A 429 names a time like a real one. */
const spoiledAnswer = (world: BoxSignWorld, status: number, id: string | null): Answer => {
  if (status === 401) return unauthorized(world);
  const seconds = world.value('fault_retry_seconds', (id === null ? null : world.requests.get(id)) ?? null);
  return status === 429 ? limited(world, seconds) : errorAnswer(status);
};

const unauthorized = (world: BoxSignWorld): Answer =>
  world.value('unauthorized_body') === 'empty' ? { status: 401 } : errorAnswer(401);

const limited = (world: BoxSignWorld, seconds: number): Answer => ({
  ...errorAnswer(429),
  headers: { [world.value('retry_after_name')]: String(seconds) },
});

const authorized = (
  world: BoxSignWorld,
  tokens: Tokens,
  call: Call,
  run: (account: SimulatedAccount) => Answer,
): Answer => {
  const account = tokens.accountOf(call);
  if (account === null) return unauthorized(world);
  const limit = world.value('rate_limit_per_minute');
  const { over, resetsAt } = world.countPerMinute(account.id, limit);
  if (limit === 0 || !over) return run(account);
  return limited(world, Math.max(1, resetsAt - Math.floor(Date.now() / 1_000)));
};

const userAnswer = (isMe: boolean, id: string): Answer =>
  isMe
    ? { status: 200, body: { type: 'user', id, name: 'Zoë Sender', login: senderEmail } }
    : errorAnswer(404);

const webhookBody = z.object({
  target: z.object({ id: z.string().check(z.regex(/^[1-9]\d*$/)), type: z.enum(['file', 'folder']) }),
  address: z.url(),
  triggers: z.array(z.string()).check(z.minLength(1)),
});

/** One for each app, user and item; the simulated user has one item. */
const setWebhook = (world: BoxSignWorld, { body }: Call, account: SimulatedAccount): Answer => {
  const given = webhookBody.safeParse(parseJson(body));
  if (!given.success) return errorAnswer(400, 'target', 'Bad request');
  if (account.callbackUrl !== null) return errorAnswer(409);
  world.accounts.put(account.id, { ...account, callbackUrl: given.data.address });
  return { status: 201, body: { id: '900100', type: 'webhook', ...given.data } };
};

const removeWebhook = (world: BoxSignWorld, account: SimulatedAccount): Answer => {
  world.accounts.put(account.id, { ...account, callbackUrl: null });
  return { status: 204 };
};
