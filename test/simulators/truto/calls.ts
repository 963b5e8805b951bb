/** Which call means what, and what stands before each: the token, the limits, the integrated account. */
import type { Answer, Call } from '../answer.ts';
import type { Understood } from '../simulator.ts';
import type { SimulatedAccount, SimulatedRequest } from '../world.ts';
import { ironcladError, remoteError, trutoError } from './error-answer.ts';
import type { TrutoWorld } from './ironclad.ts';
import { create } from './launch.ts';
import { limited, type rateLimits } from './limits.ts';
import { createWebhook, environmentOf, type Webhooks } from './webhooks.ts';
import { cancel, list, read, readThroughProxy, requestIdIn } from './workflows.ts';

export interface Truto {
  readonly world: TrutoWorld;
  readonly events: Webhooks;
  readonly over: ReturnType<typeof rateLimits>;
  /** By integrated account, path and Idempotency-Key. Not kept over a restart: how long it really is, nobody says. */
  readonly replies: Map<string, Answer>;
}

const unifiedPath = '/unified/e-signature/workflows';

export const understand = (truto: Truto, call: Call): Understood => {
  const { world } = truto;
  const known = (operation: string, requestId: string | null, perform: Understood['perform']) => ({
    operation,
    requestId,
    perform,
    error: (status: number): Answer =>
      status === 429
        ? limited(world, world.value('fault_retry_seconds', requestOf(world, requestId)), 50)
        : trutoError(status, 'A fault was asked for'),
  });
  const atAccount = (
    operation: string,
    requestId: string | null,
    run: (account: SimulatedAccount) => Answer,
  ) => known(operation, requestId, () => withAccount(truto, call, requestOf(world, requestId), run));
  const [, id = ''] = /\/workflows\/([^/]+)$/.exec(call.path) ?? [];
  switch (`${call.method} ${id === '' || id === 'cancel' ? call.path : call.path.replace(id, '{id}')}`) {
    case `POST ${unifiedPath}/cancel`:
      return atAccount('cancel', requestIdIn(call), (account) => once(truto, call, account, cancel));
    case `POST ${unifiedPath}`:
      return atAccount('create', null, (account) => once(truto, call, account, create));
    case `GET ${unifiedPath}/{id}`:
      return atAccount('read', id, (account) => read(world, id, call, account));
    case 'GET /proxy/workflows/{id}':
      return atAccount('proxy', id, (account) => readThroughProxy(world, id, account));
    case `GET ${unifiedPath}`:
      return atAccount('list', null, (account) => list(world, call, account));
    case 'POST /webhook':
      return known('webhook', null, () =>
        withToken(truto, call, (token) => createWebhook(world, call, token)),
      );
    case 'POST /webhook/test':
      return known('webhook', null, () => withToken(truto, call, (token) => testWebhook(truto, token)));
    default:
      return known('other', null, () => trutoError(404, 'Not found'));
  }
};

const requestOf = (world: TrutoWorld, id: string | null): SimulatedRequest | null =>
  (id === null ? null : world.requests.get(id)) ?? null;

const withToken = (
  { over }: Truto,
  { headers }: Call,
  run: (token: string) => Answer | Promise<Answer>,
): Answer | Promise<Answer> => {
  const [, token = ''] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  if (token === '' || token.endsWith('-bad')) return trutoError(401, 'Unauthorized');
  return over('token_limit', token) ?? run(token);
};

const withAccount = (
  truto: Truto,
  call: Call,
  request: SimulatedRequest | null,
  run: (account: SimulatedAccount) => Answer,
): Answer | Promise<Answer> =>
  withToken(truto, call, () => {
    const { world, over } = truto;
    const id = call.query.get('integrated_account_id');
    if (id === null) {
      const missing_required_query_parameters = ['integrated_account_id'];
      return trutoError(400, 'integrated_account_id is required', { missing_required_query_parameters });
    }
    if (id.endsWith('-gone')) return trutoError(404, 'Integrated account not found');
    const account = world.accountOf(id);
    return over('account_limit', id) ?? refusalOf(world, call, request, account) ?? run(account);
  });

const refusalOf = (
  world: TrutoWorld,
  { method }: Call,
  request: SimulatedRequest | null,
  account: SimulatedAccount,
): Answer | null => {
  const state = world.value('integrated_account', request);
  if (state === 'blocked') return trutoError(503, 'The integrated account is blocked');
  if (state === 'sandbox' && method !== 'GET') return trutoError(405, 'Sandbox accounts are read-only');
  const needsReauth = state === 'needs_reauth' || account.status === 'needs_reauth';
  return needsReauth ? remoteError(ironcladError(401)) : null;
};

/** A call with a key that was used before is answered as before, and nothing is done. */
const once = (
  { world, replies }: Truto,
  call: Call,
  account: SimulatedAccount,
  run: typeof cancel,
): Answer => {
  const mode = world.value('idempotency', requestOf(world, requestIdIn(call)));
  const { 'idempotency-key': given } = call.headers;
  const key = given === undefined || mode === 'forget' ? null : `${account.id} ${call.path} ${given}`;
  const before = key === null ? undefined : replies.get(key);
  if (before) return before;
  const answer = run(world, call, account);
  if (key !== null && (answer.status < 400 || mode === 'replay_failures')) replies.set(key, answer);
  return answer;
};

const testWebhook = async ({ world, events }: Truto, token: string): Promise<Answer> => {
  await events.test(environmentOf(world, token));
  return { status: 200, body: {} };
};
