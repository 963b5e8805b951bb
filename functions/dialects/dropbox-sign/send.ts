/**
 * `POST /signature_request/send`: what its fields are in a creation of Rescind. What has no place there is refused by its
 * name, unless it is what Dropbox Sign does anyway.
 */
import * as z from 'zod/mini';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { invalidField } from '../../../shared/http/problem.ts';
import type { DialectRequest } from '../dialect.ts';
import { withFieldNames } from '../field-names.ts';
import type { Requests } from '../requests.ts';
import { errorAnswer } from './errors.ts';
import { bytesAdvice, readFields } from './fields.ts';
import { shown } from './shown.ts';
import { isTestAccount } from './test-mode.ts';

/** In seconds, for the id that Dropbox Sign gives it. */
const longestCreation = 10;

export async function sendSignatureRequest(incoming: DialectRequest): Promise<Response> {
  const { requests, headers, account } = incoming;
  const wanted = await readFields(incoming, sendBody);
  checkTestMode(wanted.test_mode, isTestAccount(account));
  const key = headers['idempotency-key'];
  const created = await withFieldNames(
    (field) => theirField(field, wanted.signers.length),
    requests.create(creationOf(wanted, await askedAt(requests, key, wanted)), key, longestCreation),
  );
  return failureOf(created) ?? shown(created, account);
}

/** A repetition means the end that the first call meant, if it names the same: its days count from there. */
const askedAt = async (
  { findCreated }: Requests,
  key: string | undefined,
  { expires_at }: SendBody,
): Promise<number> => {
  const now = Date.now();
  if (key === undefined || expires_at == null) return now;
  const first = await findCreated(key);
  const begun = first === null ? now : Date.parse(first.created_at);
  return wholeDays(expires_at, begun) === null ? now : begun;
};

const flags = new Map<unknown, boolean>([
  ...([true, 1, '1', 'true'] as const).map((yes) => [yes, true] as const),
  ...([false, 0, '0', 'false'] as const).map((no) => [no, false] as const),
]);
/** Forms know texts alone. */
const flag = z.pipe(
  z.unknown().check(z.refine((value) => flags.has(value), 'must be true or false')),
  z.transform((value) => flags.get(value) === true),
);
const whole = z.pipe(
  z
    .union([z.number(), z.string()])
    .check(z.refine((value) => /^\d{1,12}$/.test(String(value)), 'must be a whole number')),
  z.transform(Number),
);
/** An empty text is none. */
const text = z.nullish(
  z.pipe(
    z.string(),
    z.transform((given) => (given === '' ? null : given)),
  ),
);
/** Null, false, an empty text, list or object: what is as if it were not there. */
const isNothing = (value: unknown): boolean =>
  (typeof value === 'object' && Object.keys(value ?? {}).length === 0) ||
  value === '' ||
  flags.get(value) === false;
const without = (message = 'is not supported: Rescind has no place for it') =>
  z.optional(z.unknown().check(z.refine(isNothing, message)));

const signer = z.strictObject({
  name: z.string(),
  email_address: z.string(),
  order: z.nullish(whole),
  pin: text,
  sms_phone_number: text,
  sms_phone_number_type: z.nullish(z.literal('authentication')),
});

const yes = (message: string) => flag.check(z.refine((value) => value, message));

const sendBody = z.strictObject({
  // First, so that its advice is what is answered to whoever sends files alone.
  files: without(bytesAdvice),
  title: text,
  subject: text,
  message: text,
  signers: z.array(signer),
  cc_email_addresses: z.nullish(z.array(z.string())),
  file_urls: z.array(z.string()),
  signing_redirect_url: text,
  expires_at: z.nullish(whole),
  metadata: z.nullish(z.strictObject({ external_id: text, external_system_name: text })),
  // As the adapter sends it: what may be chosen is whether a signature may be typed.
  signing_options: z.nullish(
    z.strictObject({
      default_type: z.literal('draw'),
      draw: yes('must be true'),
      upload: yes('must be true'),
      type: z._default(flag, false),
      phone: without('must be false'),
    }),
  ),
  test_mode: z.nullish(flag),
  allow_decline: z.nullish(yes('cannot be false: signers may decline whatever Rescind sends')),
  allow_reassign: without(),
  attachments: without(),
  client_id: without(),
  custom_fields: without(),
  field_options: without(),
  form_field_groups: without(),
  form_field_rules: without(),
  form_fields_per_document: without(),
  grouped_signers: without(),
  hide_text_tags: without(),
  is_eid: without(),
  signer_experience: without(),
  use_text_tags: without(),
});
type SendBody = z.output<typeof sendBody>;

