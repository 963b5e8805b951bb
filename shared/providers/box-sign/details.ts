/** What a sign request tells beside its status. Whatever does not fit is left out: the status never hangs on it. */
import * as z from 'zod/mini';
import { type SeenDetails, type SeenSigner, signerRoles } from '../../domain/details.ts';
import { requestIdPattern } from '../../domain/ids.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { page, perhaps, text, time } from '../told.ts';

export const detailsIn = ({ body }: ProviderResponse): SeenDetails => detailsOf(readJson(z.unknown(), body));

export const detailsOf = (signRequest: unknown): SeenDetails => {
  const parsed = told.safeParse(signRequest);
  if (!parsed.success) return {};
  const {
    name,
    external_id: externalId,
    auto_expire_at: expiresAt,
    prepare_url: preparePage,
    signers,
  } = parsed.data;
  return {
    ...(name !== undefined && { name }),
    ...(externalId !== undefined && !requestIdPattern.test(externalId) && { externalId }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(preparePage !== undefined && { preparePage }),
    ...(signers !== undefined && { signers: signers.map(signerOf) }),
  };
};

/** `has_viewed_document` has no time; `additional_info` of a decision is the reason to decline (documented). */
const signer = z.object({
  email: text,
  role: perhaps(z.enum(signerRoles)),
  order: perhaps(z.int().check(z.minimum(0))),
  has_viewed_document: perhaps(z.boolean()),
  signer_decision: perhaps(
    z.object({
      type: z.enum(['signed', 'declined']),
      finalized_at: perhaps(time),
      additional_info: perhaps(text),
    }),
  ),
  embed_url: perhaps(page),
  iframeable_embed_url: perhaps(page),
});

const told = z.object({
  name: perhaps(text),
  external_id: perhaps(text),
  auto_expire_at: perhaps(time),
  prepare_url: perhaps(page),
  signers: perhaps(z.array(signer)),
});

/**
 * Box puts the sender before the others as a `final_copy_reader` (observed), so a signer's place says nothing: address and
 * role name them. Only who has an `embed_url_external_user_id` has a page (documented).
 */
const signerOf = ({
  email,
  role,
  order,
  has_viewed_document: viewed,
  signer_decision: decision,
  embed_url,
  iframeable_embed_url,
}: z.output<typeof signer>): SeenSigner => {
  const pageUrl = embed_url ?? iframeable_embed_url;
  const { type, finalized_at: decidedAt, additional_info: info } = decision ?? {};
  return {
    email,
    ...(role !== undefined && { role }),
    ...(order !== undefined && { order }),
    status: type ?? (viewed === true ? 'viewed' : 'awaiting'),
    ...(decidedAt !== undefined && { decidedAt }),
    ...(type === 'declined' && info !== undefined && { declineReason: info }),
    ...(pageUrl !== undefined && { page: pageUrl }),
  };
};
