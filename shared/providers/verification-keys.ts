/** The public keys with which some providers sign their webhooks: fetched when needed, remembered, refetched rarely. */
import type { Call } from './call.ts';
import type { Connect } from './connections.ts';
import type { AnyProvider } from './define-provider.ts';

export interface KeyOwner {
  readonly uid: string;
  readonly provider: AnyProvider;
  readonly options: unknown;
  /** The newest credentials of the account; null when it has none. */
  readonly credentials: unknown;
}

export interface VerificationKeyPorts {
  readonly call: Call;
  readonly connect: Connect;
  readonly now: () => number;
  readonly timeoutMs: number;
}

/** A key can rotate without notice. Forged deliveries must not make us ask for it each time. */
const refetchAfterMs = 5 * 60_000;
const rememberedKeys = 500;

/**
 * @returns a function that gives an account's key, or null where the provider has none or does not give it.
 * `refused`: the remembered key did not verify a delivery; it is fetched anew unless that was done lately.
 */
export const verificationKeys = ({ call, connect, now, timeoutMs }: VerificationKeyPorts) => {
  const remembered = new Map<string, { readonly key: string | null; readonly fetchedAt: number }>();
  return async function verificationKey(
    { uid, provider, options, credentials }: KeyOwner,
    { refused }: { readonly refused: boolean },
  ): Promise<string | null> {
    const source = provider.webhook.verificationKey;
    if (source === undefined || credentials === null) return null;
    const known = remembered.get(uid);
    const stale = known === undefined || now() - known.fetchedAt >= refetchAfterMs;
    if (known !== undefined && !(stale && (refused || known.key === null))) return known.key;
    const connected = await connect(provider, credentials, options, timeoutMs);
    const outcome =
      connected.kind === 'connected' ? await call(source.request(connected.connection), timeoutMs) : null;
    const fetched = outcome?.kind === 'response' ? source.parse(outcome.response) : null;
    if (remembered.size >= rememberedKeys) remembered.clear();
    const key = fetched ?? known?.key ?? null;
    remembered.set(uid, { key, fetchedAt: now() });
    return key;
  };
};

export type VerificationKeys = ReturnType<typeof verificationKeys>;
