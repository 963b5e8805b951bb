/** A client wants a signature request created: durable before this returns, created at the provider by dispatch. */
import { createHash, randomBytes } from 'node:crypto';
import { type Ports, write } from '../cancellation/apply.ts';
import type { WishAccount } from '../cancellation/request-cancellation.ts';
import { requestCreation } from '../domain/creation.ts';
import { deriveCreatedId, newLinkPart, type Tenant } from '../domain/ids.ts';
import { unheardOf } from '../domain/request.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import { unchanged } from '../domain/transition.ts';
import type { NewRequest } from '../http/contract/creation.ts';
import { errorFields } from '../log.ts';
import type { CreationStore } from '../store/creations.ts';
import { type KeepPorts, keepDetails } from './keep-details.ts';

export interface CreationPorts extends Ports, KeepPorts {
  readonly creations: Pick<CreationStore, 'put' | 'remove'>;
}

export interface CreationResult {
  readonly outcome: 'created' | 'repeated' | 'key_reused';
  readonly request: SignatureRequest;
}

/**
 * @param idempotencyKey null: every call creates another request. With a key the same body leads to the same request,
 * and another body to `key_reused`.
 */
export const createRequest = async (
  ports: CreationPorts,
  tenant: Tenant,
  account: WishAccount,
  wanted: NewRequest,
  idempotencyKey: string | null,
): Promise<CreationResult> => {
  const id = deriveCreatedId(tenant, idempotencyKey ?? randomBytes(24).toString('hex'));
  const fingerprint = fingerprintOf(wanted);
  await ports.creations.put(tenant, id, fingerprint, wanted, ports.now());
  const { accountId, uid: accountUid, provider } = account;
  const identity = { tenant, id, accountId, accountUid, provider: provider.name, providerRequestId: null };
  const fresh: SignatureRequest = { ...unheardOf(identity, ports.now()), status: 'creating' };
  const wish = { fingerprint, signHandle: newLinkPart(), detailsRevision: 1 };
  const { request, changed } = await write(ports, fresh, provider.proof, (current, context) =>
    current.version === 0 ? requestCreation(current, wish, context) : unchanged(current),
  );
  if (!changed) {
    const lost = repeated(request, fingerprint);
    if (lost.outcome === 'key_reused') await ports.creations.remove(tenant, id, fingerprint);
    return lost;
  }
  // After the request, so that of two callers only the one whose wish stands writes them.
  await keepNow(ports, request, wanted);
  return { outcome: 'created', request };
};

/**
 * Asked for before anything else is looked at: a repetition gets its answer even if the account has changed or gone since.
 * @returns null when the key has not been used
 */
export const findCreation = async (
  { requests }: Pick<CreationPorts, 'requests'>,
  tenant: Tenant,
  wanted: NewRequest,
  idempotencyKey: string,
): Promise<CreationResult | null> => {
  const known = await requests.get(tenant, deriveCreatedId(tenant, idempotencyKey));
  return known && repeated(known, fingerprintOf(wanted));
};

/** The request stands: an error here must not look as if it did not. Dispatch makes up for it. */
const keepNow = async (
  ports: CreationPorts,
  request: SignatureRequest,
  wanted: NewRequest,
): Promise<void> => {
  try {
    await keepDetails(ports, request, wanted);
  } catch (error) {
    ports.log('warn', 'details.not_kept', { tenant: request.tenant, id: request.id, ...errorFields(error) });
  }
};

const repeated = (request: SignatureRequest, fingerprint: string): CreationResult => ({
  outcome: request.creation?.fingerprint === fingerprint ? 'repeated' : 'key_reused',
  request,
});

/** The order in which a client writes the fields does not matter. */
const fingerprintOf = (wanted: NewRequest): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(wanted)))
    .digest('hex')
    .slice(0, 32);

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(
    given.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
  );
};
