/** Bodies of `POST /sign_requests` as Box publishes them, to the letter. */

/** The sample call of the API reference. */
export const sampleCall = {
  signers: [{ role: 'signer', email: 'example_email@box.com' }],
  source_files: [{ type: 'file', id: '123456789' }],
  parent_folder: { type: 'folder', id: '0987654321' },
} as const;

/** Every field of a signer with its example value, apart from the two of which only one may be given. */
const signer = {
  email: 'example@gmail.com',
  role: 'signer',
  is_in_person: true,
  order: 2,
  embed_url_external_user_id: '1234',
  redirect_url: 'https://example.com',
  declined_redirect_url: 'https://declined-example.com',
  password: 'SecretPassword123',
  signer_group_id: 'cd4ff89-8fc1-42cf-8b29-1890dedd26d7',
  suppress_notifications: false,
  language: 'en',
} as const;

/** Every field of the published schema with its example value; where only one of several may be given, one after another. */
export const everyField = {
  is_document_preparation_needed: true,
  redirect_url: 'https://www.example.com',
  declined_redirect_url: 'https://declined-redirect.com',
  are_text_signatures_enabled: true,
  email_subject: 'Sign Request from Acme',
  email_message: 'Hello! Please sign the document below',
  are_reminders_enabled: true,
  name: 'name',
  prefill_tags: [
    { document_tag_id: '1234', text_value: 'text' },
    { document_tag_id: '1234', checkbox_value: true },
    { document_tag_id: '1234', date_value: '2021-04-26' },
  ],
  days_valid: 2,
  external_id: '123',
  template_id: '123075213-af2c8822-3ef2-4952-8557-52d69c2fe9cb',
  external_system_name: 'Box',
  request_flow: 'standard',
  source_files: [{ id: '12345', etag: '1', type: 'file' }],
  signature_color: 'blue',
  signers: [
    { ...signer, login_required: true },
    { ...signer, verification_phone_number: '6314578901' },
  ],
  parent_folder: { id: '12345', etag: '1', type: 'folder', sequence_id: '3', name: 'Contracts' },
} as const;
