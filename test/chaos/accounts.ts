/** Accounts for a run: several at each provider for each of two tenants, each with credentials of its own. */
import { randomBytes } from 'node:crypto';
import type { ProviderName } from '../../shared/providers/registry.ts';
import { setCallbackUrl } from '../simulators/dropbox-sign/set-callback-url.ts';
import type { Simulators } from '../simulators/server.ts';
import { webhookSecretOf } from '../simulators/truto/webhooks.ts';
import type { PatientClient } from './patient-client.ts';

export interface ChaosAccount {
  readonly accountId: string;
  readonly provider: ProviderName;
  readonly webhookUrl: string;
  /** By which the simulated provider knows the owner of its requests. */
  readonly key: string;
}

interface Credentials {
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string | number>>;
  readonly key: string;
  /** What may stand in plain text nowhere. */
  readonly secrets: readonly string[];
}

/** @returns what was made, after the provider knows where its callbacks go */
export const openAccount = async (
  client: PatientClient,
  simulators: Simulators,
  provider: ProviderName,
  accountId: string,
  secrets: Set<string>,
): Promise<ChaosAccount> => {
  const { credentials, options, key, secrets: own } = newCredentials(provider);
  for (const secret of own) secrets.add(secret);
  const webhookUrl = await client.putAccount(accountId, {
    provider,
    credentials,
    // How politely it calls is not what is tried here: the limits are kept, and used up.
    options: { ...options, rate_limit_share: 1 },
  });
  if (provider === 'dropbox-sign') await setCallbackUrl(simulators, key, webhookUrl);
  return { accountId, provider, webhookUrl, key };
};

export const newSecret = (): string => `secret-${randomBytes(16).toString('hex')}`;

const newCredentials = (provider: ProviderName): Credentials => {
  const [secret, second, third] = [newSecret(), newSecret(), newSecret()];
  const name = `owner-${randomBytes(8).toString('hex')}`;
  switch (provider) {
    case 'dropbox-sign':
    case 'okdokument':
      return { credentials: { api_key: secret }, options: {}, key: secret, secrets: [secret] };
    case 'box-sign':
      return {
        credentials: {
          client_id: name,
          client_secret: secret,
          subject_type: 'enterprise',
          subject_id: name,
          webhook_primary_key: second,
          webhook_secondary_key: third,
        },
        options: {},
        key: name,
        secrets: [secret, second, third],
      };
    case 'ironclad':
      return {
        credentials: { client_id: name, client_secret: secret, as_user_email: 'contracts-bot@acme.example' },
        options: {},
        key: name,
        secrets: [secret],
      };
    case 'truto':
      return {
        credentials: {
          api_token: secret,
          integrated_account_id: name,
          webhook_secret: webhookSecretOf(secret),
        },
        options: {},
        key: name,
        secrets: [secret, webhookSecretOf(secret)],
      };
  }
};
