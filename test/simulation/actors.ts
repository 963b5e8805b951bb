/** Clients, signers and forgers: what a scenario has them do, and what clients check of the answers that they get. */
import * as z from 'zod/mini';
import {
  deriveRequestId,
  type ProviderRequestId,
  type RequestId,
  type Tenant,
} from '../../shared/domain/ids.ts';
import { models } from './providers/models.ts';
import type { Happening, SiteAccount, SiteDocument } from './providers/site.ts';
import type { Action, CreationPlan, DocumentPlan, Scenario } from './scenario.ts';
import { bodyOf, type Variant } from './wishes.ts';
import { type Answered, startOfTime, type World } from './world.ts';

/** Answered with 200 or 202: from then on the end is owed. */
export interface Accepted {
  readonly account: SiteAccount;
  readonly id: RequestId;
}

/** What one plan has led to so far. */
interface Creating {
  calls: number;
  /** The one that actions are about: the last that was told. */
  last: { readonly id: RequestId; readonly wish: string } | null;
  /** Which body stands under the key. */
  variant: Variant | null;
}

/** What an action is about. */
interface Target {
  readonly prid: ProviderRequestId;
  /** Null while nobody was told of it. */
  readonly id: RequestId | null;
  /** Of what is created here. */
  readonly wish: string | null;
}

