/** Puts into a fresh stack what a newcomer needs for the first cancellation. A restart finds it and leaves it alone. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { Tenant } from '../../shared/domain/ids.ts';
import { hashKey } from '../../shared/store/key-hash.ts';
import { keyStore } from '../../shared/store/keys.ts';
import type { Simulators } from '../../test/simulators/server.ts';
import type { Configuration } from './configuration.ts';
import { type SimulatedAccount, seedRequests, simulatedAccounts } from './simulated-accounts.ts';

export interface SeedTarget {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  /** Of the gateway. */
  readonly url: string;
  readonly simulators: Simulators | null;
}

export interface SeededAccount {
  readonly accountId: string;
  /** A request that is open at the provider. */
  readonly providerRequestId: string;
}

const tenants = { first: 'demo' as Tenant, second: 'second' as Tenant };

export const seed = async (
  { apiKey, secondApiKey }: Pick<Configuration, 'apiKey' | 'secondApiKey'>,
  { dynamodb, table, url, simulators }: SeedTarget,
): Promise<readonly SeededAccount[]> => {
  await seedKey(dynamodb, table, tenants.first, apiKey);
  if (secondApiKey) await seedKey(dynamodb, table, tenants.second, secondApiKey);
  return simulators ? seedAccounts(url, apiKey, simulators) : [];
};

const seedKey = async (
  dynamodb: DynamoDBClient,
  table: string,
  tenant: Tenant,
  key: string,
): Promise<void> => {
  const keys = keyStore(dynamodb, table);
  const owner = await keys.findKey(hashKey(key));
  if (owner?.tenant !== tenant) await keys.importKey(tenant, tenant, key, new Date());
};

/** Makes the accounts through the public API, as any client would. @param url of the gateway */
const seedAccounts = (url: string, key: string, simulators: Simulators): Promise<readonly SeededAccount[]> =>
  Promise.all(
    simulatedAccounts.map(async (account) => {
      const callbackUrl = await webhookUrl(url, key, account);
      await account.register?.(simulators, callbackUrl);
      return {
        accountId: account.provider,
        providerRequestId: seedRequests(account, simulators, callbackUrl),
      };
    }),
  );

const webhookUrl = async (
  url: string,
  key: string,
  { provider, credentials, options }: SimulatedAccount,
): Promise<string> => {
  const address = `${url}/v1/accounts/${provider}`;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const standing = await fetch(address, { headers });
  const response =
    standing.status === 404
      ? await fetch(address, {
          method: 'PUT',
          headers,
          body: JSON.stringify({ provider, credentials, options }),
        })
      : standing;
  if (!response.ok) throw new Error(`seeding the account ${provider} was answered ${response.status}`);
  return z.object({ webhook_url: z.string() }).parse(await response.json()).webhook_url;
};
