/** What the account operations need from outside. */
import type { AccountId, AccountUid, Instant, Tenant } from '../../shared/domain/ids.ts';
import { namePattern } from '../../shared/domain/ids.ts';
import type { SecretWriter } from '../../shared/secrets/write-account-secrets.ts';
import type { AccountStore } from '../../shared/store/accounts.ts';

export interface AccountPorts {
  readonly accounts: AccountStore;
  readonly secrets: SecretWriter;
  /** Whether a cancellation of this account is queued or submitted. */
  readonly hasOpenWork: (tenant: Tenant, uid: AccountUid) => Promise<boolean>;
  readonly publicBaseUrl: string;
  readonly now: () => Instant;
}

/** @returns null for a name that no account can have. */
export const accountIdIn = (text: string): AccountId | null =>
  namePattern.test(text) ? (text as AccountId) : null;
