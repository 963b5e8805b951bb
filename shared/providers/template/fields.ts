/** What of a wanted signature request Example Sign has a place for. Every field is named, so none is dropped in silence. */
import type { AccountOptions } from '../account-options.ts';
import { type CreationRules, keptFor, type ReminderRules, refused, sentAs } from '../creation.ts';

export const creation: CreationRules<AccountOptions> = {
  fields: {
    'signers[].email': sentAs('email'),
    'signers[].name': sentAs('name'),
    'signers[].role': sentAs('role'),
    'signers[].order': sentAs('step'),
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
    name: sentAs('title'),
    source_files: sentAs('documents'),
    'source_files[].id': refused,
    'source_files[].url': sentAs('url'),
    template_id: refused,
    parent_folder: refused,
    email_subject: refused,
    email_message: sentAs('message'),
    are_reminders_enabled: refused,
    are_text_signatures_enabled: refused,
    signature_color: refused,
    is_document_preparation_needed: refused,
    prefill_tags: refused,
    days_valid: sentAs('expires_in_days'),
    redirect_url: sentAs('return_url'),
    declined_redirect_url: refused,
    // What Example Sign calls `reference` is for our own id.
    external_id: keptFor('shown with the request'),
    external_system_name: refused,
    request_flow: refused,
  },
  mostSigners: 20,
  mostSourceFiles: 5,
  check: ({ source_files, signers }) => [
    ...(source_files ? [] : [{ field: 'source_files', message: 'is required' }]),
    ...signers.flatMap(({ email, role }, at) => [
      ...(email ? [] : [{ field: `signers.${at}.email`, message: 'is required' }]),
      ...(role === 'approver'
        ? [{ field: `signers.${at}.role`, message: 'must be signer or final_copy_reader' }]
        : []),
    ]),
  ],
};

/** An hour after the last one, for all who have not signed. */
export const reminders: ReminderRules = { coolDownMs: 3_600_000, countsFromSending: false, perSigner: false };
