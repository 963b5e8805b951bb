/** What of a wanted signature request Dropbox Sign has a place for, and what its API asks of it. */
import type { NewRequest, NewSigner } from '../../http/contract/creation.ts';
import type { FieldError } from '../../http/problem.ts';
import { type CreationRules, type ReminderRules, refused, sentAs } from '../creation.ts';
import type { DropboxSignOptions } from './request.ts';

export const creation: CreationRules<DropboxSignOptions> = {
  fields: {
    'signers[].email': sentAs('email_address'),
    'signers[].name': sentAs('name'),
    // There are two roles (documented); an approver is neither.
    'signers[].role': sentAs('signers, or cc_email_addresses for a final_copy_reader'),
    'signers[].order': sentAs('order'),
    'signers[].redirect_url': refused,
    'signers[].declined_redirect_url': refused,
    'signers[].verification_phone_number': sentAs('sms_phone_number'),
    'signers[].password': sentAs('pin'),
    'signers[].language': refused,
    'signers[].is_in_person': refused,
    'signers[].login_required': refused,
    'signers[].embed_url_external_user_id': refused,
    // `grouped_signers` takes groups alone, never beside single signers (documented).
    'signers[].signer_group_id': refused,
    'signers[].suppress_notifications': refused,
    name: sentAs('title'),
    source_files: sentAs('file_urls'),
    'source_files[].id': refused,
    'source_files[].url': sentAs('file_urls'),
    // Each signer would have to name a role of the template (documented), for which the body has no place.
    template_id: refused,
    parent_folder: refused,
    email_subject: sentAs('subject'),
    email_message: sentAs('message'),
    are_reminders_enabled: refused,
    are_text_signatures_enabled: sentAs('signing_options.type'),
    signature_color: refused,
    is_document_preparation_needed: refused,
    prefill_tags: refused,
    days_valid: sentAs('expires_at'),
    redirect_url: sentAs('signing_redirect_url'),
    declined_redirect_url: refused,
    external_id: sentAs('metadata.external_id'),
    external_system_name: sentAs('metadata.external_system_name'),
    request_flow: refused,
  },
  // The provider publishes no limit: these are the body's own.
  mostSigners: 35,
  mostSourceFiles: 10,
  check: (wanted, options) => [
    ...wanted.signers.flatMap((signer, at) => signerErrors(signer, at, options)),
    ...orderErrors(wanted),
    ...requestErrors(wanted),
  ],
};

/** Each signer once an hour, by whichever way the last reminder came (documented). */
export const reminders: ReminderRules = { coolDownMs: 3_600_000, countsFromSending: false, perSigner: true };

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const signerErrors = (
  signer: NewSigner,
  at: number,
  { test_mode = false }: DropboxSignOptions,
): readonly FieldError[] => {
  const error = (name: string, message: string): FieldError => ({ field: `signers.${at}.${name}`, message });
  const { role, email, name, password, verification_phone_number: phone } = signer;
  if (role === 'approver') return [error('role', 'must be one of signer, final_copy_reader')];
  const missing = isGiven(email) ? [] : [error('email', 'is required')];
  if (role === 'final_copy_reader') {
    const only = ['order', 'password', 'verification_phone_number'] as const;
    return [
      ...missing,
      ...only.flatMap((field) =>
        isGiven(signer[field]) ? [error(field, 'is for a signer, not for a final_copy_reader')] : [],
      ),
    ];
  }
  return [
    ...missing,
    ...(isGiven(name) ? [] : [error('name', 'is required')]),
    ...(password && !/^.{4,12}$/su.test(password)
      ? [error('password', 'must be 4 to 12 characters long')]
      : []),
    ...(phone && !e164.test(phone)
      ? [error('verification_phone_number', 'must be an E.164 number, such as +421905123456')]
      : []),
    ...(phone && test_mode ? [error('verification_phone_number', 'is not available in test mode')] : []),
  ];
};

const e164 = /^\+[1-9]\d{1,14}$/;

/** Without an order all sign at the same time; what a part of them with one would mean is not documented. */
const orderErrors = ({ signers }: NewRequest): readonly FieldError[] => {
  const signing = signers.flatMap(({ role, order }, at) =>
    role === 'signer' ? [{ at, ordered: isGiven(order) }] : [],
  );
  if (signing.length === 0) return [{ field: 'signers', message: 'must have one whose role is signer' }];
  if (!signing.some(({ ordered }) => ordered)) return [];
  return signing
    .filter(({ ordered }) => !ordered)
    .map(({ at }) => ({ field: `signers.${at}.order`, message: 'is required, as another signer has one' }));
};

const requestErrors = ({ source_files, days_valid }: NewRequest): readonly FieldError[] => [
  ...(isGiven(source_files) ? [] : [{ field: 'source_files', message: 'is required' }]),
  ...(source_files ?? []).flatMap((file, at) =>
    'url' in file && isGiven(file.name)
      ? [{ field: `source_files.${at}.name`, message: 'Dropbox Sign takes the name from the URL' }]
      : [],
  ),
  // 1 to 90 days ahead (documented).
  ...(typeof days_valid === 'number' && (days_valid < 1 || days_valid > 90)
    ? [{ field: 'days_valid', message: 'must be 1 to 90' }]
    : []),
];
