/**
 * The whole of Rescind for acceptance tests: the local stack with its real bundles, a client for each of two tenants,
 * and simulated providers in the test's hand. Each test makes accounts of its own, so that tests do not meet.
 */
import { randomBytes } from 'node:crypto';
import type { AwsWatcher } from '../../../infra/local/aws-calls.ts';
import { type LocalStack, startLocalStack } from '../../../infra/local/local-stack.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { SettingName } from '../../../shared/settings.ts';
import type { Control } from '../../simulators/control.ts';
import { setCallbackUrl } from '../../simulators/dropbox-sign/set-callback-url.ts';
import type { SimulatedProviderName, Simulators } from '../../simulators/server.ts';
import type { Seed } from '../../simulators/simulator.ts';
import { temporaryDirectory } from '../local-stack/assembly.ts';
import { type Client, openClient } from './client.ts';

export const providers = ['dropbox-sign', 'okdokument'] as const;

/** Times short enough for a test, and the deadline far off. */
export const quickSettings = {
  CONFIRMATION_WINDOW_SECONDS: '2',
  SWEEP_INTERVAL_SECONDS: '1',
  RECOVERY_SECONDS: '2',
  RETRY_BASE_MS: '100',
  RETRY_CAP_MS: '1000',
  PROVIDER_TIMEOUT_MS: '500',
} as const satisfies Partial<Record<SettingName, string>>;

export interface Rescind {
  readonly stack: LocalStack;
  readonly client: Client;
  /** Of the second tenant. */
  readonly stranger: Client;
  readonly keys: { readonly client: string; readonly stranger: string };
  /** Whatever may stand in plain text nowhere but in the secret store. */
  readonly secrets: ReadonlySet<string>;
  /** What the terminal shows. */
  readonly printed: readonly string[];
  connect(provider: SimulatedProviderName, client?: Client, apiKey?: string): Promise<Connection>;
}

/** An account at a simulated provider that knows where its callbacks go. */
export interface Connection {
  readonly accountId: string;
  readonly provider: SimulatedProviderName;
  readonly apiKey: string;
  readonly webhookUrl: string;
  readonly control: Control;
  /** A request that is open at the provider, unless `seed` says otherwise. @returns its id there */
  seed(seed?: Seed): string;
  /** `POST /v1/cancellations`. */
  cancel(providerRequestId: string, wish?: object): Promise<SignatureRequestView>;
  /** Replaces the account's credentials. */
  replaceKey(apiKey: string): Promise<void>;
  cancelCalls(providerRequestId: string): number;
}

/** @param settings by name, the providers' addresses included */
export const openRescind = async (
  settings: Readonly<Record<string, string>> = quickSettings,
  watcher: AwsWatcher = {},
): Promise<Rescind> => {
  const keys = { client: newSecret(), stranger: newSecret() };
  const secrets = new Set<string>(Object.values(keys));
  const printed: string[] = [];
  const stack = await startLocalStack({
    environment: {
      ...settings,
      PORT: '0',
      SIMULATOR_PORT: '0',
      DATA_DIR: temporaryDirectory(),
      RESCIND_API_KEY: keys.client,
      RESCIND_SECOND_API_KEY: keys.stranger,
    },
    print: (line) => printed.push(line),
    watcher,
  });
  const open = (key: string) => openClient({ url: stack.url, key, secrets });
  const client = await open(keys.client);
  const { simulators } = stack;
  if (simulators === null) throw new Error('the simulated providers did not start');
  return {
    stack: { ...stack, close: () => stack.close().then(() => refuseDenials(printed)) },
    client,
    stranger: await open(keys.stranger),
    keys,
    secrets,
    printed,
    connect: (provider, by = client, apiKey = newSecret()) => {
      secrets.add(apiKey);
      return connect(by, simulators, provider, apiKey, (replacement) => secrets.add(replacement));
    },
  };
};

/** Some functions go on without what they were denied: on AWS nobody would notice for long. */
const refuseDenials = (printed: readonly string[]): void => {
  const denied = printed.filter((line) => line.includes('access_denied'));
  if (denied.length > 0) throw new Error(`a role lacks a grant:\n${denied.join('\n')}`);
};

export const newSecret = (): string => `key-${randomBytes(16).toString('hex')}`;

const connect = async (
  client: Client,
  simulators: Simulators,
  provider: SimulatedProviderName,
  apiKey: string,
  isSecret: (apiKey: string) => void,
): Promise<Connection> => {
  const accountId = `${provider}-${randomBytes(4).toString('hex')}`;
  const put = (api_key: string) =>
    client.call('putAccount', {
      path: { account_id: accountId },
      body: { provider, credentials: { api_key } },
    });
  const { webhook_url: webhookUrl } = (await put(apiKey)).body;
  const control = simulators.control[provider];
  if (provider === 'dropbox-sign') await setCallbackUrl(simulators, apiKey, webhookUrl);
  return {
    accountId,
    provider,
    apiKey,
    webhookUrl,
    control,
    seed: (seed = {}) => control.seed({ key: apiKey, callback_url: webhookUrl, ...seed }).id,
    cancel: async (provider_request_id, wish = {}) => {
      const body = { account_id: accountId, provider_request_id, ...wish };
      return (await client.call('createCancellation', { body })).body;
    },
    replaceKey: async (replacement) => {
      isSecret(replacement);
      await put(replacement);
    },
    cancelCalls: (requestId) => control.calls({ operation: 'cancel', requestId }).length,
  };
};
