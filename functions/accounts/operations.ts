/** The operations on accounts, each in its own file. */
import type { Handlers } from '../../shared/http/exchange.ts';
import { checkAccount } from './check-account.ts';
import { deleteAccount } from './delete-account.ts';
import type { AccountPorts } from './ports.ts';
import { putAccount } from './put-account.ts';
import { getAccount, listAccounts } from './read-accounts.ts';
import { registerWebhook } from './register-webhook.ts';

export const accountOperations = (ports: AccountPorts): Handlers<'accounts'> => ({
  putAccount: putAccount(ports),
  listAccounts: listAccounts(ports),
  getAccount: getAccount(ports),
  deleteAccount: deleteAccount(ports),
  checkAccount: checkAccount(ports),
  registerWebhook: registerWebhook(ports),
});
