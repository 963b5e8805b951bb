/** What of a request lies apart from its hot item, as far as that item tells. */
import { deriveRequestId } from '../domain/ids.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { Item } from './attributes.ts';
import { detailsPart } from './details.ts';
import { historyPart } from './history-item.ts';
import { requestKey } from './request-item.ts';
import { signLinkKey } from './sign-links.ts';

/** The keys of what is kept as long as the request is. */
export const partsOf = (request: SignatureRequest): readonly Item[] => {
  const { tenant, id, signHandle } = request;
  return [
    ...(request.hasOlderHistory ? [requestKey(tenant, id, historyPart(request))] : []),
    ...(request.detailsRevision > 0 ? [requestKey(tenant, id, detailsPart)] : []),
    ...(signHandle === null ? [] : [signLinkKey(signHandle)]),
    ...aliasKeyOf(request),
  ];
};

/** The keys of what has an end of its own: a long reason, and what was to be created. */
export const passingPartsOf = ({ tenant, id, cancellation, creation }: SignatureRequest): readonly Item[] => {
  const ref = cancellation?.detailsRef ?? null;
  return [
    ...(ref === null ? [] : [requestKey(tenant, id, `wish#${ref}`)]),
    ...(creation === null ? [] : [requestKey(tenant, id, `creation#${creation.fingerprint}`)]),
  ];
};

/** The alias of a request whose id is not the one derived from the provider's id. */
const aliasKeyOf = ({ tenant, id, accountUid, providerRequestId }: SignatureRequest): readonly Item[] => {
  if (providerRequestId === null) return [];
  const derived = deriveRequestId(tenant, accountUid, providerRequestId);
  return derived === id ? [] : [requestKey(tenant, derived)];
};
