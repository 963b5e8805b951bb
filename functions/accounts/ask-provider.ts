/** One call to the provider of an account, for a client that waits for what comes of it. */
import type { Postponement } from '../../shared/domain/answers.ts';
import type { Request } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { AnyConnection } from '../../shared/providers/connections.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import { whyUnanswered } from '../../shared/providers/exchange.ts';
import type { CheckAnswer, ProviderRequest, ProviderResponse } from '../../shared/providers/provider.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import { type AccountPorts, accountIdIn } from './ports.ts';

export interface OpenAccount {
  readonly account: StoredAccount;
  readonly provider: AnyProvider;
  /** Null when the secret is gone, or what is stored no longer fits the provider's schemas. */
  readonly credentials: object | null;
}

type Incoming = Request<'checkAccount' | 'registerWebhook'>;

/** What is known of the account without the provider having been able to say it. */
export type NotAsked =
  | Exclude<CheckAnswer, { kind: 'good' }>
  | { readonly kind: 'unreachable'; readonly detail: string; readonly mayHaveActed: boolean };

/** What an invocation needs after its last call: a few writes and their retries. */
const wrapUpMs = 4_000;

/** @throws Problem `account-not-found` */
export const openAccount = async (ports: AccountPorts, { caller, path }: Incoming): Promise<OpenAccount> => {
  const accountId = accountIdIn(path.account_id);
  const account = accountId && (await ports.accounts.findAccount(caller.tenant, accountId));
  if (account === null) throw new Problem('account-not-found');
  const provider = ports.providerNamed(account.provider);
  if (provider === null) throw new Error(`no provider named ${account.provider} is deployed`);
  const stored = (await ports.credentialsOf(account))?.current;
  const fits =
    provider.credentials.safeParse(stored).success && provider.options.safeParse(account.options).success;
  return { account, provider, credentials: fits && typeof stored === 'object' ? stored : null };
};

/** With a token of its own: what is remembered would say nothing of credentials that were withdrawn since. */
export const askProvider = async (
  ports: AccountPorts,
  { remainingMs, log, operation }: Incoming,
  { account, provider, credentials }: OpenAccount,
  build: (connection: AnyConnection) => ProviderRequest,
): Promise<{ readonly kind: 'response'; readonly response: ProviderResponse } | NotAsked> => {
  if (credentials === null) return { kind: 'bad_credentials', detail: notUsable };
  const timeoutMs = () => Math.max(1, Math.min(ports.providerTimeoutMs, remainingMs() - wrapUpMs));
  const connected = await ports.connect(provider, credentials, account.options, timeoutMs(), true);
  if (connected.kind !== 'connected') return withoutToken(connected);
  const outcome = await ports.call(build(connected.connection), timeoutMs());
  log('info', `provider.${operation}`, {
    tenant: account.tenant,
    account: account.accountId,
    provider: provider.name,
    provider_status: outcome.kind === 'response' ? outcome.response.status : outcome.kind,
  });
  if (outcome.kind === 'response') return outcome;
  return { kind: 'unreachable', detail: whyUnanswered(outcome), mayHaveActed: outcome.kind === 'no_answer' };
};

const notUsable =
  'The stored credentials are gone or do not fit this provider. Replace the account to set them again.';

const withoutToken = ({ error: { type, detail } }: Postponement): NotAsked => {
  switch (type) {
    case 'unauthorized':
      return { kind: 'bad_credentials', detail };
    case 'forbidden':
      return { kind: 'lacking_scope', detail };
    case 'provider-unavailable':
    case 'provider-timeout':
      return { kind: 'unreachable', detail, mayHaveActed: false };
    default:
      return { kind: 'unclear', detail };
  }
};
