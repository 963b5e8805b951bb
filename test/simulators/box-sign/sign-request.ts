/** The sign request as Box shows it: the sender is among its signers, and its name has an extension. */
import type { SimulatedRequest, World } from '../world.ts';
import { type EnvelopeSigner, envelopeOf, senderEmail } from './envelope.ts';
import type { switches } from './switches.ts';

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

export const signRequestObject = (world: World<typeof switches>, request: SimulatedRequest) => {
  const { id, status, title, createdAt } = request;
  const { given, signers } = envelopeOf(world, request);
  const { days_valid: days } = given;
  const folder = { id: given.parent_folder?.id ?? '777', type: 'folder', etag: '0', sequence_id: '0' };
  return {
    external_id: null,
    ...given,
    id,
    type: 'sign-request',
    status,
    name: title.endsWith('.pdf') ? title : `${title}.pdf`,
    short_id: id.slice(0, 8),
    signers: signers.map((signer) => signerObject(id, signer)),
    source_files: given.source_files ?? [],
    parent_folder: { ...folder, name: 'Contracts' },
    sign_files: {
      files: [{ id: '555000111', type: 'file', etag: '1', name: 'NDA.pdf' }],
      is_ready_for_download: status !== 'converting',
    },
    prepare_url: status === 'created' ? `https://app.box.example/sign/${id}/prepare` : null,
    auto_expire_at: days ? new Date(createdAt + days * 86_400_000).toISOString() : null,
    created_at: new Date(createdAt).toISOString(),
    finished_at: hasSigned(status) ? new Date(createdAt + 1_000).toISOString() : null,
    error_code: null,
    sender_email: senderEmail,
    sender_id: 11_111,
  };
};

/** Only who has an id in the client's own system has a page that the API tells. */
const signerObject = (id: string, { email, role, order, viewed, decision, shown }: EnvelopeSigner) => {
  const embeds = typeof shown.embed_url_external_user_id === 'string';
  const page = `https://app.box.example/sign/${id}/${encodeURIComponent(email)}`;
  return {
    is_in_person: false,
    ...shown,
    email,
    role,
    order,
    has_viewed_document: viewed,
    signer_decision: decision,
    embed_url: embeds ? page : null,
    iframeable_embed_url: embeds ? `${page}?iframe` : null,
  };
};

const hasSigned = (status: string): boolean => /^(finalizing|signed|downloaded)/.test(status);
