/** What of a wanted signature request a workflow has a place for. It is made from a template, for one signer of ours. */
import type { NewRequest } from '../../http/contract/creation.ts';
import type { FieldError } from '../../http/problem.ts';
import { type CreationRules, keptFor, refused, sentAs } from '../creation.ts';
import { type AttributeOptions, filledAttributes } from './attributes.ts';

/** @param names what the provider calls the template and its attributes */
export const workflowCreation = (names: {
  readonly template: string;
  readonly attributes: string;
}): CreationRules<AttributeOptions> => {
  const attribute = (option: string) => sentAs(`${names.attributes}.{${option}}`);
  return {
    fields: {
      'signers[].email': attribute('options.signer_email_attribute'),
      'signers[].name': attribute('options.signer_name_attribute'),
      'signers[].role': keptFor('the view of the request; only signer'),
      'signers[].order': refused,
      'signers[].redirect_url': refused,
      'signers[].declined_redirect_url': refused,
      'signers[].verification_phone_number': refused,
      'signers[].password': refused,
      'signers[].language': refused,
      'signers[].is_in_person': refused,
      'signers[].login_required': refused,
      'signers[].embed_url_external_user_id': refused,
      'signers[].signer_group_id': refused,
      'signers[].suppress_notifications': refused,
      name: attribute('options.name_attribute'),
      // The documents are the template's.
      source_files: refused,
      'source_files[].id': refused,
      'source_files[].url': refused,
      template_id: sentAs(names.template),
      parent_folder: refused,
      email_subject: refused,
      email_message: refused,
      are_reminders_enabled: refused,
      are_text_signatures_enabled: refused,
      signature_color: refused,
      is_document_preparation_needed: refused,
      prefill_tags: attribute('document_tag_id'),
      days_valid: refused,
      redirect_url: refused,
      declined_redirect_url: refused,
      external_id: attribute('options.external_id_attribute'),
      external_system_name: refused,
      request_flow: refused,
    },
    mostSigners: 1,
    mostSourceFiles: 0,
    check: (wanted, options) => [
      ...missing(wanted),
      ...homeless(wanted, options),
      ...tagErrors(wanted),
      ...filledTwice(wanted, options),
    ],
  };
};

const missing = ({ template_id, signers }: NewRequest): readonly FieldError[] => [
  ...(isGiven(template_id)
    ? []
    : [{ field: 'template_id', message: 'is required: a workflow is made from a template' }]),
  ...signers.flatMap(({ email, role }, at) => [
    ...(isGiven(email) ? [] : [{ field: `signers.${at}.email`, message: 'is required' }]),
    ...(role === 'signer' ? [] : [{ field: `signers.${at}.role`, message: 'must be signer' }]),
  ]),
];

/** What has no attribute to go into, unless the account names one. */
const homeless = (wanted: NewRequest, options: AttributeOptions): readonly FieldError[] =>
  (['name', 'external_id'] as const)
    .filter((field) => isGiven(wanted[field]) && options[`${field}_attribute`] === undefined)
    .map((field) => ({ field, message: `needs the account's option ${field}_attribute` }));

const tagErrors = ({ prefill_tags }: NewRequest): readonly FieldError[] =>
  (prefill_tags ?? []).flatMap(({ text_value, checkbox_value, date_value }, at) =>
    [text_value, checkbox_value, date_value].filter(isGiven).length === 1
      ? []
      : [
          {
            field: `prefill_tags.${at}`,
            message: 'must have exactly one of text_value, checkbox_value and date_value',
          },
        ],
  );

/** Each attribute has one value: of two, one would be lost. */
const filledTwice = (wanted: NewRequest, options: AttributeOptions): readonly FieldError[] => {
  const filled = filledAttributes(wanted, options, null);
  return filled
    .filter(({ attribute }, at) => filled.findIndex((other) => other.attribute === attribute) < at)
    .map(({ field }) => ({ field, message: 'goes into an attribute that is filled already' }));
};

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
