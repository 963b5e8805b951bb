/** What the account operations need from outside. */
import type { AccountId, AccountUid, Instant, Tenant } from '../../shared/domain/ids.ts';
import { namePattern } from '../../shared/domain/ids.ts';
import type { Call } from '../../shared/providers/call.ts';
import type { Connect } from '../../shared/providers/connections.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { Credentials, SecretOwner } from '../../shared/secrets/account-secrets.ts';
import type { SecretWriter } from '../../shared/secrets/write-account-secrets.ts';
import type { AccountStore } from '../../shared/store/accounts.ts';
import type { EndpointPorts } from './endpoint-ports.ts';

export interface AccountPorts extends EndpointPorts {
  readonly accounts: AccountStore;
  readonly secrets: SecretWriter;
  /** Whether a cancellation of this account is queued or submitted. */
  readonly hasOpenWork: (tenant: Tenant, uid: AccountUid) => Promise<boolean>;
  readonly publicBaseUrl: string;
  readonly providerNamed: (name: string) => AnyProvider | null;
  /** Past every cache: what is tried is what is stored. Null when the secret is gone. */
  readonly credentialsOf: (owner: SecretOwner) => Promise<Credentials | null>;
  readonly connect: Connect;
  readonly call: Call;
  /** Time-out of one call. */
  readonly providerTimeoutMs: number;
  readonly now: () => Instant;
}

/** @returns null for a name that no account can have. */
export const accountIdIn = (text: string): AccountId | null =>
  namePattern.test(text) ? (text as AccountId) : null;
