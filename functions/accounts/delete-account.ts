/**
 * `DELETE /v1/accounts/{account_id}`. The account is marked first, which hides it from everybody at once, and
 * removed last: a crash in between is finished by the next DELETE or PUT of the same name.
 *
 * A cancellation that is accepted between the look for open work and the mark ends `failed`, `account-deleted`.
 */
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import { type AccountPorts, accountIdIn } from './ports.ts';

export const deleteAccount =
  (ports: AccountPorts) =>
  async ({ caller, path }: Request<'deleteAccount'>): Promise<Response> => {
    const accountId = accountIdIn(path.account_id);
    const account = accountId && (await ports.accounts.findEvenIfDeleting(caller.tenant, accountId));
    if (account === null) throw new Problem('account-not-found');
    if (!account.deleting) await beginDeletion(ports, account);
    await finishDeletion(ports, account);
    return { status: 204 };
  };

const beginDeletion = async (ports: AccountPorts, account: StoredAccount): Promise<void> => {
  if (await ports.hasOpenWork(account.tenant, account.uid)) throw new Problem('account-has-open-work');
  // Refused: another call has begun it, or has even finished it. Either way the rest below is its own end.
  await ports.accounts.markDeleting(account);
};

/** Every step may be repeated, and touches nothing of a new account of the same name. */
export const finishDeletion = async (
  { accounts, secrets }: AccountPorts,
  account: StoredAccount,
): Promise<void> => {
  await accounts.deleteHook(account.webhookToken);
  await secrets.deleteSecret(account);
  await accounts.deleteAccount(account);
};
