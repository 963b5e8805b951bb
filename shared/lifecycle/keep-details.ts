/** What is kept of a wanted request for as long as it lives: its name, its signers, and where their sign links lead. */

import { type RequestDetails, type Signer, signerId } from '../domain/details.ts';
import { newLinkPart } from '../domain/ids.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { NewRequest, NewSigner } from '../http/contract/creation.ts';
import type { DetailsStore } from '../store/details.ts';
import type { SignLinkStore } from '../store/sign-links.ts';

export interface KeepPorts {
  readonly details: Pick<DetailsStore, 'put'>;
  readonly signLinks: Pick<SignLinkStore, 'put'>;
}

/** Doing so again changes nothing. */
export const keepDetails = async (
  { details, signLinks }: KeepPorts,
  { tenant, id, signHandle }: SignatureRequest,
  wanted: NewRequest,
): Promise<void> => {
  await Promise.all([
    signHandle === null ? null : signLinks.put(signHandle, tenant, id),
    details.put(tenant, id, detailsOf(wanted)),
  ]);
};

const detailsOf = (wanted: NewRequest): RequestDetails => ({
  revision: 1,
  name: wanted.name ?? null,
  externalId: wanted.external_id ?? null,
  page: null,
  preparePage: null,
  signers: wanted.signers.map(signerOf),
});

const signerOf = ({ name, email, role, order }: NewSigner, position: number): Signer => ({
  id: signerId(position),
  ref: null,
  name: name ?? null,
  email: email ?? null,
  role,
  order: order ?? null,
  status: 'awaiting',
  viewedAt: null,
  decidedAt: null,
  declineReason: null,
  page: null,
  linkSecret: role === 'final_copy_reader' ? null : newLinkPart(),
});
