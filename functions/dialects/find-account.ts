/** Which account a call is for: the one that it names, or the tenant's default one for the provider whose dialect it is. */
import { type AccountId, namePattern } from '../../shared/domain/ids.ts';
import { type DialectName, dialects } from '../../shared/http/dialects.ts';
import type { Caller } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { AccountStore, StoredAccount } from '../../shared/store/accounts.ts';

/**
 * The default account of a provider is the one that is named like the provider.
 * @param named by the path's prefix, or by the call
 * @throws Problem `account-not-found`, also for an account of a provider that this dialect is not for
 */
export const findDialectAccount = async (
  accounts: Pick<AccountStore, 'findAccount'>,
  { tenant }: Caller,
  dialect: DialectName,
  named: string | null,
): Promise<StoredAccount> => {
  const { provider, title } = dialects[dialect];
  const name = named ?? provider;
  const account =
    name !== null && namePattern.test(name) ? await accounts.findAccount(tenant, name as AccountId) : null;
  if (account === null || (provider !== null && account.provider !== provider)) {
    throw new Problem('account-not-found', {
      detail:
        provider === null
          ? `The ${title} dialect needs the name of an account.`
          : `The ${title} dialect needs an account of ${title}: one named ${provider}, or one named by the path.`,
    });
  }
  return account;
};