/** What is binding and charged for is the account's to say: a call that expects otherwise must not be sent. */
const checkTestMode = (wanted: boolean | null | undefined, isTest: boolean): void => {
  if (wanted === isTest || wanted === undefined || wanted === null) return;
  throw invalidField('test_mode', `is ${isTest} for this account, by its option test_mode`);
};

const creationOf = (wanted: SendBody, now: number) => ({
  name: wanted.title,
  email_subject: wanted.subject,
  email_message: wanted.message,
  signers: [
    ...wanted.signers.map(({ name, email_address: email, order, pin, sms_phone_number }) => ({
      name,
      email,
      order,
      password: pin,
      verification_phone_number: sms_phone_number,
    })),
    ...(wanted.cc_email_addresses ?? []).map((email) => ({ email, role: 'final_copy_reader' })),
  ],
  source_files: wanted.file_urls.map((url) => ({ url })),
  redirect_url: wanted.signing_redirect_url,
  days_valid: daysUntil(wanted.expires_at ?? null, now),
  external_id: wanted.metadata?.external_id,
  external_system_name: wanted.metadata?.external_system_name,
  are_text_signatures_enabled: wanted.signing_options?.type,
});

const dayMs = 86_400_000;
/** Between the client's clock and ours, and for the call on its way. */
const slackMs = 300_000;

/**
 * A creation of Rescind counts in days from the call, so another time would not be the one that was asked for.
 * @param now when it was asked for first
 */
const daysUntil = (expiresAt: number | null, now: number): number | null => {
  if (expiresAt === null) return null;
  const days = wholeDays(expiresAt, now);
  if (days === null) throw invalidField('expires_at', 'must be a whole number of days from now, 1 to 90');
  return days;
};

/** @returns null when it is not so many days after, give or take the slack */
const wholeDays = (expiresAt: number, begun: number): number | null => {
  const ahead = expiresAt * 1_000 - begun;
  const days = Math.round(ahead / dayMs);
  return days >= 1 && days <= 90 && Math.abs(ahead - days * dayMs) <= slackMs ? days : null;
};

/** @param signers how many of those that we know as such sign there; the others get a copy */
const theirField = (field: string, signers: number): string => {
  const [first = '', at, last = ''] = field.split('.');
  if (first === 'signers' && at !== undefined) {
    const copy = Number(at) - signers;
    return copy >= 0 ? `cc_email_addresses.${copy}` : [first, at, signerNames.get(last) ?? last].join('.');
  }
  if (first === 'source_files') return at === undefined ? 'file_urls' : `file_urls.${at}`;
  return names.get(first) ?? field;
};

const names: ReadonlyMap<string, string> = new Map([
  ['name', 'title'],
  ['email_subject', 'subject'],
  ['email_message', 'message'],
  ['redirect_url', 'signing_redirect_url'],
  ['days_valid', 'expires_at'],
  ['external_id', 'metadata.external_id'],
  ['external_system_name', 'metadata.external_system_name'],
]);
const signerNames: ReadonlyMap<string, string> = new Map([
  ['email', 'email_address'],
  ['password', 'pin'],
  ['verification_phone_number', 'sms_phone_number'],
]);

/** Null: it is created, or yet to be. */
const failureOf = ({ id, creation, status }: SignatureRequestView): Response | null => {
  if (creation?.state === 'failed') {
    return errorAnswer('bad_request', { message: creation.error?.detail });
  }
  // Nobody goes on with it, so it is not under way; and a 5xx would have clients send it once more.
  if (creation?.state === 'undecided') {
    const message = `Whether ${id} was sent is not known, and somebody has to look. ${creation.error?.detail ?? ''}`;
    return errorAnswer('conflict', { message });
  }
  return status === 'cancelled' ? errorAnswer('deleted') : null;
};
