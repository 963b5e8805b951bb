/** The sign request as Box shows it: the sender is its first signer, and its name has an extension. */
import type { SimulatedRequest } from '../world.ts';

export const statuses = [
  'converting',
  'created',
  'sent',
  'viewed',
  'finalizing',
  'signed',
  'cancelled',
  'declined',
  'expired',
  'error',
  'error_converting',
  'error_sending',
  'error_finalizing',
  'downloaded',
  'signed and downloaded',
] as const;

export const senderEmail = 'zoe@sender.example';

export const signRequestObject = ({ id, status, title, createdAt }: SimulatedRequest) => ({
  id,
  type: 'sign-request',
  status,
  name: title.endsWith('.pdf') ? title : `${title}.pdf`,
  short_id: id.slice(0, 8),
  external_id: null,
  signers: [
    signer(senderEmail, 'final_copy_reader', 0, null),
    signer('signer1@signer.example', 'signer', 1, decision(1, status)),
    signer('signer2@signer.example', 'signer', 2, decision(2, status)),
  ],
  source_files: [],
  parent_folder: { id: '777', type: 'folder', etag: '0', sequence_id: '0', name: 'Contracts' },
  sign_files: {
    files: [{ id: '555000111', type: 'file', etag: '1', name: 'NDA.pdf' }],
    is_ready_for_download: status !== 'converting',
  },
  prepare_url: status === 'created' ? `https://app.box.example/sign/${id}/prepare` : null,
  auto_expire_at: null,
  created_at: new Date(createdAt).toISOString(),
  finished_at: hasSigned(status) ? new Date(createdAt + 1_000).toISOString() : null,
  error_code: null,
  sender_email: senderEmail,
  sender_id: 11_111,
});

const signer = (email: string, role: string, order: number, signer_decision: object | null) => ({
  email,
  role,
  order,
  is_in_person: false,
  has_viewed_document: signer_decision !== null,
  signer_decision,
});

const hasSigned = (status: string): boolean => /^(finalizing|signed|downloaded)/.test(status);

/** No status says "signed by one of two": that shows here alone. */
const decision = (order: number, status: string) => {
  if (hasSigned(status)) return { type: 'signed', finalized_at: '2026-01-15T17:30:00Z' };
  return status === 'declined' && order === 1
    ? { type: 'declined', finalized_at: '2026-01-15T17:30:00Z', additional_info: 'Not agreed' }
    : null;
};
