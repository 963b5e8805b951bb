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
  const { tenant, id, signHandle, creation } = request;
  return [
    ...(request.hasOlderHistory ? [requestKey(tenant, id, historyPart(request))] : []),
    ...(request.detailsRevision > 0 ? [requestKey(tenant, id, detailsPart)] : []),
    ...(signHandle === null ? [] : [signLinkKey(signHandle)]),
    // Gone already, unless its removal failed.
    ...(creation === null ? [] : [requestKey(tenant, id, `creation#${creation.fingerprint}`)]),
  ];
};

/** The key of what has an end of its own: a long reason. */
export const passingPartsOf = ({ tenant, id, cancellation }: SignatureRequest): readonly Item[] => {
  const ref = cancellation?.detailsRef ?? null;
  return ref === null ? [] : [requestKey(tenant, id, `wish#${ref}`)];
};

/**
 * Where an alias of it stands, if its id is not the one derived from the provider's id. Another request may stand there
 * in its place: whoever touches it must make sure that it leads here.
 */
export const aliasKeyOf = ({ tenant, id, accountUid, providerRequestId }: SignatureRequest): Item | null => {
  if (providerRequestId === null) return null;
  const derived = deriveRequestId(tenant, accountUid, providerRequestId);
  return derived === id ? null : requestKey(tenant, derived);
};

/** The condition that what stands there leads to this request. */
export const leadsTo = ({ id }: Pick<SignatureRequest, 'id'>) => ({
  ConditionExpression: '#alias = :alias',
  ExpressionAttributeNames: { '#alias': 'alias' },
  ExpressionAttributeValues: { ':alias': { S: id } },
});
