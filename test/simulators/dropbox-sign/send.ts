/** `POST /signature_request/send`: checked as its reference says, answered at once, sent out later. */
import type { Answer, Call } from '../answer.ts';
import { newHexId, type SimulatedAccount } from '../world.ts';
import { type Envelope, envelopeOf, envelopesOf, newSignature, type Signature } from './envelope.ts';
import { errorAnswer } from './error-answer.ts';
import { type Nested, nestedFieldsOf } from './fields.ts';
import type { DropboxSign } from './requests.ts';
import { signatureRequestObject } from './signature-request.ts';

export const create = async (
  { world, events }: DropboxSign,
  call: Call,
  account: SimulatedAccount,
): Promise<Answer> => {
  const fields = await nestedFieldsOf(call);
  if (fields === undefined) return errorAnswer(400);
  const wrong = faultIn(fields);
  if (wrong !== null) return errorAnswer(400, ...wrong);
  const envelope = envelopeFrom(fields, Date.now() + world.value('send_delay_ms'));
  if (!envelope.testMode && world.value('plan') === 'free') return errorAnswer(402);
  const title = text(fields['title']) ?? text(fields['subject']) ?? 'Untitled';
  const request = world.seed({ id: newHexId(40), status: 'preparing', account: account.id, title });
  envelopesOf(world).put(request.id, envelope);
  world.later(envelope.sendAt ?? 0, () => sendOut({ world, events }, request.id));
  const signature_request = signatureRequestObject(request, envelope, call.baseUrl);
  const warnings = [{ warning_msg: 'This account is not confirmed.', warning_name: 'unconfirmed' }];
  const isWarned = world.value('create_warnings') === 'some';
  return { status: 200, body: { signature_request, ...(isWarned && { warnings }) } };
};

/** The files are processed: the signers are mailed, and the sender is told. */
export const sendOut = async ({ world, events }: DropboxSign, id: string): Promise<void> => {
  const request = world.requests.get(id);
  if (request === undefined) return;
  envelopesOf(world).put(id, { ...envelopeOf(world, request), sendAt: null });
  const sent = request.status === 'preparing' ? world.update(id, { status: 'open' }) : request;
  if (sent) await events.emit(sent, 'signature_request_sent');
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const records = (value: unknown): readonly Nested[] =>
  Array.isArray(value) ? value.filter((one): one is Nested => typeof one === 'object' && one !== null) : [];

type Wrong = readonly [name: string, path: string];

const faultIn = (fields: Nested): Wrong | null => {
  const [files, signers] = [
    ['files', 'file_urls'],
    ['signers', 'grouped_signers'],
  ].map((pair) => pair.filter((name) => isGiven(fields[name])));
  if (files?.length !== 1) return ['bad_request', 'files'];
  if (signers?.length !== 1) return ['bad_request', 'signers'];
  return faultInSigners(fields) ?? faultInTexts(fields) ?? faultInMetadata(fields) ?? faultInExpiry(fields);
};

/** An empty list is none. */
const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;

const faultInSigners = (fields: Nested): Wrong | null => {
  const signers = signersIn(fields);
  if (signers.length === 0) return ['bad_request', 'signers'];
  for (const [at, { email_address, name, order, pin, sms_phone_number: phone }] of signers.entries()) {
    const wrong = (field: string, error = 'bad_request'): Wrong => [error, `signers[${at}].${field}`];
    if (text(name) === null) return wrong('name');
    if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text(email_address) ?? ''))
      return wrong('email_address', 'invalid_recipient');
    if ((order ?? null) !== null && !(Number.isInteger(order) && Number(order) >= 0)) return wrong('order');
    if ((pin ?? null) !== null && !/^.{4,12}$/.test(String(pin))) return wrong('pin');
    const isNumber = /^\+[1-9]\d{1,14}$/.test(text(phone) ?? '');
    if ((phone ?? null) !== null && !(isNumber && !isTest(fields))) return wrong('sms_phone_number');
  }
  const copies = fields['cc_email_addresses'] ?? [];
  return Array.isArray(copies) && copies.every((copy) => /@/.test(String(copy)))
    ? null
    : ['bad_request', 'cc_email_addresses'];
};

const faultInTexts = (fields: Nested): Wrong | null => {
  const longest = { title: 255, subject: 255, message: 5_000 };
  for (const [name, most] of Object.entries(longest)) {
    const value = fields[name] ?? '';
    if (typeof value !== 'string' || value.length > most) return ['bad_request', name];
  }
  const urls = fields['file_urls'] ?? [];
  const isUrls =
    Array.isArray(urls) && urls.every((url) => /^https?:/.test(String(url)) && URL.canParse(url));
  return isUrls ? null : ['bad_request', 'file_urls'];
};

const faultInMetadata = ({ metadata = {} }: Nested): Wrong | null => {
  if (typeof metadata !== 'object' || metadata === null) return ['bad_request', 'metadata'];
  const entries = Object.entries(metadata);
  const fits = entries.every(([key, value]) => key.length <= 40 && String(value).length <= 1_000);
  return fits && entries.length <= 10 ? null : ['bad_request', 'metadata'];
};

const daySeconds = 86_400;

/** 1 to 90 days ahead, when it has been rounded down to the hour. */
const faultInExpiry = ({ expires_at: given = null }: Nested): Wrong | null => {
  if (given === null) return null;
  const ahead = toTheHour(Number(given)) - Date.now() / 1_000;
  return Number.isInteger(given) && ahead >= daySeconds && ahead <= 90 * daySeconds
    ? null
    : ['bad_request', 'expires_at'];
};

const toTheHour = (seconds: number): number => seconds - (seconds % 3_600);

const isTest = ({ test_mode: given }: Nested): boolean => given === true || given === 1 || given === '1';

/** Of groups, each has one signature for all in it; here, of the first. */
const signersIn = (fields: Nested): readonly Nested[] => [
  ...records(fields['signers']),
  ...records(fields['grouped_signers']).flatMap(({ signers, order }) =>
    records(signers)
      .slice(0, 1)
      .map((first) => ({ ...first, order })),
  ),
];

const envelopeFrom = (fields: Nested, sendAt: number): Envelope => {
  const { expires_at: expiry, metadata, cc_email_addresses: copies } = fields;
  return {
    testMode: isTest(fields),
    subject: text(fields['subject']),
    message: text(fields['message']),
    metadata: typeof metadata === 'object' && metadata !== null ? { ...metadata } : {},
    redirectUrl: text(fields['signing_redirect_url']),
    copies: Array.isArray(copies) ? copies.map(String) : [],
    expiresAt: typeof expiry === 'number' ? toTheHour(expiry) : null,
    sendAt,
    signatures: signersIn(fields).map(signatureFrom),
  };
};

const signatureFrom = ({ email_address, name, order, pin, sms_phone_number }: Nested): Signature =>
  newSignature({
    email: text(email_address) ?? '',
    name: text(name) ?? '',
    order: typeof order === 'number' ? order : null,
    pin: (pin ?? null) === null ? null : String(pin),
    phone: text(sms_phone_number),
  });
