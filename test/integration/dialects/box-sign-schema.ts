/**
 * What Box publishes of the answers of its Sign calls (github.com/box/box-openapi, openapi.json, version 2024.0), stricter:
 * no other fields than the published ones, and the codes of errors as the closed list that they are there.
 */
import * as z from 'zod/mini';

const maybe = { text: z.optional(z.nullable(z.string())), flag: z.optional(z.nullable(z.boolean())) };
const time = z.iso.datetime({ offset: true });
const maybeTime = z.optional(z.nullable(time));

const fileBase = { id: z.string(), type: z.literal('file'), etag: maybe.text };
const fileMini = z.strictObject({
  ...fileBase,
  sequence_id: z.optional(z.string()),
  name: z.optional(z.string()),
  sha1: z.optional(z.string()),
  file_version: z.optional(
    z.strictObject({ id: z.string(), type: z.literal('file_version'), sha1: z.optional(z.string()) }),
  ),
});
const folderMini = z.strictObject({
  id: z.string(),
  type: z.literal('folder'),
  etag: maybe.text,
  sequence_id: z.optional(z.string()),
  name: z.optional(z.string()),
});

const prefillTag = {
  document_tag_id: maybe.text,
  text_value: maybe.text,
  checkbox_value: maybe.flag,
  date_value: z.optional(z.nullable(z.iso.date())),
};

const signer = z.strictObject({
  email: z.nullable(z.string()),
  role: z.optional(z.enum(['signer', 'approver', 'final_copy_reader'])),
  is_in_person: z.optional(z.boolean()),
  order: z.optional(z.int().check(z.minimum(0))),
  embed_url_external_user_id: maybe.text,
  redirect_url: maybe.text,
  declined_redirect_url: maybe.text,
  login_required: maybe.flag,
  verification_phone_number: maybe.text,
  // `password` is only ever written.
  signer_group_id: maybe.text,
  suppress_notifications: maybe.flag,
  language: maybe.text,
  has_viewed_document: z.optional(z.boolean()),
  signer_decision: z.optional(
    z.nullable(
      z.strictObject({
        type: z.optional(z.enum(['signed', 'declined'])),
        finalized_at: z.optional(time),
        additional_info: maybe.text,
      }),
    ),
  ),
  inputs: z.optional(z.array(z.object({ ...prefillTag, page_index: z.int() }))),
  embed_url: maybe.text,
  iframeable_embed_url: maybe.text,
  attachments: z.optional(z.nullable(z.array(z.strictObject({ id: maybe.text, name: maybe.text })))),
});

export const signRequest = z.strictObject({
  is_document_preparation_needed: z.optional(z.boolean()),
  redirect_url: maybe.text,
  declined_redirect_url: maybe.text,
  are_text_signatures_enabled: z.optional(z.boolean()),
  email_subject: maybe.text,
  email_message: maybe.text,
  are_reminders_enabled: z.optional(z.boolean()),
  name: z.optional(z.string()),
  prefill_tags: z.optional(z.array(z.strictObject(prefillTag))),
  days_valid: z.optional(z.nullable(z.int().check(z.minimum(0), z.maximum(730)))),
  external_id: maybe.text,
  template_id: maybe.text,
  external_system_name: maybe.text,
  request_flow: maybe.text,
  type: z.literal('sign-request'),
  source_files: z.optional(z.array(z.nullable(z.strictObject(fileBase)))),
  signers: z.optional(z.array(signer)),
  signature_color: maybe.text,
  id: z.string(),
  prepare_url: maybe.text,
  signing_log: z.optional(z.nullable(fileMini)),
  status: z.optional(
    z.enum([
      'converting',
      'created',
      'sent',
      'viewed',
      'signed',
      'cancelled',
      'declined',
      'error',
      'error_converting',
      'error_sending',
      'expired',
      'finalizing',
      'error_finalizing',
    ]),
  ),
  sign_files: z.optional(
    z.strictObject({
      files: z.optional(z.array(z.nullable(fileMini))),
      is_ready_for_download: z.optional(z.boolean()),
    }),
  ),
  auto_expire_at: maybeTime,
  parent_folder: z.optional(folderMini),
  collaborator_level: maybe.text,
  short_id: z.optional(z.string()),
  created_at: z.optional(time),
  finished_at: maybeTime,
  error_code: maybe.text,
  sender_email: maybe.text,
  sender_id: z.optional(z.nullable(z.int())),
});

export const signRequests = z.strictObject({
  limit: z.int(),
  next_marker: z.nullable(z.string()),
  entries: z.array(signRequest),
});

export const clientError = z.strictObject({
  type: z.literal('error'),
  status: z.int(),
  code: z.enum([
    'created',
    'accepted',
    'no_content',
    'redirect',
    'not_modified',
    'bad_request',
    'unauthorized',
    'forbidden',
    'not_found',
    'method_not_allowed',
    'conflict',
    'precondition_failed',
    'too_many_requests',
    'internal_server_error',
    'unavailable',
    'item_name_invalid',
    'insufficient_scope',
  ]),
  message: z.string(),
  context_info: z.strictObject({
    errors: z.array(z.strictObject({ reason: z.string(), name: z.string(), message: z.string() })),
  }),
  help_url: z.url(),
  request_id: z.string(),
});

export const accessToken = z.strictObject({
  access_token: z.string(),
  expires_in: z.int(),
  token_type: z.literal('bearer'),
  restricted_to: z.array(z.unknown()),
});

export const oauthError = z.strictObject({ error: z.string(), error_description: z.string() });
