/** Clients, signers and forgers: what a scenario has them do, and what clients check of the answers that they get. */
import * as z from 'zod/mini';
import { deriveRequestId, type ProviderRequestId, type Tenant } from '../../shared/domain/ids.ts';
import { models } from './providers/models.ts';
import type { SiteAccount } from './providers/site.ts';
import type { Action, Scenario } from './scenario.ts';
import { type Answered, startOfTime, type World } from './world.ts';

/** Answered with 200 or 202: from then on the end is owed. */
export interface Accepted {
  readonly account: SiteAccount;
  readonly id: ProviderRequestId;
}

export const actors = (world: World, scenario: Scenario) => {
  const accepted = new Map<string, Accepted>();
  const { timeline, chance, rules, accounts, note } = world;

  /** A client that gets no clear answer asks again, after a while. */
  const insist = async (what: string, ask: () => Promise<Answered>): Promise<Answered> => {
    for (let tries = 0; tries < 8; tries += 1) {
      const answered = await ask();
      note(`client: ${what}: ${answered?.status ?? 'no answer'}`);
      if (answered !== null && answered.status < 500) return answered;
      await timeline.pass(chance.spread('client waits', 300, 60_000));
    }
    return null;
  };

  const cancel = async (
    account: SiteAccount,
    id: ProviderRequestId,
    { scope, isLong, byId, waits }: Extract<Action, { type: 'cancel' }>,
  ): Promise<void> => {
    rules.asks(account, id);
    const reason = `Superseded, says ${account.tenant}.${isLong ? ' Because.'.repeat(40) : ''}`;
    const isTruto = account.provider === 'truto';
    const wish = {
      reason,
      ...(scope === 'workflow' ? {} : { scope }),
      ...(isTruto && isLong && { remote_data: { by: account.tenant } }),
    };
    const prefer = waits === null ? {} : { prefer: `wait=${waits}` };
    const caller = { tenant: account.tenant, keyName: `key-of-${account.tenant}` };
    const path = { id: deriveRequestId(account.tenant, account.uid, id) };
    const answered = await insist(`cancel ${account.accountId}/${id}`, () =>
      byId
        ? world.callApi('cancelSignatureRequest', { path, caller, body: wish, ...prefer })
        : world.callApi('createCancellation', {
            path: {},
            caller,
            body: { account_id: account.accountId, provider_request_id: id, ...wish },
            ...prefer,
          }),
    );
    if (answered === null) return;
    const { status } = answered;
    if (status === 200 || status === 202) {
      const key = `${account.uid}/${id}`;
      const { cancellation, status: shown } = viewed.parse(answered.body);
      // Cancelled already, and not by a wish of anybody's here: there is nothing to be done.
      if (cancellation === null && shown !== 'cancelled') {
        rules.broken(
          'an answer fits what is stored',
          `cancel was answered ${status}, and ${shown} without a wish`,
        );
      }
      if (cancellation !== null && !accepted.has(key)) accepted.set(key, { account, id });
      checkView(account.tenant, answered);
      return;
    }
    // By id, before anybody has asked by the provider's id, there is nothing yet.
    const isExpected = status === 409 || (byId && status === 404);
    if (!isExpected) rules.broken('an answer fits what is stored', `cancel was answered ${status}`);
  };

  const checkView = (tenant: Tenant, { body }: { readonly body: unknown }): void => {
    const text = JSON.stringify(body);
    const others = accounts.filter((account) => account.tenant !== tenant);
    const leak = others.find(
      ({ tenant: other }) => text.includes(`says ${other}`) || text.includes(`key-of-${other}`),
    );
    if (leak !== undefined)
      rules.broken('a tenant sees its own alone', `${tenant} was shown ${leak.tenant}'s`);
  };

  const read = async (account: SiteAccount, id: ProviderRequestId): Promise<void> => {
    const path = { id: deriveRequestId(account.tenant, account.uid, id) };
    for (const tenant of new Set(accounts.map((one) => one.tenant))) {
      const caller = { tenant, keyName: `key-of-${tenant}` };
      for (const operation of ['getSignatureRequest', 'getHistory'] as const) {
        const answered = await world.callApi(operation, { path, caller });
        if (answered === null) continue;
        if (tenant !== account.tenant && answered.status < 500 && answered.status !== 404) {
          rules.broken(
            'a tenant sees its own alone',
            `${operation} of ${account.tenant}'s by ${tenant}: ${answered.status}`,
          );
        }
        checkView(tenant, answered);
      }
    }
  };

  const list = async (tenant: Tenant): Promise<void> => {
    const caller = { tenant, keyName: `key-of-${tenant}` };
    const query = chance.happens('short page', 0.3) ? 'limit=1' : '';
    const answered = await world.callApi('listSignatureRequests', { path: {}, caller, query });
    if (answered !== null) checkView(tenant, answered);
  };

  const forge = async (
    account: SiteAccount,
    id: string,
    { how, event }: Extract<Action, { type: 'forge' }>,
  ): Promise<void> => {
    const document = account.documents.get(id);
    const model = models[account.provider];
    const name = forgeries[account.provider][event] ?? '';
    const callback =
      document === undefined
        ? null
        : model.callback(world.site, document, name, how === 'old' ? 'old' : 'forged');
    if (callback === null) return;
    const token = how === 'token' ? 'f'.repeat(32) : account.webhookToken;
    // What was genuine once is a reason to look, except where the time is signed too.
    const isStale = how === 'old' && account.provider !== 'box-sign';
    const isRefused = how === 'token' || (model.verifies(account) && !isStale);
    const answered = await world.deliver(token, callback, isRefused);
    note(`forged ${name}: ${answered?.status ?? 'no answer'}`);
    // Ironclad's key may not be had: then it is refused, whatever it is.
    const isKeyless = account.provider === 'ironclad' && answered?.status === 401;
    const expected = isRefused || isKeyless ? 401 : 200;
    if (answered !== null && answered.status < 500 && answered.status !== expected) {
      rules.broken(
        'a forged callback changes nothing',
        `${account.provider} ${name} was answered ${answered.status}`,
      );
    }
  };

  const perform = async (action: Action): Promise<void> => {
    const plan = scenario.documents[action.document];
    const account = plan && accounts[plan.account];
    if (plan === undefined || account === undefined) return;
    const id = plan.id as ProviderRequestId;
    const caller = { tenant: account.tenant, keyName: `key-of-${account.tenant}` };
    switch (action.type) {
      case 'cancel':
        return cancel(account, id, action);
      case 'retry': {
        const path = { id: deriveRequestId(account.tenant, account.uid, id) };
        await world.callApi('retryCancellation', { path, caller });
        return;
      }
      case 'read':
        return read(account, id);
      case 'list':
        return list(account.tenant);
      case 'import':
        await world.callApi('importSignatureRequest', {
          path: {},
          caller,
          body: { account_id: account.accountId, provider_request_id: id },
        });
        return;
      case 'happening': {
        const document = account.documents.get(id);
        if (document !== undefined) models[account.provider].happen(world.site, document, action.what);
        return;
      }
      case 'forge':
        return forge(account, id, action);
    }
  };

  return {
    accepted,
    plan(actions: readonly Action[]): void {
      for (const action of actions) {
        timeline.after(startOfTime + action.at - timeline.now, () => {
          if (action.type === 'happening') note(`outside: ${action.what} ${action.document}`);
          void perform(action);
        });
      }
    },
  };
};

const viewed = z.object({ status: z.string(), cancellation: z.nullable(z.unknown()) });

/** What would be worth forging. */
const forgeries: Readonly<Record<SiteAccount['provider'], readonly [string, string]>> = {
  'dropbox-sign': ['signature_request_canceled', 'signature_request_all_signed'],
  'box-sign': ['SIGN_REQUEST.COMPLETED', 'SIGN_REQUEST.DECLINED'],
  okdokument: ['signed', 'canceled'],
  ironclad: ['workflow_cancelled', 'workflow_completed'],
  truto: ['record:updated', 'record:updated'],
};