export const actors = (world: World, scenario: Scenario) => {
  const accepted = new Map<string, Accepted>();
  /** Creations that were answered with 200 or 202. */
  const created = new Map<string, Accepted>();
  const creating = scenario.documents.map((): Creating => ({ calls: 0, last: null, variant: null }));
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

  /** Under a key a client may go on asking; without one a call whose answer is lost may have led to a request that nobody knows. */
  const create = async (
    account: SiteAccount,
    index: number,
    { hasKey, hasOwnId }: CreationPlan,
    { variant, waits }: Extract<Action, { type: 'create' }>,
  ): Promise<void> => {
    const state = creating[index];
    if (state === undefined) return;
    const { tenant, accountId, provider } = account;
    const caller = { tenant, keyName: `key-of-${tenant}` };
    const told = { wish: '' };
    const ask = (): Promise<Answered> => {
      state.calls += 1;
      told.wish = hasKey ? String(index) : `${index}-${state.calls}`;
      return world.callApi('createSignatureRequest', {
        path: {},
        caller,
        body: bodyOf({ wish: told.wish, variant, tenant, accountId, provider, hasOwnId }),
        // The same keys at each tenant.
        ...(hasKey && { key: `key-${scenario.documents[index]?.id}` }),
        ...(waits !== null && { prefer: `wait=${waits}` }),
      });
    };
    const answered = await insist(`create ${accountId}/${index}${variant}`, ask);
    if (answered === null) return;
    if (answered.status === 422) {
      if (!hasKey || state.variant === variant) {
        rules.broken('the same key is the same request', `${index}${variant} was refused as reused`);
      }
      return;
    }
    if (answered.status !== 200 && answered.status !== 202) {
      rules.broken('an answer fits what is stored', `create was answered ${answered.status}`);
      return;
    }
    checkView(tenant, answered);
    const { id } = identified.parse(answered.body);
    const isAnother = state.last !== null && (state.last.id !== id || state.variant !== variant);
    if (hasKey && isAnother) {
      rules.broken(
        'the same key is the same request',
        `${index}${variant} is ${id}, and was ${state.last?.id}`,
      );
    }
    state.variant = variant;
    state.last = { id: id as RequestId, wish: told.wish };
    created.set(id, { account, id: id as RequestId });
  };

  const cancel = async (
    account: SiteAccount,
    target: Target,
    { scope, isLong, byId, waits }: Extract<Action, { type: 'cancel' }>,
  ): Promise<void> => {
    if (target.id === null) return;
    const { id, wish: asked } = target;
    if (asked === null) rules.asks(account, target.prid);
    else rules.asksFor(asked);
    const reason = `Superseded, says ${account.tenant}.${isLong ? ' Because.'.repeat(40) : ''}`;
    const isTruto = account.provider === 'truto';
    const wish = {
      reason,
      ...(scope === 'workflow' ? {} : { scope }),
      ...(isTruto && isLong && { remote_data: { by: account.tenant } }),
    };
    const prefer = waits === null ? {} : { prefer: `wait=${waits}` };
    const caller = { tenant: account.tenant, keyName: `key-of-${account.tenant}` };
    const path = { id };
    const answered = await insist(`cancel ${account.accountId}/${target.prid}`, () =>
      byId
        ? world.callApi('cancelSignatureRequest', { path, caller, body: wish, ...prefer })
        : world.callApi('createCancellation', {
            path: {},
            caller,
            body: { account_id: account.accountId, provider_request_id: target.prid, ...wish },
            ...prefer,
          }),
    );
    if (answered === null) return;
    const { status } = answered;
    if (status === 200 || status === 202) {
      const { cancellation, status: shown } = viewed.parse(answered.body);
      // Cancelled already, and not by a wish of anybody's here: there is nothing to be done.
      if (cancellation === null && shown !== 'cancelled') {
        rules.broken(
          'an answer fits what is stored',
          `cancel was answered ${status}, and ${shown} without a wish`,
        );
      }
      if (cancellation !== null && !accepted.has(id)) accepted.set(id, { account, id });
      checkView(account.tenant, answered);
      return;
    }
    // By id, before anybody has asked by the provider's id, there is nothing yet.
    const isExpected = status === 409 || (byId && asked === null && status === 404);
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

  const read = async (account: SiteAccount, id: RequestId): Promise<void> => {
    const path = { id };
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
    document: SiteDocument | undefined,
    { how, event }: Extract<Action, { type: 'forge' }>,
  ): Promise<void> => {
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
    const target = targetOf(account, plan, action.document);
    const { prid } = target;
    const caller = { tenant: account.tenant, keyName: `key-of-${account.tenant}` };
    const document = documentOf(account, plan, action.document);
    if (target.id === null && (action.type === 'retry' || action.type === 'read')) return;
    switch (action.type) {
      case 'cancel':
        return cancel(account, target, action);
      case 'create':
        return plan.creation === null ? undefined : create(account, action.document, plan.creation, action);
      case 'retry':
        if (target.id !== null) await world.callApi('retryCancellation', { path: { id: target.id }, caller });
        return;
      case 'read':
        return target.id === null ? undefined : read(account, target.id);
      case 'list':
        return list(account.tenant);
      case 'import':
        await world.callApi('importSignatureRequest', {
          path: {},
          caller,
          body: { account_id: account.accountId, provider_request_id: prid },
        });
        return;
      case 'happening':
        if (document !== undefined && !(vanishes(document, action.what) && !rules.isKnown(document))) {
          models[account.provider].happen(world.site, document, action.what);
        }
        return;
      case 'forge':
        return forge(account, document, action);
    }
  };

  const targetOf = (account: SiteAccount, plan: DocumentPlan, index: number): Target => {
    const prid = plan.id as ProviderRequestId;
    if (plan.creation === null) {
      return { prid, id: deriveRequestId(account.tenant, account.uid, prid), wish: null };
    }
    const last = creating[index]?.last ?? null;
    return last === null ? { prid, id: null, wish: null } : { prid, ...last };
  };

  /** At the provider; of what was created, the one that this client knows of, or any before that. */
  const documentOf = (account: SiteAccount, plan: DocumentPlan, index: number): SiteDocument | undefined => {
    if (plan.creation === null) return account.documents.get(plan.id);
    const wish = creating[index]?.last?.wish ?? null;
    return [...account.documents.values()].find(({ made }) =>
      wish === null ? made?.mark.wish.split('-')[0] === String(index) : made?.mark.wish === wish,
    );
  };

  return {
    accepted,
    created,
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

/** OKdokument shows it no more: before it was found, nobody could tell it from what never was. */
const vanishes = ({ account }: SiteDocument, what: Happening): boolean =>
  account.provider === 'okdokument' && (what === 'cancel' || what === 'expire');

const identified = z.object({ id: z.string() });
const viewed = z.object({ status: z.string(), cancellation: z.nullable(z.unknown()) });

/** What would be worth forging. */
const forgeries: Readonly<Record<SiteAccount['provider'], readonly [string, string]>> = {
  'dropbox-sign': ['signature_request_canceled', 'signature_request_all_signed'],
  'box-sign': ['SIGN_REQUEST.COMPLETED', 'SIGN_REQUEST.DECLINED'],
  okdokument: ['signed', 'canceled'],
  ironclad: ['workflow_cancelled', 'workflow_completed'],
  truto: ['record:updated', 'record:updated'],
};
