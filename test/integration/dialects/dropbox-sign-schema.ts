/**
 * The answers of Dropbox Sign's published OpenAPI document (hellosign/hellosign-openapi, openapi.yaml of 2025-09-04), by name
 * and type: strict, so that a name that is not in it fails too.
 */
import * as z from 'zod/mini';

const text = z.optional(z.string());
const textOrNull = z.nullish(z.string());
const whole = z.optional(z.int());
const wholeOrNull = z.nullish(z.int());
const flag = z.optional(z.boolean());
const flagOrNull = z.nullish(z.boolean());

/** `SignatureRequestResponseSignatures` */
const signature = z.strictObject({
  signature_id: text,
  signer_group_guid: textOrNull,
  signer_email_address: text,
  signer_name: textOrNull,
  signer_role: textOrNull,
  order: wholeOrNull,
  status_code: text,
  decline_reason: textOrNull,
  signed_at: wholeOrNull,
  last_viewed_at: wholeOrNull,
  last_reminded_at: wholeOrNull,
  has_pin: flag,
  has_sms_auth: flagOrNull,
  has_sms_delivery: flagOrNull,
  sms_phone_number: textOrNull,
  reassigned_by: textOrNull,
  reassignment_reason: textOrNull,
  reassigned_from: textOrNull,
  error: textOrNull,
});

/** `SignatureRequestResponse` */
export const signatureRequestResponse = z.strictObject({
  test_mode: flag,
  signature_request_id: text,
  requester_email_address: textOrNull,
  title: text,
  original_title: text,
  subject: textOrNull,
  message: textOrNull,
  metadata: z.optional(z.record(z.string(), z.unknown())),
  created_at: whole,
  expires_at: wholeOrNull,
  is_complete: flag,
  is_declined: flag,
  has_error: flag,
  files_url: text,
  signing_url: textOrNull,
  details_url: text,
  cc_email_addresses: z.optional(z.array(z.string())),
  signing_redirect_url: textOrNull,
  final_copy_uri: textOrNull,
  template_ids: z.nullish(z.array(z.string())),
  custom_fields: z.nullish(z.array(z.object({}))),
  attachments: z.nullish(z.array(z.object({}))),
  response_data: z.nullish(z.array(z.object({}))),
  signatures: z.optional(z.array(signature)),
  bulk_send_job_id: textOrNull,
});

const warnings = z.optional(z.array(z.strictObject({ warning_msg: z.string(), warning_name: z.string() })));

/** `SignatureRequestGetResponse` */
export const signatureRequestGetResponse = z.strictObject({
  signature_request: signatureRequestResponse,
  warnings,
});

/** `SignatureRequestListResponse`, with `ListInfoResponse` */
export const signatureRequestListResponse = z.strictObject({
  signature_requests: z.array(signatureRequestResponse),
  list_info: z.strictObject({ num_pages: whole, num_results: wholeOrNull, page: whole, page_size: whole }),
  warnings,
});

/** `ErrorResponse` */
export const errorResponse = z.strictObject({
  error: z.strictObject({ error_msg: z.string(), error_name: z.string(), error_path: text }),
});
