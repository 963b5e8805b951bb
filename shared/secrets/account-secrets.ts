/** Reads an account's credentials from its secret, and remembers them for a while. */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { AccountUid, Tenant } from '../domain/ids.ts';
import type { EndpointUid } from '../notify/endpoint.ts';

const rememberedMs = 5 * 60_000;
const rememberedAccounts = 500;

/** An account, or a webhook endpoint. */
export interface SecretOwner {
  readonly tenant: Tenant;
  readonly uid: AccountUid | EndpointUid;
}

export interface Credentials {
  readonly current: unknown;
  /** The current ones, then those that a replacement has not yet retired: a provider may still sign with them. */
  readonly forVerification: readonly unknown[];
}

/** What a secret holds, as JSON. `until` is in milliseconds since the epoch. */
export const storedSecret = z.strictObject({
  current: z.unknown(),
  previous: z.array(z.strictObject({ credentials: z.unknown(), until: z.number() })),
  /** The part of `current` that the provider gave when its webhook was registered: no client knows it. */
  registered: z.optional(z.record(z.string(), z.string())),
});
export type StoredSecret = z.output<typeof storedSecret>;

/** One secret for each account, named after what never changes. @param prefix ends in a slash. */
export const secretName = (prefix: string, { tenant, uid }: SecretOwner): string =>
  `${prefix}${tenant}/${uid}`;

/** @returns null when there is no such secret. */
export const readSecret = async (
  client: SecretsManagerClient,
  SecretId: string,
): Promise<StoredSecret | null> => {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    return storedSecret.parse(JSON.parse(SecretString ?? ''));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/**
 * @returns `readCredentials(account)`: null when the account has no secret, so is being deleted.
 * `fresh` reads the secret itself, for when a provider has just refused what was remembered.
 */
export const credentialsReader = (client: SecretsManagerClient, prefix: string, now: () => number) => {
  const remembered = new Map<string, { readonly secret: StoredSecret; readonly until: number }>();
  return async function readCredentials(
    owner: SecretOwner,
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<Credentials | null> {
    const name = secretName(prefix, owner);
    const known = remembered.get(name);
    if (!fresh && known !== undefined && now() < known.until) return credentialsIn(known.secret, now());
    remembered.delete(name);
    const secret = await readSecret(client, name);
    if (secret === null) return null;
    if (remembered.size >= rememberedAccounts) remembered.clear();
    remembered.set(name, { secret, until: now() + rememberedMs });
    return credentialsIn(secret, now());
  };
};

const credentialsIn = ({ current, previous }: StoredSecret, now: number): Credentials => ({
  current,
  forVerification: [
    current,
    ...previous.filter(({ until }) => now < until).map(({ credentials }) => credentials),
  ],
});
