/** `POST /signatureRequest`, under an id of the client's or of its own, and `POST /document`. */
import { randomUUID } from 'node:crypto';
import type { Answer, Call } from '../answer.ts';
import type { SimulatedAccount } from '../world.ts';
import { envelopesOf, type OkdokumentWorld, ofDocument, uploadsOf } from './documents.ts';
import { refusal } from './error-answer.ts';
import { type Fields, fieldsIn, textIn } from './fields.ts';

export const create = (world: OkdokumentWorld, call: Call, account: SimulatedAccount): Answer => {
  const given = fieldsIn(call);
  const id = textIn(given, 'signatureRequestId') ?? randomUUID();
  // The words of these refusals are assumed.
  if (!uuid.test(id)) return refusal('signature.request.id.invalid', id);
  if (world.requests.get(id)) return conflict(world, id);
  const wrong = faultIn(given);
  if (wrong !== null) return refusal(wrong);
  const known = textIn(given, 'id');
  const upload = known === null ? null : uploadsOf(world).get(known);
  if (known !== null && !upload && !ofDocument(world, known)) return refusal('document.not.exist', known);
  const documentId = known ?? newDocumentId();
  const callbackUrl = textIn(given, 'sendInfoURL');
  world.seed({ id, status: 'tosign', account: account.id, documentId, callbackUrl });
  const expiresAt = textIn(given, 'expirationTime');
  envelopesOf(world).put(id, {
    filename: upload?.filename ?? textIn(fileIn(given), 'filename') ?? documentId,
    resultUrl: textIn(given, 'resulturl'),
    expiresAt: expiresAt === null ? null : Number(expiresAt),
  });
  const url = `${call.baseUrl}/openDocument/${id}`;
  const answer = { message: 'msg.signature.request.id.created', result: id, url };
  return {
    status: 200,
    body:
      world.value('create_reply') === 'connector'
        ? { ...answer, code: 'SUCCESS', statusCode: 200, success: true }
        : { ...answer, documentId },
  };
};

/** `state` `tosign` makes it ready; the file is base64 too. */
export const upload = (world: OkdokumentWorld, call: Call, account: SimulatedAccount): Answer => {
  const given = fieldsIn(call);
  if (!isContent(given['file'] ?? given['content'])) return refusal('document.content.invalid');
  const id = newDocumentId();
  uploadsOf(world).put(id, {
    account: account.id,
    filename: textIn(given, 'filename') ?? id,
    at: Date.now(),
  });
  return { status: 200, body: { message: 'msg.document.uploaded', result: id } };
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A document's id is no UUID in the documentation's examples. */
const newDocumentId = (): string => randomUUID().replaceAll('-', '');

/** That 409 is about the id is inferred from the vendor's connector, which lists the status alone. */
const conflict = (world: OkdokumentWorld, id: string): Answer =>
  world.value('conflict_body') === 'empty'
    ? { status: 409 }
    : { status: 409, body: { message: 'err.signature.request.exist', value: id } };

const mostBytes = 10_000_000;
const states = ['tosign', 'tags', 'tostamp'];

const isContent = (content: unknown): boolean =>
  typeof content === 'string' &&
  content !== '' &&
  /^[A-Za-z0-9+/]*={0,2}$/.test(content) &&
  Buffer.byteLength(content, 'base64') <= mostBytes;

const fileIn = (given: Fields): Fields => {
  const file = given['filedata'];
  return typeof file === 'object' && file !== null ? { ...file } : {};
};

/** What is wrong with it, or null. */
const faultIn = (given: Fields): string | null => {
  const isNew = given['filedata'] !== undefined;
  if (isNew === (textIn(given, 'id') !== null)) return 'document.missing';
  const file = fileIn(given);
  if (isNew && !isContent(file['content'])) return 'document.content.invalid';
  const state = isNew ? file['state'] : given['changeState'];
  if (state !== undefined && !states.includes(String(state))) return 'document.state.invalid';
  for (const name of ['sendInfoURL', 'resulturl']) {
    const url = given[name] ?? 'https://x.example';
    if (typeof url !== 'string' || !URL.canParse(url)) return 'url.invalid';
  }
  const expiry = given['expirationTime'] ?? null;
  const isAhead = typeof expiry === 'string' && /^\d{13}$/.test(expiry) && Number(expiry) > Date.now();
  return expiry === null || isAhead ? null : 'expiration.time.invalid';
};
