/** A request that was made elsewhere is taken over, and one that is known is read again: both by a look that dispatch takes. */
import { type Ports, write } from '../cancellation/apply.ts';
import type { WishAccount } from '../cancellation/request-cancellation.ts';
import { requestLook } from '../domain/follow.ts';
import { deriveRequestId, type ProviderRequestId, type Tenant } from '../domain/ids.ts';
import { unheardOf } from '../domain/request.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';

/** It is followed from now on. One that is known already is read again. */
export const importRequest = async (
  ports: Ports,
  tenant: Tenant,
  account: WishAccount,
  providerRequestId: ProviderRequestId,
): Promise<SignatureRequest> => {
  const { accountId, uid: accountUid, provider } = account;
  const id = deriveRequestId(tenant, accountUid, providerRequestId);
  const identity = { tenant, id, accountId, accountUid, provider: provider.name, providerRequestId };
  return refreshRequest(ports, unheardOf(identity, ports.now()), provider);
};

export const refreshRequest = async (
  ports: Ports,
  known: SignatureRequest,
  { proof }: Pick<WishAccount['provider'], 'proof'>,
): Promise<SignatureRequest> => (await write(ports, known, proof, requestLook)).request;
