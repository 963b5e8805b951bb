/** What of a wanted signature request Box Sign has a place for: nearly all, since the body is modelled on its own. */
import type { NewRequest } from '../../http/contract/creation.ts';
import type { FieldError } from '../../http/problem.ts';
import { type CreationRules, keptFor, type ReminderRules, refused, sentAs } from '../creation.ts';
import type { BoxSignOptions } from './credentials.ts';

export const creation: CreationRules<BoxSignOptions> = {
  fields: {
    'signers[].email': sentAs('email'),
    // A signer of Box Sign has an address and no name (documented).
    'signers[].name': keptFor('shown with the signer'),
    'signers[].role': sentAs('role'),
    'signers[].order': sentAs('order'),
    'signers[].redirect_url': sentAs('redirect_url'),
    'signers[].declined_redirect_url': sentAs('declined_redirect_url'),
    'signers[].verification_phone_number': sentAs('verification_phone_number'),
    'signers[].password': sentAs('password'),
    'signers[].language': sentAs('language'),
    'signers[].is_in_person': sentAs('is_in_person'),
    'signers[].login_required': sentAs('login_required'),
    'signers[].embed_url_external_user_id': sentAs('embed_url_external_user_id'),
    'signers[].signer_group_id': sentAs('signer_group_id'),
    'signers[].suppress_notifications': sentAs('suppress_notifications'),
    name: sentAs('name'),
    source_files: sentAs('source_files'),
    'source_files[].id': sentAs('id'),
    // Files must be in Box already (documented).
    'source_files[].url': refused,
    template_id: sentAs('template_id'),
    parent_folder: sentAs('parent_folder'),
    email_subject: sentAs('email_subject'),
    email_message: sentAs('email_message'),
    are_reminders_enabled: sentAs('are_reminders_enabled'),
    are_text_signatures_enabled: sentAs('are_text_signatures_enabled'),
    signature_color: sentAs('signature_color'),
    is_document_preparation_needed: sentAs('is_document_preparation_needed'),
    prefill_tags: sentAs('prefill_tags'),
    days_valid: sentAs('days_valid'),
    redirect_url: sentAs('redirect_url'),
    declined_redirect_url: sentAs('declined_redirect_url'),
    external_id: sentAs('external_id'),
    external_system_name: sentAs('external_system_name'),
    request_flow: sentAs('request_flow'),
  },
  mostSigners: 35,
  mostSourceFiles: 10,
  check: (wanted) => [
    ...sourceErrors(wanted),
    ...wanted.signers.flatMap((signer, at) => signerErrors(signer, at, wanted)),
    ...tagErrors(wanted),
  ],
};

/** 10 minutes from the sending or the last reminder, for all who have not signed (documented). */
export const reminders: ReminderRules = { coolDownMs: 600_000, countsFromSending: true, perSigner: false };

const sourceErrors = ({ source_files, template_id, parent_folder }: NewRequest): readonly FieldError[] => [
  ...((source_files ?? template_id ?? null) === null
    ? [{ field: 'source_files', message: 'is required without a template_id' }]
    : []),
  ...(parent_folder?.id === '0'
    ? [{ field: 'parent_folder.id', message: 'must not be the root folder, 0' }]
    : []),
];

const signerErrors = (
  { email, login_required, verification_phone_number }: NewRequest['signers'][number],
  at: number,
  { template_id }: NewRequest,
): readonly FieldError[] => [
  // A template may hold the addresses (documented).
  ...((email ?? template_id ?? null) === null
    ? [{ field: `signers.${at}.email`, message: 'is required without a template_id' }]
    : []),
  ...(login_required === true && (verification_phone_number ?? null) !== null
    ? [
        {
          field: `signers.${at}.verification_phone_number`,
          message: 'cannot be together with login_required',
        },
      ]
    : []),
];

const tagErrors = ({ prefill_tags }: NewRequest): readonly FieldError[] =>
  (prefill_tags ?? []).flatMap(({ text_value, checkbox_value, date_value }, at) =>
    [text_value, checkbox_value, date_value].filter((value) => value !== null && value !== undefined)
      .length === 1
      ? []
      : [
          {
            field: `prefill_tags.${at}`,
            message: 'must have exactly one of text_value, checkbox_value and date_value',
          },
        ],
  );
