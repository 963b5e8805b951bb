/** A simulated Dropbox Sign. Where its documentation is silent or contradicts itself, a switch chooses. */
import { type Answer, type Call, fieldsOf } from '../answer.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { newHexId, type SimulatedAccount, World } from '../world.ts';
import { eventSender } from './callback.ts';
import { envelopeOf } from './envelope.ts';
import { errorAnswer } from './error-answer.ts';
import { actions, happen } from './happenings.ts';
import { list } from './list.ts';
import { cancel, type DropboxSign, finishCancel, read, remind } from './requests.ts';
import { create, sendOut } from './send.ts';
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
    operations: ['cancel', 'read', 'create', 'list', 'remind', 'account', 'other'],
    actions,
    statuses,
    seed: ({ id = newHexId(40), key, status = 'open' }) =>
      world.seed({ id, status, account: key === undefined ? null : world.accountOf(key).id }),
    act: (id, action) => happen(provider, id, action),
    understand: (call) => understand(provider, call),
    resume() {
      events.resume();
      for (const request of world.requests.all()) {
        const { id, cancelAt } = request;
        const { sendAt } = envelopeOf(world, request);
        if (cancelAt !== null) world.later(cancelAt, () => finishCancel(provider, id));
        if (sendAt !== null) world.later(sendAt, () => sendOut(provider, id));
      }
    },
  };
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
      return known('create', null, (account) => create(provider, call, account));
    case 'POST signature_request/remind/id':
      return known('remind', third ?? '', (account) => remind(provider, third ?? '', call, account));
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
