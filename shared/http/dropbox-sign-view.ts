/**
 * A signature request as Dropbox Sign shows it. Every property is optional in its published schema: one that Rescind does not
 * know is null where the schema allows that, and absent where it does not.
 */
import type { SignatureRequestView } from './contract/responses.ts';

type Signer = SignatureRequestView['signers'][number];

/** @param isTest whether what the account creates is a test; null: not known */
export const viewAsDropboxSign = (request: SignatureRequestView, isTest: boolean | null) => {
  const { name, external_id, status, creation, signers, expires_at } = request;
  return {
    signature_request_id: request.provider_request_id ?? request.id,
    ...(creation !== null && madeHere(request, isTest)),
    ...(name !== null && { title: name }),
    metadata: external_id === null ? {} : { external_id },
    expires_at: seconds(expires_at),
    is_complete: status === 'signed',
    is_declined: status === 'declined',
    has_error: status.startsWith('error'),
    ...notKept,
    signatures: signers
      .filter(({ role }) => role !== 'final_copy_reader')
      .map((signer) => signature(signer, request)),
  };
};

/** Of a request that was made elsewhere, Rescind knows when it first heard of it, and not who gets a copy. */
const madeHere = ({ created_at, signers }: SignatureRequestView, isTest: boolean | null) => ({
  ...(isTest !== null && { test_mode: isTest }),
  created_at: seconds(created_at),
  cc_email_addresses: signers.flatMap(({ role, email }) =>
    role === 'final_copy_reader' && email !== null ? [email] : [],
  ),
});

/** What the schema lets be null. */
const notKept = {
  requester_email_address: null,
  subject: null,
  message: null,
  signing_url: null,
  signing_redirect_url: null,
  final_copy_uri: null,
  template_ids: null,
  custom_fields: null,
  attachments: null,
  response_data: null,
  bulk_send_job_id: null,
};

const signature = (signer: Signer, { status, reminder }: SignatureRequestView) => {
  const { provider_signer_id: id, email, name, order, viewed_at, decided_at, decline_reason } = signer;
  const isReminded = reminder?.state === 'sent' && reminder.signer_id === signer.id;
  return {
    ...(id !== null && { signature_id: id }),
    signer_group_guid: null,
    ...(email !== null && { signer_email_address: email }),
    signer_name: name,
    signer_role: null,
    order,
    status_code: codeOf(signer, status),
    decline_reason,
    signed_at: signer.status === 'signed' ? seconds(decided_at) : null,
    last_viewed_at: seconds(viewed_at),
    last_reminded_at: isReminded ? seconds(reminder.sent_at) : null,
    has_sms_auth: null,
    has_sms_delivery: null,
    sms_phone_number: null,
    reassigned_by: null,
    reassignment_reason: null,
    reassigned_from: null,
    error: null,
  };
};

/** A time-out is the request's: whoever has not signed by then no longer can. */
const codeOf = ({ status: signer }: Signer, status: SignatureRequestView['status']): string => {
  if (signer === 'signed' || signer === 'declined') return signer;
  return status === 'expired' ? 'expired' : 'awaiting_signature';
};

/** Unix time. */
const seconds = (time: string | null): number | null =>
  time === null ? null : Math.floor(Date.parse(time) / 1_000);
