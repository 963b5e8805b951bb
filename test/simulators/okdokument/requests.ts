/** What the simulated OKdokument does with signature requests and their documents. */
import type { Answer, Call } from '../answer.ts';
import type { SimulatedAccount, SimulatedRequest } from '../world.ts';
import { envelopeOf, type OkdokumentWorld, ofDocument, uploadsOf } from './documents.ts';
import { bareError, notExist, refusal } from './error-answer.ts';
import { fieldsIn, textIn } from './fields.ts';

/** The request while it lives. An id of another account is as unknown as any. */
const living = (
  world: OkdokumentWorld,
  id: string,
  account: SimulatedAccount | null,
): SimulatedRequest | null => {
  const request = world.requests.get(id);
  if (!request || ['deleted', 'expired'].includes(request.status)) return null;
  const { expiresAt } = envelopeOf(world, id);
  if (request.status === 'tosign' && expiresAt !== null && expiresAt <= Date.now()) return null;
  return account && request.account !== null && request.account !== account.id ? null : request;
};

export const remove = (world: OkdokumentWorld, id: string, account: SimulatedAccount): Answer => {
  const request = living(world, id, account);
  if (!request) return notExist(id);
  if (request.status === 'signed' && world.value('delete_of_signed', request) === '400') {
    return refusal('signature.request.signed', id);
  }
  if (world.value('delete_outcome', request) === 'deleted') world.update(id, { status: 'deleted' });
  return { status: 200, body: { message: 'msg.deleted', result: id } };
};

export const open = (world: OkdokumentWorld, id: string, baseUrl: string): Answer => {
  const request = living(world, id, null);
  const mode = world.value('open_document', request);
  if (mode === 'always_400' || (mode === 'normal' && !request)) return notExist(id);
  return { status: 302, headers: { location: `${baseUrl}/viewDocument?id=${request?.documentId ?? id}` } };
};

export const metadata = (world: OkdokumentWorld, id: string): Answer => {
  const request = ofDocument(world, id);
  const upload = uploadsOf(world).get(id);
  if (request ? world.value('metadata', request) === '404' : !upload) return bareError(world, 404);
  const date = request?.createdAt ?? upload?.at ?? 0;
  const filename = request ? envelopeOf(world, request.id).filename : upload?.filename;
  const state = stateOf(request?.status ?? 'tosign');
  return { status: 200, body: { filename, state, modification: date, id, date, number: 1 } };
};

/** A deleted or expired request leaves its document behind (assumed). */
const stateOf = (status: string): string => (['deleted', 'expired'].includes(status) ? 'tosign' : status);

export const update = (world: OkdokumentWorld, call: Call, fromPath: string): Answer => {
  const given = fieldsIn(call);
  const id = fromPath || (textIn(given, 'signatureRequestId') ?? '');
  const request = living(world, id, null);
  if (!request) return notExist(id);
  const callbackUrl = textIn(given, 'sendInfoURL') ?? textIn(given, 'sendInfoUrl') ?? request.callbackUrl;
  world.update(id, { callbackUrl });
  return {
    status: 200,
    body: { message: 'msg.updated', result: id, url: `${call.baseUrl}/openDocument/${id}` },
  };
};

export const list = (world: OkdokumentWorld, account: SimulatedAccount): Answer => ({
  status: 200,
  body: world.requests
    .all()
    .filter((request) => request.account === account.id && request.status !== 'deleted')
    .map(({ id, documentId, status, createdAt }) => ({
      filename: envelopeOf(world, id).filename,
      state: stateOf(status),
      modification: createdAt,
      id: documentId,
      date: createdAt,
      number: 1,
    })),
});

/** The quota. Numbers are strings, and `abc` is a prefix of the customer's own (documented). */
export const counter = (world: OkdokumentWorld, account: SimulatedAccount): Answer => {
  const own = world.requests.all().filter((request) => request.account === account.id);
  const used = String(own.length);
  const actual = { 'abc.usedSignatureRequests': used, 'abc.availableSignatureRequests': '1000' };
  return { status: 200, body: { actual, downloaded: {}, files: {}, signatureRequests: {} } };
};
