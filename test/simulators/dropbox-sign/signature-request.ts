/** The `signature_request` object as the provider shows it. No field says "cancelled" or "expired". */
import type { SimulatedRequest } from '../world.ts';

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
  baseUrl: string,
) => ({
  test_mode: true,
  signature_request_id: id,
  requester_email_address: 'sender@sender.example',
  title,
  original_title: title,
  subject: title,
  message: null,
  metadata: {},
  created_at: Math.floor(createdAt / 1_000),
  expires_at: null,
  is_complete: status === 'signed',
  is_declined: status === 'declined',
  has_error: status === 'error',
  custom_fields: [],
  response_data: [],
  signing_url: `https://app.hellosign.example/sign/${id}`,
  signing_redirect_url: null,
  final_copy_uri: null,
  files_url: `${baseUrl}/signature_request/files/${id}`,
  details_url: `https://app.hellosign.example/home/manage?guid=${id}`,
  cc_email_addresses: [],
  template_ids: null,
  attachments: [],
  bulk_send_job_id: null,
  signatures: [signature(id, 0, status), signature(id, 1, status)],
});

const signature = (id: string, order: number, status: string) => {
  const code = statusCode(order, status);
  return {
    signature_id: `${id.slice(0, 31)}${order}`,
    signer_group_guid: null,
    signer_email_address: `signer${order}@signer.example`,
    signer_name: `Signer ${order}`,
    signer_role: null,
    order,
    status_code: code,
    decline_reason: code === 'declined' ? 'Not agreed' : null,
    signed_at: code === 'signed' ? 1_760_000_500 : null,
    last_viewed_at:
      code === 'awaiting_signature' && !(status === 'viewed' && order === 0) ? null : 1_760_000_400,
    last_reminded_at: null,
    has_pin: false,
    has_sms_auth: false,
    has_sms_delivery: false,
    sms_phone_number: null,
    reassigned_by: null,
    reassignment_reason: null,
    reassigned_from: null,
    error: null,
  };
};

const statusCode = (order: number, status: string): string => {
  switch (status) {
    case 'signed':
      return 'signed';
    case 'partially_signed':
      return order === 0 ? 'signed' : 'awaiting_signature';
    case 'declined':
      return order === 0 ? 'declined' : 'awaiting_signature';
    case 'expired':
      return 'expired';
    case 'error':
      return 'error_unknown';
    default:
      return 'awaiting_signature';
  }
};
