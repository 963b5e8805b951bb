/** A simulated Box Sign. Where its documentation is silent or contradicts itself, a switch chooses. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { type SimulatedAccount, World } from '../world.ts';
import { type EventSender, eventSender, signatureKeys } from './callback.ts';
import { create } from './create.ts';
import { advance, envelopeOf, envelopesOf, type Step, senderEmail } from './envelope.ts';
import { errorAnswer, oauthError } from './error-answer.ts';
import { cancel, list, read, resend } from './requests.ts';
import { statuses } from './sign-request.ts';
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
      'whatever folder one is set on, all requests of the user are in it. Files, folders and templates whose id ends in 404 are not there',
    world,
    operations: ['cancel', 'read', 'create', 'list', 'remind', 'account', 'webhook', 'token', 'other'],
    actions: Object.fromEntries(Object.entries(happenings).map(([name, { meaning }]) => [name, meaning])),
    statuses,
    seed: ({ id = randomUUID(), key, status = 'sent', callback_url }) =>
      world.seed({
        id,
        status,
        account: key === undefined ? null : world.accountOf(key).id,
        callbackUrl: callback_url ?? null,
      }),
    act: (id, action) => happen(world, events, id, action),
    understand: (call) =>
      call.path === tokenPath ? tokenCall(world, tokens, call) : understand({ world, events, tokens }, call),
    resume: events.resume,
  };
};

interface Happening {
  readonly status?: string;
  readonly step?: Step;
  readonly trigger?: string;
  readonly meaning: string;
}

const happenings: Readonly<Record<string, Happening>> = {
  prepare: { status: 'sent', trigger: 'SIGNATURE_REQUESTED', meaning: 'the sender prepares and sends it' },
  view: { status: 'viewed', step: 'view', meaning: 'the next signer opens it; no webhook' },
  sign_one: {
    status: 'viewed',
    step: 'sign',
    trigger: 'SIGNER_SIGNED',
    meaning: 'the next signer signs; after the last one it is signed',
  },
  finalize: {
    status: 'finalizing',
    step: 'sign_all',
    meaning: 'all signers have signed, the files are not ready; no webhook',
  },
  sign: { status: 'signed', step: 'sign_all', trigger: 'COMPLETED', meaning: 'all signers have signed' },
  decline: { status: 'declined', step: 'decline', trigger: 'DECLINED', meaning: 'the next signer declines' },
  expire: { status: 'expired', trigger: 'EXPIRED', meaning: 'its time is over' },
  bounce: { trigger: 'SIGNER_EMAIL_BOUNCED', meaning: 'the mail to a signer bounces' },
  fail: { status: 'error_finalizing', trigger: 'ERROR_FINALIZING', meaning: 'it cannot be finalised' },
  cancel: { status: 'cancelled', meaning: 'cancelled in the web interface; no webhook' },
};

const happen = (world: BoxSignWorld, events: EventSender, id: string, action: string) => {
  const before = world.requests.get(id);
  if (before === undefined) return undefined;
  const { status, step, trigger } = happenings[action] ?? {};
  if (action === 'prepare') {
    envelopesOf(world).put(id, { ...envelopeOf(world, before), mailedAt: Date.now() });
  }
  const isLast = step !== undefined && advance(world, before, step);
  const request = world.update(id, status === undefined ? {} : { status }) ?? before;
  if (trigger !== undefined) void events.emit(request, `SIGN_REQUEST.${trigger}`);
  if (action !== 'sign_one' || !isLast) return request;
  const signed = world.update(id, { status: 'signed' }) ?? request;
  void events.emit(signed, 'SIGN_REQUEST.COMPLETED');
  return signed;
};

interface BoxSign {
  readonly world: BoxSignWorld;
  readonly events: EventSender;
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
      return known('create', null, (account) =>
        sending(world, account, () => create(world, events, call, account)),
      );
    case 'POST sign_requests/id/resend':
      return known('remind', id ?? '', (account) =>
        sending(world, account, () => resend(world, id ?? '', account)),
      );
    case 'GET sign_requests':
      return known('list', null, (account) => list(world, account, call));
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

/** Creations and resends have a limit of their own. */
const sending = (world: BoxSignWorld, { id }: SimulatedAccount, run: () => Answer): Answer => {
  const limit = world.value('send_limit_per_minute');
  const { over, resetsAt } = world.countPerMinute(`${id} sends`, limit);
  if (limit === 0 || !over) return run();
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
