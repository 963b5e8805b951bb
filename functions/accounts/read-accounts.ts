/** `GET /v1/accounts` and `GET /v1/accounts/{account_id}`. */
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { viewAccount } from '../../shared/http/views.ts';
import { type AccountPorts, accountIdIn } from './ports.ts';

export const listAccounts =
  ({ accounts, publicBaseUrl, now }: AccountPorts) =>
  async ({ caller }: Request<'listAccounts'>): Promise<Response> => {
    const found = await accounts.listAccounts(caller.tenant);
    const items = found.map((account) => viewAccount(account, publicBaseUrl, now()));
    return { status: 200, body: { items, next_cursor: null } };
  };

export const getAccount =
  ({ accounts, publicBaseUrl, now }: AccountPorts) =>
  async ({ caller, path }: Request<'getAccount'>): Promise<Response> => {
    const accountId = accountIdIn(path.account_id);
    const account = accountId && (await accounts.findAccount(caller.tenant, accountId));
    if (account === null) throw new Problem('account-not-found');
    return { status: 200, body: viewAccount(account, publicBaseUrl, now()) };
  };
