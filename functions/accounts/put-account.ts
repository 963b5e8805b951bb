/**
 * `PUT /v1/accounts/{account_id}`: creates an account or replaces its credentials and options.
 *
 * The account item comes last: until it is there, nobody sees the secret and the webhook token made for it, so a
 * crash in between leaves nothing half-made, and a repeated call makes its own. What it leaves is an unused secret,
 * which `npm run purge-secrets -- --orphans` removes.
 */
import { type AccountId, newAccountUid, newWebhookToken, type Tenant } from '../../shared/domain/ids.ts';
import { readBody } from '../../shared/http/body.ts';
import { type PutAccountBody, putAccountBody } from '../../shared/http/contract/account-body.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../shared/http/problem.ts';
import { viewAccount } from '../../shared/http/views.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import { finishDeletion } from './delete-account.ts';
import { type AccountPorts, accountIdIn } from './ports.ts';

/** Losing more races in a row than this means that something else is wrong. */
const mostRaces = 5;

interface Wanted extends PutAccountBody {
  readonly tenant: Tenant;
  readonly accountId: AccountId;
}

export const putAccount =
  (ports: AccountPorts) =>
  async ({ caller, path, ...incoming }: Request<'putAccount'>): Promise<Response> => {
    const accountId = accountIdIn(path.account_id);
    if (accountId === null)
      throw invalidField('account_id', 'must be 1 to 63 of a-z, 0-9 and -, not starting with -');
    const body = readBody(incoming, putAccountBody);
    const { created, account } = await createOrReplace(ports, { ...body, tenant: caller.tenant, accountId });
    return {
      status: created ? 201 : 200,
      headers: created ? { location: `/v1/accounts/${accountId}` } : {},
      body: viewAccount(account, ports.publicBaseUrl, ports.now()),
    };
  };

const createOrReplace = async (ports: AccountPorts, wanted: Wanted) => {
  for (let races = 0; races < mostRaces; races += 1) {
    const existing = await ports.accounts.findEvenIfDeleting(wanted.tenant, wanted.accountId);
    if (existing?.deleting) await finishDeletion(ports, existing);
    const created = existing === null || existing.deleting;
    const account = created ? await create(ports, wanted) : await replace(ports, existing, wanted);
    if (account !== null) return { created, account };
  }
  throw new Problem('temporarily-unavailable');
};

/** @returns null when another call was faster. */
const create = async (ports: AccountPorts, wanted: Wanted): Promise<StoredAccount | null> => {
  const now = ports.now();
  const account: StoredAccount = {
    tenant: wanted.tenant,
    accountId: wanted.accountId,
    uid: newAccountUid(),
    provider: wanted.provider,
    options: wanted.options,
    webhookToken: newWebhookToken(),
    pausedUntil: null,
    pauseReason: null,
    trips: 0,
    nextFree: {},
    deleting: false,
    createdAt: now,
    updatedAt: now,
  };
  await ports.secrets.createSecret(account, wanted.credentials);
  await ports.accounts.putHook(account);
  if (await ports.accounts.createAccount(account)) return account;
  await discard(ports, account);
  return null;
};

/** Credentials first: the end of a pause must not be seen before what ends it. @returns as `create`. */
const replace = async (
  ports: AccountPorts,
  existing: StoredAccount,
  wanted: Wanted,
): Promise<StoredAccount | null> => {
  if (existing.provider !== wanted.provider) {
    throw new Problem('provider-cannot-change', { detail: `This account is at ${existing.provider}.` });
  }
  const now = ports.now();
  await ports.secrets.replaceSecret(existing, wanted.credentials, now);
  const { options } = wanted;
  const account = { ...existing, options, pausedUntil: null, pauseReason: null, trips: 0, updatedAt: now };
  if (await ports.accounts.replaceAccount(account)) return account;
  // Deleted meanwhile: the secret may have been made anew for nobody.
  const current = await ports.accounts.findEvenIfDeleting(existing.tenant, existing.accountId);
  if (current?.uid !== existing.uid) await discard(ports, existing);
  return null;
};

const discard = async ({ accounts, secrets }: AccountPorts, account: StoredAccount): Promise<void> => {
  await accounts.deleteHook(account.webhookToken);
  await secrets.deleteSecret(account);
};
