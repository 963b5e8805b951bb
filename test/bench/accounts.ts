/** Accounts to measure with: one for each cancellation, so that none is paced because of another. */
import * as z from 'zod/mini';
import type { LocalStack } from '../../infra/local/local-stack.ts';
import { simulatedAccounts } from '../../infra/local/simulated-accounts.ts';
import type { ProviderName } from '../../shared/providers/registry.ts';
import { setCallbackUrl } from '../simulators/dropbox-sign/set-callback-url.ts';

type AccountsAt = Pick<LocalStack, 'url' | 'simulators'>;

/** @returns the names of `count` new accounts at the provider's simulator */
export const openAccounts = async (
  stack: AccountsAt,
  headers: Readonly<Record<string, string>>,
  provider: ProviderName,
  prefix: string,
  count: number,
): Promise<readonly string[]> => {
  const names = Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  await Promise.all(names.map((name) => openAccount(stack, headers, provider, name)));
  return names;
};

const openAccount = async (
  stack: AccountsAt,
  headers: Readonly<Record<string, string>>,
  provider: ProviderName,
  name: string,
): Promise<void> => {
  const address = `${stack.url}/v1/accounts/${name}`;
  const simulated = simulatedAccounts.find((account) => account.provider === provider);
  // At Dropbox Sign the key is the account, and has a callback URL of its own.
  const apiKey = `bench-key-${name}`;
  const credentials = provider === 'dropbox-sign' ? { api_key: apiKey } : (simulated?.credentials ?? {});
  const body = JSON.stringify({ provider, credentials, options: simulated?.options });
  const response = await fetch(address, { method: 'PUT', headers, body });
  if (response.status !== 201) throw new Error(`making the account ${name} was answered ${response.status}`);
  const { webhook_url } = z.object({ webhook_url: z.string() }).parse(await response.json());
  if (provider !== 'dropbox-sign') return;
  if (stack.simulators === null) throw new Error('the simulated providers do not run here');
  await setCallbackUrl(stack.simulators, apiKey, webhook_url);
};
