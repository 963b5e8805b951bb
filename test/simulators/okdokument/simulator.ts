/** A simulated OKdokument: cancelling is deleting, an unknown id is a 400, and nothing signs its callbacks. */
import { randomUUID } from 'node:crypto';
import { type Answer, type Call, parseJson } from '../answer.ts';
import { callbackQueue } from '../callbacks.ts';
import type { Simulator, Understood } from '../simulator.ts';
import { amount, oneOf } from '../switches.ts';
import { type SimulatedAccount, type SimulatedRequest, World } from '../world.ts';

const switches = {
  delete_of_signed: oneOf(
    ['200', '400'],
    'the answer to a delete after signing: the documentation does not say',
  ),
  delete_outcome: oneOf(
    ['deleted', 'silently_kept'],
    'silently_kept: answers msg.deleted, and keeps the request',
  ),
  open_document: oneOf(['normal', 'always_302', 'always_400'], 'what the signer’s link answers'),
  metadata: oneOf(['normal', '404'], '404: the document is kept no longer'),
  create_reply: oneOf(['documented', 'connector'], 'which of the two known shapes a creation answers with'),
  error_body: oneOf(['empty', 'html'], 'the body of 401, 403 and 500'),
  callbacks: oneOf(['deliver', 'lose', 'twice'], 'what becomes of sendInfoURL callbacks'),
  fault_retry_seconds: amount(2, 'the Retry-After of a 429 that a fault asks for'),
  rate_limit_per_minute: amount(
    0,
    'calls an account may make in a clock minute, then 429 with Retry-After; 0: no limit',
  ),
} as const;
type OkdokumentWorld = World<typeof switches>;

const actions = {
  sign: 'the signer signs; the callback says signed',
  decline: 'the signer presses Cancel; the callback says canceled',
  delete: 'somebody else deletes the request; no callback',
} as const;

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
    operations: ['cancel', 'read', 'metadata', 'create', 'update', 'list', 'counter', 'other'],
    actions,
    statuses: ['tosign', 'signed', 'canceled', 'errorsendinfo', 'deleted'],
    seed: ({ id = randomUUID(), key, status = 'tosign', callback_url }) =>
      world.seed({
        id,
        status,
        account: key === undefined ? null : world.accountOf(key).id,
        documentId: randomUUID(),
        callbackUrl: callback_url ?? null,
      }),
    act(id, action) {
      const status = action === 'sign' ? 'signed' : action === 'decline' ? 'canceled' : 'deleted';
      const request = world.update(id, { status });
      if (request && status !== 'deleted') void callBack(request);
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

const bareError = (world: OkdokumentWorld, status: number): Answer =>
  world.value('error_body') === 'empty'
    ? { status }
    : {
        status,
        headers: { 'content-type': 'text/html' },
        body: `<html><body><h1>${status}</h1></body></html>`,
      };

const notExist = (value: string): Answer => ({
  status: 400,
  body: { message: 'err.signature.request.not.exist', value },
});

/** The request while it lives. An id of another account is as unknown as any. */
const living = (
  world: OkdokumentWorld,
  id: string,
  account: SimulatedAccount | null,
): SimulatedRequest | null => {
  const request = world.requests.get(id);
  if (!request || request.status === 'deleted') return null;
  return account && request.account !== null && request.account !== account.id ? null : request;
};

const remove = (world: OkdokumentWorld, id: string, account: SimulatedAccount): Answer => {
  const request = living(world, id, account);
  if (!request) return notExist(id);
  if (request.status === 'signed' && world.value('delete_of_signed', request) === '400') {
    return { status: 400, body: { message: 'err.signature.request.signed', value: id } };
  }
  if (world.value('delete_outcome', request) === 'deleted') world.update(id, { status: 'deleted' });
  return { status: 200, body: { message: 'msg.deleted', result: id } };
};

const open = (world: OkdokumentWorld, id: string, baseUrl: string): Answer => {
  const request = living(world, id, null);
  const mode = world.value('open_document', request);
  if (mode === 'always_400' || (mode === 'normal' && !request)) return notExist(id);
  return { status: 302, headers: { location: `${baseUrl}/viewDocument?id=${request?.documentId ?? id}` } };
};

const ofDocument = (world: OkdokumentWorld, documentId: string): SimulatedRequest | undefined =>
  world.requests.all().find((request) => request.documentId === documentId);

const metadata = (world: OkdokumentWorld, documentId: string): Answer => {
  const request = ofDocument(world, documentId);
  if (!request || world.value('metadata', request) === '404') return bareError(world, 404);
  // A deleted request leaves its document behind (assumed).
  const state = request.status === 'deleted' ? 'tosign' : request.status;
  const modification = request.createdAt;
  return {
    status: 200,
    body: { filename: 'contract.pdf', state, modification, id: documentId, date: modification, number: 1 },
  };
};

const create = (world: OkdokumentWorld, call: Call, account: SimulatedAccount): Answer => {
  const given = fields(call);
  const id = given('signatureRequestId') ?? randomUUID();
  if (world.requests.get(id))
    return { status: 409, body: { message: 'err.signature.request.exist', value: id } };
  const callbackUrl = given('sendInfoURL');
  world.seed({ id, status: 'tosign', account: account.id, documentId: randomUUID(), callbackUrl });
  const answer = { message: 'msg.created', result: id, url: `${call.baseUrl}/openDocument/${id}` };
  const more =
    world.value('create_reply') === 'connector' ? { code: 200, statusCode: 200, success: true } : {};
  return { status: 200, body: { ...answer, ...more } };
};

const update = (world: OkdokumentWorld, call: Call, fromPath: string): Answer => {
  const given = fields(call);
  const id = fromPath || (given('signatureRequestId') ?? '');
  const request = living(world, id, null);
  if (!request) return notExist(id);
  world.update(id, { callbackUrl: given('sendInfoURL') ?? given('sendInfoUrl') ?? request.callbackUrl });
  return {
    status: 200,
    body: { message: 'msg.updated', result: id, url: `${call.baseUrl}/openDocument/${id}` },
  };
};

const fields = ({ body }: Call) => {
  const parsed = parseJson(body);
  const record: Readonly<Record<string, unknown>> =
    typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  return (name: string): string | null => (typeof record[name] === 'string' ? record[name] : null);
};

const list = (world: OkdokumentWorld, account: SimulatedAccount): Answer => ({
  status: 200,
  body: world.requests
    .all()
    .filter((request) => request.account === account.id && request.status !== 'deleted')
    .map(({ documentId, status, createdAt }) => ({
      filename: 'contract.pdf',
      state: status,
      modification: createdAt,
      id: documentId,
      date: createdAt,
      number: 1,
    })),
});

/** The quota. Numbers are strings, and `abc` is a prefix of the customer's own (documented). */
const counter = (world: OkdokumentWorld, account: SimulatedAccount): Answer => {
  const own = world.requests.all().filter((request) => request.account === account.id);
  const used = String(own.length);
  const actual = { 'abc.usedSignatureRequests': used, 'abc.availableSignatureRequests': '1000' };
  return { status: 200, body: { actual, downloaded: {}, files: {}, signatureRequests: {} } };
};
