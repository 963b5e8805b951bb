/** Writes an account's credentials to its secret. Only the accounts function may. */

import { isDeepStrictEqual } from 'node:util';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readSecret, type SecretOwner, type StoredSecret, secretName } from './account-secrets.ts';

interface SecretKind {
  readonly description: string;
  /** How long what was replaced stays valid. */
  readonly retiredAfterMs: number;
}
const accountSecret: SecretKind = {
  description: 'Credentials of one account at an e-signature provider',
  // Dropbox Sign retries a callback for 30 hours with the hash of its first try; replaced credentials outlive that.
  retiredAfterMs: 72 * 3_600_000,
};
/** However often an account is replaced, its secret stays small. */
const previousLimit = 5;

export const secretWriter = (client: SecretsManagerClient, prefix: string, kind = accountSecret) => {
  const createSecret = async (owner: SecretOwner, credentials: unknown): Promise<void> => {
    await client.send(
      new CreateSecretCommand({
        Name: secretName(prefix, owner),
        Description: kind.description,
        SecretString: JSON.stringify({ current: credentials, previous: [] } satisfies StoredSecret),
      }),
    );
  };

  /** The credentials until now stay valid for the verification of webhooks. Makes the secret anew if it is gone. */
  const replaceSecret = async (owner: SecretOwner, credentials: object, now: number): Promise<void> => {
    const SecretId = secretName(prefix, owner);
    const before = await readSecret(client, SecretId);
    if (before === null) return createSecret(owner, credentials);
    const kept = Object.entries(before.registered ?? {}).filter(
      ([name]) => !Object.hasOwn(credentials, name),
    );
    await put(SecretId, replaced(before, credentials, Object.fromEntries(kept), now, kind));
  };

  /**
   * Adds what the provider gave when its webhook was registered; later replacements keep it.
   * @returns false when the secret is gone: the account has been deleted meanwhile.
   */
  const addRegistered = async (owner: SecretOwner, given: Registered, now: number): Promise<boolean> => {
    const SecretId = secretName(prefix, owner);
    const before = await readSecret(client, SecretId);
    if (before === null) return false;
    try {
      const registered = { ...before.registered, ...given };
      await put(SecretId, replaced(before, Object(before.current), registered, now, kind));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    }
  };

  const put = async (SecretId: string, secret: StoredSecret): Promise<void> => {
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(secret) }));
  };

  /** Deleting what is not there is no error. */
  const deleteSecret = async (owner: SecretOwner): Promise<void> => {
    try {
      const SecretId = secretName(prefix, owner);
      await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  };

  return { createSecret, replaceSecret, addRegistered, deleteSecret };
};
export type SecretWriter = ReturnType<typeof secretWriter>;

type Registered = Readonly<Record<string, string>>;

/** The same credentials again are no replacement: a repeated call must not push out the ones before. */
const replaced = (
  before: StoredSecret,
  credentials: object,
  registered: Registered,
  now: number,
  { retiredAfterMs }: SecretKind,
): StoredSecret => {
  const current = { ...credentials, ...registered };
  const valid = before.previous.filter(({ until }) => now < until);
  if (isDeepStrictEqual(before.current, current)) return { current, previous: valid, registered };
  const retired = { credentials: before.current, until: now + retiredAfterMs };
  return { current, previous: [retired, ...valid].slice(0, previousLimit), registered };
};
