/** A template: a simulated Example Sign. Copy it and make it as odd as the real one; a line in `server.ts` starts it. */
import { createHmac } from 'node:crypto';
import { type Answer, type Call, parseJson } from '../answer.ts';
import { callbackQueue } from '../callbacks.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { newHexId, type SimulatedAccount, type SimulatedRequest, World } from '../world.ts';
import { advance, create, list, remind, requestObject } from './creation.ts';
import { errorAnswer, switches } from './switches.ts';

type ExampleWorld = World<typeof switches>;

interface ExampleSign {
  readonly world: ExampleWorld;
  /** Tells the account's webhook what became of a request. */
  readonly tell: (request: SimulatedRequest) => Promise<void>;
}

const statusAfter: Readonly<Record<string, string>> = {
  view: 'viewed',
  sign: 'signed',
  decline: 'declined',
  expire: 'expired',
  cancel: 'cancelled',
};

export const exampleSignSimulator = (dataDir: string | null): Simulator => {
  const world = new World('example-sign', switches, dataDir);
  const queue = callbackQueue(world, {
    retryAfterMs: () => [1_000, 5_000],
    isAcknowledged: (status) => status === 200,
    headersOf: ({ account, body }) => signatureHeaders(world, account, body),
  });
  const tell = async (request: SimulatedRequest): Promise<void> => {
    const { callbackUrl: url = null } = world.accounts.get(request.account ?? '') ?? {};
    const mode = world.value('callbacks', request);
    if (url === null || mode === 'lose') return;
    const { id, account, status: event } = request;
    const headers = { 'content-type': 'application/json' };
    const callback = { requestId: id, account, event, url, headers, body: JSON.stringify({ event, id }) };
    await queue.send(callback);
    if (mode === 'twice') await queue.send(callback);
  };
  return {
    name: 'example-sign',
    basePath: '/v1',
    baseUrlSetting: 'EXAMPLE_SIGN_BASE_URL',
    world,
    operations: ['cancel', 'read', 'create', 'list', 'remind', 'account', 'webhook', 'other'],
    actions: {
      view: 'the next signer opens it',
      sign: 'all signers sign',
      decline: 'a signer declines',
      expire: 'its time is over',
      cancel: 'cancelled in the web interface',
    },
    statuses: ['sent', ...Object.values(statusAfter)],
    seed: ({ id = newHexId(32), key, status = 'sent' }) =>
      world.seed({ id, status, account: key === undefined ? null : world.accountOf(key).id }),
    act(id, action) {
      advance(world, id, action);
      const request = world.update(id, { status: statusAfter[action] ?? 'sent' });
      if (request) void tell(request);
      return request ?? undefined;
    },
    understand: (call) => understand({ world, tell }, call),
    resume: queue.resume,
  };
};

const understand = (provider: ExampleSign, call: Call): Understood => {
  const { world } = provider;
  const [, resource, id = null, verb] = call.path.split('/');
  const known = (
    operation: string,
    requestId: string | null,
    run: (account: SimulatedAccount) => Answer,
  ): Understood => ({
    operation,
    requestId,
    perform: () => authorized(world, call, run),
    error: (status) => errorAnswer(status, status === 429 ? world.value('fault_retry_seconds') : null),
  });
  switch (`${call.method} ${resource}${id === null ? '' : '/id'}${verb === undefined ? '' : `/${verb}`}`) {
    case 'POST signature_requests/id/cancel':
      return known('cancel', id, (account) => cancel(provider, id, account));
    case 'GET signature_requests/id':
      return known('read', id, (account) => show(world, visible(world, id, account)));
    case 'POST signature_requests':
      return known('create', null, (account) => create(world, call, account));
    case 'GET signature_requests':
      return known('list', null, (account) => list(world, call, account));
    case 'POST signature_requests/id/remind':
      return known('remind', id, (account) => remind(world, visible(world, id, account)));
    case 'GET account':
      return known('account', null, ({ id: account }) => ({ status: 200, body: { id: account } }));
    case 'POST webhooks':
      return known('webhook', null, (account) => registerWebhook(world, call, account));
    default:
      return known('other', null, () => errorAnswer(404));
  }
};

const authorized = (
  world: ExampleWorld,
  { headers }: Call,
  run: (account: SimulatedAccount) => Answer,
): Answer => {
  const [, key = ''] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  if (key === '' || key.endsWith('-bad')) return errorAnswer(401);
  const account = world.accountOf(key);
  const limit = world.value('rate_limit_per_minute');
  const { over, resetsAt } = world.countPerMinute(account.id, limit);
  if (limit === 0 || !over) return run(account);
  return errorAnswer(429, Math.max(1, resetsAt - Math.floor(Date.now() / 1_000)));
};

/** A request of nobody becomes that of the first who asks. */
const visible = (
  world: ExampleWorld,
  id: string | null,
  account: SimulatedAccount,
): SimulatedRequest | null => {
  const request = id === null ? undefined : world.requests.get(id);
  if (!request || (request.account ?? account.id) !== account.id) return null;
  return world.update(request.id, { account: account.id });
};

const show = (world: ExampleWorld, request: SimulatedRequest | null): Answer =>
  request === null ? errorAnswer(404) : { status: 200, body: requestObject(world, request) };

const cancel = ({ world, tell }: ExampleSign, id: string | null, account: SimulatedAccount): Answer => {
  const request = visible(world, id, account);
  if (request === null || request.status === 'cancelled') return show(world, request);
  if (!/^(sent|viewed)$/.test(request.status)) return errorAnswer(409);
  const finish = (): void => {
    const cancelled = world.update(request.id, { status: 'cancelled' });
    if (cancelled) void tell(cancelled);
  };
  if (world.value('cancel_answer', request) === 'pending') world.later(Date.now() + 50, finish);
  else finish();
  return show(world, world.requests.get(request.id) ?? null);
};

/** The only answer that shows the secret. */
const registerWebhook = (world: ExampleWorld, { body }: Call, account: SimulatedAccount): Answer => {
  const given: unknown = parseJson(body);
  const url = typeof given === 'object' && given !== null && 'url' in given ? given.url : null;
  if (typeof url !== 'string' || !URL.canParse(url)) return errorAnswer(400);
  world.accounts.put(account.id, { ...account, callbackUrl: url });
  return { status: 201, body: { secret: secretOf(world, account) } };
};

/** Derived, so that nothing must be kept of it. */
const secretOf = (world: ExampleWorld, account: SimulatedAccount): string =>
  createHmac('sha256', world.keyOf(account)).update('webhook secret').digest('hex');

const signatureHeaders = (world: ExampleWorld, id: string | null, body: string) => {
  const account = id === null ? undefined : world.accounts.get(id);
  if (account === undefined) return {};
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secretOf(world, account)).update(`${time}.${body}`).digest('hex');
  return { 'example-time': time, 'example-signature': signature };
};
