/** A simulated OKdokument: cancelling is deleting, an unknown id is a 400, and nothing signs its callbacks. */
import { randomUUID } from 'node:crypto';
import type { Answer, Call } from '../answer.ts';
import { callbackQueue } from '../callbacks.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { type SimulatedAccount, type SimulatedRequest, World } from '../world.ts';
import { create, upload } from './create.ts';
import { type OkdokumentWorld, ofDocument } from './documents.ts';
import { bareError } from './error-answer.ts';
import { counter, list, metadata, open, remove, update } from './requests.ts';
import { switches } from './switches.ts';

const actions = {
  view: 'the signer opens the link; nothing tells of it',
  sign: 'the signer signs; the callback says signed',
  decline: 'the signer presses Cancel; the callback says canceled',
  expire: 'its time is over; no callback, and the link is as if it had never been',
  delete: 'somebody else deletes the request; no callback',
} as const;

const statusAfter: Readonly<Record<string, string>> = {
  sign: 'signed',
  decline: 'canceled',
  expire: 'expired',
  delete: 'deleted',
};

export const okdokumentSimulator = (dataDir: string | null): Simulator => {
  const world = new World('okdokument', switches, dataDir);
  // No retry is documented, and a callback that fails shows in the state of the document.
  const queue = callbackQueue(world, {
    retryAfterMs: () => [],
    isAcknowledged: (status) => status === 200,
    attempted({ delivered, requestId }) {
      if (!delivered && requestId !== null) world.update(requestId, { status: 'errorsendinfo' });
    },
  });
  const callBack = async (request: SimulatedRequest): Promise<void> => {
    const mode = world.value('callbacks', request);
    if (request.callbackUrl === null || mode === 'lose') return;
    const { id: signatureRequestId, documentId: id, status: state, callbackUrl: url } = request;
    const body = JSON.stringify({ state, id, signatureRequestId });
    const headers = { 'content-type': 'application/json' };
    const callback = { requestId: signatureRequestId, account: null, event: state, url, headers, body };
    await queue.send(callback);
    if (mode === 'twice') await queue.send(callback);
  };
  return {
    name: 'okdokument',
    basePath: '/JSON',
    baseUrlSetting: 'OKDOKUMENT_BASE_URL',
    world,
    operations: ['cancel', 'read', 'metadata', 'create', 'upload', 'update', 'list', 'counter', 'other'],
    actions,
    statuses: ['tosign', 'signed', 'canceled', 'errorsendinfo', 'expired', 'deleted'],
    seed: ({ id = randomUUID(), key, status = 'tosign', callback_url }) =>
      world.seed({
        id,
        status,
        account: key === undefined ? null : world.accountOf(key).id,
        documentId: randomUUID(),
        callbackUrl: callback_url ?? null,
      }),
    act(id, action) {
      const status = statusAfter[action];
      const request = world.update(id, status === undefined ? {} : { status });
      if (request && (action === 'sign' || action === 'decline')) void callBack(request);
      return request ?? undefined;
    },
    understand: (call) => understand(world, call),
    resume: queue.resume,
  };
};

const understand = (world: OkdokumentWorld, call: Call): Understood => {
  const [, resource, second, third] = call.path.split('/');
  const id = third ?? second ?? '';
  const known = (
    operation: string,
    requestId: string | null,
    run: (account: SimulatedAccount) => Answer,
  ): Understood => ({
    operation,
    requestId,
    perform: () => authorized(world, call, run),
    error: (status) => ({
      ...bareError(world, status),
      ...(status === 429 && {
        headers: { 'retry-after': String(world.value('fault_retry_seconds', requestOf(world, requestId))) },
      }),
    }),
  });
  const depth = third !== undefined ? '/a/id' : second !== undefined ? '/id' : '';
  switch (`${call.method} ${resource}${depth}`) {
    case 'DELETE signatureRequest/id':
      return known('cancel', id, (account) => remove(world, id, account));
    case 'GET openDocument/id':
      // The signer's link: no key is asked for.
      return {
        ...known('read', id, () => bareError(world, 500)),
        perform: () => open(world, id, call.baseUrl),
      };
    case 'GET document/a/id':
      return known('metadata', ofDocument(world, id)?.id ?? null, () => metadata(world, id));
    case 'POST signatureRequest':
      return known('create', null, (account) => create(world, call, account));
    case 'POST document':
      return known('upload', null, (account) => upload(world, call, account));
    case 'PATCH signatureRequest':
    case 'POST signatureRequest/id':
      return known('update', id || null, () => update(world, call, id));
    case 'GET list/id':
      return known('list', null, (account) => list(world, account));
    case 'GET counter':
      return known('counter', null, (account) => counter(world, account));
    default:
      return known('other', null, () => bareError(world, 404));
  }
};

const requestOf = (world: OkdokumentWorld, id: string | null): SimulatedRequest | null =>
  (id === null ? null : world.requests.get(id)) ?? null;

const authorized = (
  world: OkdokumentWorld,
  { headers }: Call,
  run: (account: SimulatedAccount) => Answer,
): Answer => {
  const key = headers['x-api-key'];
  if (typeof key !== 'string' || key === '' || key.endsWith('-bad')) return bareError(world, 401);
  const account = world.accountOf(key);
  const limit = world.value('rate_limit_per_minute');
  const { over, resetsAt } = world.countPerMinute(account.id, limit);
  if (limit === 0 || !over) return run(account);
  const seconds = Math.max(1, resetsAt - Math.floor(Date.now() / 1_000));
  return { ...bareError(world, 429), headers: { 'retry-after': String(seconds) } };
};
