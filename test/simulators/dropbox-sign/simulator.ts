/** A simulated Dropbox Sign. Where its documentation is silent or contradicts itself, a switch chooses. */
import { type Answer, type Call, fieldsOf } from '../answer.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { newHexId, type SimulatedAccount, World } from '../world.ts';
import { eventSender } from './callback.ts';
import { errorAnswer } from './error-answer.ts';
import { cancel, create, type DropboxSign, finishCancel, list, read } from './requests.ts';
import { statuses } from './signature-request.ts';
import { switches } from './switches.ts';

export const dropboxSignSimulator = (dataDir: string | null): Simulator => {
  const world = new World('dropbox-sign', switches, dataDir);
  const events = eventSender(world);
  const provider = { world, events };
  return {
    name: 'dropbox-sign',
    basePath: '/v3',
    baseUrlSetting: 'DROPBOX_SIGN_BASE_URL',
    world,
    operations: ['cancel', 'read', 'send', 'list', 'account', 'other'],
    actions: Object.fromEntries(Object.entries(happenings).map(([name, { meaning }]) => [name, meaning])),
    statuses,
    seed: ({ id = newHexId(40), key, status = 'open' }) =>
      world.seed({ id, status, account: key === undefined ? null : world.accountOf(key).id }),
    act(id, action) {
      const happening = happenings[action];
      const request = happening && world.update(id, { status: happening.status });
      if (request) void events.emit(request, happening.event);
      return request ?? undefined;
    },
    understand: (call) => understand(provider, call),
    resume() {
      events.resume();
      for (const { id, cancelAt } of world.requests.all()) {
        if (cancelAt !== null) world.later(cancelAt, () => finishCancel(provider, id));
      }
    },
  };
};

const happenings: Readonly<Record<string, { status: string; event: string; meaning: string }>> = {
  view: { status: 'viewed', event: 'signature_request_viewed', meaning: 'a signer opens it' },
  sign_one: {
    status: 'partially_signed',
    event: 'signature_request_signed',
    meaning: 'one of two signers signs',
  },
  sign: { status: 'signed', event: 'signature_request_all_signed', meaning: 'all signers sign' },
  decline: { status: 'declined', event: 'signature_request_declined', meaning: 'a signer declines' },
  expire: { status: 'expired', event: 'signature_request_expired', meaning: 'its time is over' },
  fail: { status: 'error', event: 'file_error', meaning: 'its file cannot be processed' },
  cancel: {
    status: 'cancelled',
    event: 'signature_request_canceled',
    meaning: 'cancelled in the web interface',
  },
  destroy: { status: 'destroyed', event: 'signature_request_destroyed', meaning: 'erased for good' },
};

const understand = (provider: DropboxSign, call: Call): Understood => {
  const [, resource, second, third] = call.path.split('/');
  const known = (
    operation: string,
    id: string | null,
    run: (account: SimulatedAccount) => Answer | Promise<Answer>,
  ) => ({
    operation,
    requestId: id,
    perform: () => authorized(provider, call, run),
    error: (status: number) => spoiledAnswer(provider, status, id),
  });
  switch (`${call.method} ${resource}/${second ?? ''}${third === undefined ? '' : '/id'}`) {
    case 'POST signature_request/cancel/id':
      return known('cancel', third ?? '', (account) => cancel(provider, third ?? '', account));
    case 'POST signature_request/send':
      return known('send', null, (account) => create(provider, call, account));
    case 'GET signature_request/list':
      return known('list', null, (account) => list(provider, call, account));
    case 'PUT account/':
    case 'GET account/':
      return known('account', null, (account) => accountAnswer(provider, call, account));
    default:
      if (call.method === 'GET' && resource === 'signature_request' && second && third === undefined) {
        return known('read', second, (account) => read(provider, second, account, call.baseUrl));
      }
      return known('other', null, () => errorAnswer(404));
  }
};

/** An error that a fault asks for. A 429 names a time like a real one. */
const spoiledAnswer = ({ world }: DropboxSign, status: number, id: string | null): Answer => {
  const answer = errorAnswer(status);
  if (status !== 429) return answer;
  const seconds = world.value('fault_reset_seconds', id === null ? null : (world.requests.get(id) ?? null));
  const resetsAt = Math.ceil(Date.now() / 1_000) + seconds;
  return { ...answer, headers: limitHeaders(100, 0, resetsAt) };
};

/** The odd capital is the provider's. */
const limitHeaders = (limit: number, left: number, resetsAt: number) => ({
  'X-RateLimit-Limit': String(limit),
  'X-RateLimit-Remaining': String(left),
  'X-Ratelimit-Reset': String(resetsAt),
});

/** HTTP Basic with the key as user name, or a bearer token. Every answer counts against the account's limit. */
const authorized = async (
  { world }: DropboxSign,
  { headers }: Call,
  run: (account: SimulatedAccount) => Answer | Promise<Answer>,
): Promise<Answer> => {
  const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
  const basic = Buffer.from(value, 'base64').toString('utf8').replace(/:$/, '');
  const key = scheme?.toLowerCase() === 'basic' ? basic : value;
  if (key === '' || key.endsWith('-bad')) return errorAnswer(401);
  const account = world.accountOf(key);
  const limit = world.value('rate_limit_per_minute');
  const { left, resetsAt, over } = world.countPerMinute(account.id, limit || 100);
  const answer = over && limit > 0 ? errorAnswer(429) : await run(account);
  return { ...answer, headers: { ...limitHeaders(limit || 100, left, resetsAt), ...answer.headers } };
};

/** Setting a callback URL tests it first. */
const accountAnswer = async (
  { world, events }: DropboxSign,
  call: Call,
  account: SimulatedAccount,
): Promise<Answer> => {
  const url = call.method === 'PUT' ? (await fieldsOf(call))?.['callback_url'] : account.callbackUrl;
  if (url !== null && typeof url !== 'string') return errorAnswer(400);
  if (call.method === 'PUT' && url !== null) {
    const isTested = URL.canParse(url) && (await events.test(account, url));
    if (!isTested) return errorAnswer(400, 'bad_request', 'callback_url');
    world.accounts.put(account.id, { ...account, callbackUrl: url, failedCallbacks: 0 });
  }
  return { status: 200, body: { account: { account_id: account.id, callback_url: url } } };
};
