/** The `signature_request` object as the provider shows it. No field says "cancelled" or "expired". */
import type { SimulatedRequest } from '../world.ts';
import type { Envelope, Signature } from './envelope.ts';

export const statuses = [
  'open',
  'viewed',
  'partially_signed',
  'signed',
  'declined',
  'expired',
  'error',
  'preparing',
  'cancelled',
  'destroyed',
] as const;

export const signatureRequestObject = (
  { id, status, title, createdAt }: SimulatedRequest,
  envelope: Envelope,
  baseUrl: string,
) => ({
  test_mode: envelope.testMode,
  signature_request_id: id,
  requester_email_address: 'sender@sender.example',
  title,
  original_title: title,
  subject: envelope.subject,
  message: envelope.message,
  metadata: envelope.metadata,
  created_at: Math.floor(createdAt / 1_000),
  expires_at: envelope.expiresAt,
  is_complete: status === 'signed',
  is_declined: status === 'declined',
  has_error: status === 'error',
  custom_fields: [],
  response_data: [],
  signing_url: `https://app.hellosign.example/sign/${id}`,
  signing_redirect_url: envelope.redirectUrl,
  final_copy_uri: null,
  files_url: `${baseUrl}/signature_request/files/${id}`,
  details_url: `https://app.hellosign.example/home/manage?guid=${id}`,
  cc_email_addresses: envelope.copies,
  template_ids: null,
  attachments: [],
  bulk_send_job_id: null,
  signatures: envelope.signatures.map((one) => signatureObject(one, status)),
});

const signatureObject = (signature: Signature, status: string) => {
  const code = codeOf(signature, status);
  return {
    signature_id: signature.id,
    signer_group_guid: null,
    signer_email_address: signature.email,
    signer_name: signature.name,
    signer_role: null,
    order: signature.order,
    status_code: code,
    decline_reason: signature.declineReason,
    signed_at: signature.signedAt ?? (code === 'signed' ? 1_760_000_500 : null),
    last_viewed_at: signature.viewedAt ?? (code === 'awaiting_signature' ? null : 1_760_000_400),
    last_reminded_at: signature.remindedAt,
    has_pin: signature.pin !== null,
    has_sms_auth: signature.phone !== null,
    has_sms_delivery: false,
    sms_phone_number: signature.phone,
    reassigned_by: null,
    reassignment_reason: null,
    reassigned_from: null,
    error: null,
  };
};

/** Some of what happens to a request happens to all of its signatures. */
const codeOf = ({ code }: Signature, status: string): string => {
  switch (status) {
    case 'signed':
      return 'signed';
    case 'expired':
      return code === 'awaiting_signature' ? 'expired' : code;
    case 'error':
      return 'error_unknown';
    default:
      return code;
  }
};
