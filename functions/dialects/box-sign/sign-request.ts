/**
 * A signature request as Box Sign shows one: every field that Box documents and Rescind knows. What it does not know is null
 * or empty; what may be neither is left out, for none of the fields is required.
 */
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';

export type SignRequest = ReturnType<typeof signRequestOf>;
type SignerView = SignatureRequestView['signers'][number];

export const signRequestOf = (request: SignatureRequestView) => ({
  type: 'sign-request',
  // Rescind's own until Box has given one: every call takes either.
  id: request.provider_request_id ?? request.id,
  ...statusOf(request),
  ...(request.name !== null && { name: request.name }),
  external_id: request.external_id,
  signers: request.signers.map(signerOf),
  auto_expire_at: request.expires_at,
  prepare_url: request.prepare_url,
  // Of a request that was made elsewhere only Box knows it.
  ...(request.creation !== null && { created_at: request.created_at }),
  ...untold,
});

/** Known to Box alone. No file goes through Rescind, so none is ready for download here. */
const untold = {
  redirect_url: null,
  declined_redirect_url: null,
  email_subject: null,
  email_message: null,
  prefill_tags: [],
  days_valid: null,
  template_id: null,
  external_system_name: null,
  request_flow: null,
  source_files: [],
  signature_color: null,
  signing_log: null,
  sign_files: { files: [], is_ready_for_download: false },
  collaborator_level: null,
  finished_at: null,
  error_code: null,
  sender_email: null,
  sender_id: null,
};

/** Rescind's statuses are Box Sign's, but for two. */
const statusOf = ({ status }: SignatureRequestView): { readonly status?: string } => {
  switch (status) {
    case 'creating':
      return { status: 'converting' };
    // Box has no word for it, and any of its words would claim something.
    case 'unknown':
      return {};
    default:
      return { status };
  }
};

const signerOf = (signer: SignerView) => ({
  email: signer.email,
  role: signer.role,
  ...(signer.order !== null && { order: signer.order }),
  has_viewed_document: signer.status !== 'awaiting',
  signer_decision: decisionOf(signer),
  // Of Rescind: it leads to the page at Box while the request is open.
  embed_url: signer.sign_url,
  iframeable_embed_url: null,
  embed_url_external_user_id: null,
  redirect_url: null,
  declined_redirect_url: null,
  login_required: null,
  verification_phone_number: null,
  signer_group_id: null,
  suppress_notifications: null,
  language: null,
  inputs: [],
  attachments: [],
});

const decisionOf = ({ status, decided_at, decline_reason }: SignerView) =>
  status === 'signed' || status === 'declined'
    ? {
        type: status,
        ...(decided_at !== null && { finalized_at: decided_at }),
        additional_info: decline_reason,
      }
    : null;
