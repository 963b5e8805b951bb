/** The account that a body names, with its provider, as the use-cases want it. */
import type { WishAccount } from '../../shared/cancellation/request-cancellation.ts';
import type { AccountId } from '../../shared/domain/ids.ts';
import type { Caller } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { ApiPorts } from './ports.ts';
import { providerOf } from './wish.ts';

export interface KnownAccount extends WishAccount {
  readonly provider: AnyProvider;
  /** As stored. */
  readonly options: unknown;
}

/** @throws Problem `account-not-found`, also for what belongs to another tenant. */
export const findAccount = async (
  { accounts }: Pick<ApiPorts, 'accounts'>,
  { tenant }: Caller,
  id: AccountId,
): Promise<KnownAccount> => {
  const account = await accounts.findAccount(tenant, id);
  if (account === null) throw new Problem('account-not-found');
  const { accountId, uid, options } = account;
  return { accountId, uid, options, provider: providerOf(account) };
};
