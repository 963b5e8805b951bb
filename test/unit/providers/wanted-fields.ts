/** A body that has one more field than it must, for each field that a body can have. */
import {
  type CreationField,
  createRequestBody,
  type NewRequest,
} from '../../../shared/http/contract/creation.ts';

type Example = Readonly<Record<Exclude<CreationField, `source_files${string}`>, unknown>>;

/** A value of each that no other field has, as far as its form allows. */
const examples: Example = {
  'signers[].email': 'zoe@signer.example',
  'signers[].name': 'Zoë Example',
  'signers[].role': 'final_copy_reader',
  'signers[].order': 7,
  'signers[].redirect_url': 'https://client.example/signer-done',
  'signers[].declined_redirect_url': 'https://client.example/signer-declined',
  'signers[].verification_phone_number': '+421905123456',
  'signers[].password': 'sesame-open',
  'signers[].language': 'sk',
  'signers[].is_in_person': true,
  'signers[].login_required': true,
  'signers[].embed_url_external_user_id': 'user-1',
  'signers[].signer_group_id': 'group-1',
  'signers[].suppress_notifications': true,
  name: 'Non-disclosure',
  template_id: 'template-1',
  parent_folder: { id: 'folder-1' },
  email_subject: 'Please look at this',
  email_message: 'It is short.',
  are_reminders_enabled: true,
  are_text_signatures_enabled: true,
  signature_color: 'red',
  is_document_preparation_needed: true,
  prefill_tags: [{ document_tag_id: 'tag-1', text_value: 'filled' }],
  days_valid: 30,
  redirect_url: 'https://client.example/done',
  declined_redirect_url: 'https://client.example/declined',
  external_id: 'case-8812',
  external_system_name: 'Case Desk',
  request_flow: 'cfr11',
};

export const smallest = {
  account_id: 'main',
  signers: [{ email: 'ann@signer.example', name: 'Ann' }],
  source_files: [{ url: 'https://files.example/nda.pdf' }],
};

export const wanted = (over: object = {}): NewRequest => createRequestBody.parse({ ...smallest, ...over });

/** The smallest body with this field; what it holds, where that can be told apart; and where a refusal would point. */
export const withField = (
  field: CreationField,
): { readonly body: NewRequest; readonly value: unknown; readonly place: string } => {
  switch (field) {
    case 'source_files':
    case 'source_files[].url':
      return { body: wanted(), value: smallest.source_files[0]?.url, place: 'source_files.0.url' };
    case 'source_files[].id':
      return {
        body: wanted({ source_files: [{ id: 'file-1' }] }),
        value: 'file-1',
        place: 'source_files.0.id',
      };
    default: {
      const value = examples[field];
      const [list, name] = field.split('[].');
      if (list === undefined || name === undefined) {
        return { body: wanted({ [field]: value }), value, place: field };
      }
      const [signer] = smallest.signers;
      return { body: wanted({ signers: [{ ...signer, [name]: value }] }), value, place: `signers.0.${name}` };
    }
  }
};
