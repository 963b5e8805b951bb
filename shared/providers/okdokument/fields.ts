/**
 * What of a wanted signature request OKdokument has a place for: one document, and no signers at all. Who opens the link
 * signs, so whom it goes to is Rescind's matter.
 */
import type { NewRequest } from '../../http/contract/creation.ts';
import type { FieldError } from '../../http/problem.ts';
import { type CreationRules, keptFor, refused, sentAs } from '../creation.ts';
import type { OkdokumentOptions } from './request.ts';

export const creation: CreationRules<OkdokumentOptions> = {
  fields: {
    'signers[].email': keptFor('shown with the signer, who gets a sign link of Rescind'),
    'signers[].name': keptFor('shown with the signer, who gets a sign link of Rescind'),
    'signers[].role': keptFor('shown with the signer; signer is the only one'),
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
    name: sentAs('filedata.filename'),
    source_files: sentAs('filedata or id'),
    'source_files[].id': sentAs('id'),
    'source_files[].url': sentAs('filedata.content'),
    template_id: refused,
    parent_folder: refused,
    // It sends no mail unless asked to by rules of its own, and Rescind has none for it.
    email_subject: refused,
    email_message: refused,
    are_reminders_enabled: refused,
    are_text_signatures_enabled: refused,
    signature_color: refused,
    is_document_preparation_needed: refused,
    prefill_tags: refused,
    days_valid: sentAs('expirationTime'),
    redirect_url: sentAs('resulturl'),
    declined_redirect_url: refused,
    external_id: keptFor('shown with the request'),
    external_system_name: refused,
    request_flow: refused,
  },
  mostSigners: 1,
  mostSourceFiles: 1,
  check: ({ name, signers, source_files, days_valid }) => [
    ...(signers[0]?.role === 'signer' ? [] : [{ field: 'signers.0.role', message: 'must be signer' }]),
    ...fileErrors(source_files ?? [], name ?? null),
    ...(days_valid === 0 ? [{ field: 'days_valid', message: 'must be at least 1' }] : []),
  ],
};

const fileErrors = (
  files: NonNullable<NewRequest['source_files']>,
  name: string | null,
): readonly FieldError[] => {
  const [file] = files;
  if (file === undefined) return [{ field: 'source_files', message: 'is required' }];
  if ('id' in file) {
    return (file.etag ?? null) === null
      ? []
      : [{ field: 'source_files.0.etag', message: 'OKdokument has nothing for this' }];
  }
  return (file.name ?? null) === null || name === null
    ? []
    : [{ field: 'source_files.0.name', message: 'cannot be together with name, which names the file' }];
};
