/** What a seed stands for: who is there, what they do and when, and what may go wrong. */
import type { Policy } from '../../shared/domain/policy.ts';
import type { Scope } from '../../shared/domain/signature-request.ts';
import { type ProviderName, providerNames } from '../../shared/providers/registry.ts';
import { Chance } from './chance.ts';
import { type FaultKind, type FaultRates, faultKinds } from './faults.ts';
import type { Spell } from './network.ts';
import { type Happening, happenings } from './providers/site.ts';
import type { Variant } from './wishes.ts';

export interface AccountPlan {
  readonly tenant: 'alpha' | 'beta';
  readonly provider: ProviderName;
  /** Credentials that are exchanged for a token; a webhook that can be verified. */
  readonly usesToken: boolean;
  readonly isVerified: boolean;
  readonly ids: IdsAre;
}

/** Where ids of ours are in what is created: in lists too, not in lists, or nowhere, because no attribute is named for them. */
export type IdsAre = 'shown' | 'hidden' | 'nowhere';

export interface DocumentPlan {
  readonly account: number;
  readonly id: string;
  /** False: the provider does not know it. */
  readonly exists: boolean;
  /** Not there before: clients have it created. */
  readonly creation: CreationPlan | null;
}

export interface CreationPlan {
  /** With an Idempotency-Key: however often they ask, they want one. Without, one for each call. */
  readonly hasKey: boolean;
  /** They have an id of their own for it, and for others too. */
  readonly hasOwnId: boolean;
}

export type Act =
  | {
      readonly type: 'cancel';
      readonly scope: Scope;
      readonly isLong: boolean;
      readonly byId: boolean;
      readonly waits: number | null;
    }
  | { readonly type: 'retry' | 'read' | 'list' | 'import' }
  | { readonly type: 'create'; readonly variant: Variant; readonly waits: number | null }
  | { readonly type: 'happening'; readonly what: Happening }
  | { readonly type: 'forge'; readonly how: 'token' | 'signature' | 'old'; readonly event: number };

export type Action = Act & { readonly at: number; readonly document: number };

export interface Scenario {
  readonly seed: number;
  readonly policy: Policy;
  readonly skewMs: number;
  readonly accounts: readonly AccountPlan[];
  readonly documents: readonly DocumentPlan[];
  readonly actions: readonly Action[];
  readonly spells: readonly Spell[];
  readonly faults: FaultRates;
  /** From then on everything works. */
  readonly calmAt: number;
}

export const policies = {
  usual: {
    confirmationWindowMs: 3_600_000,
    recoveryMs: 60_000,
    callMs: 10_000,
    retryBaseMs: 1_000,
    retryCapMs: 900_000,
    deadlineMs: 86_400_000,
    followMs: 21_600_000,
  },
  short: {
    confirmationWindowMs: 600_000,
    recoveryMs: 60_000,
    callMs: 10_000,
    retryBaseMs: 1_000,
    retryCapMs: 120_000,
    deadlineMs: 3_600_000,
    followMs: 1_800_000,
  },
  tight: {
    confirmationWindowMs: 120_000,
    recoveryMs: 30_000,
    callMs: 5_000,
    retryBaseMs: 500,
    retryCapMs: 60_000,
    deadlineMs: 1_200_000,
    followMs: 600_000,
  },
} as const satisfies Record<string, Policy>;

const dayMs = 86_400_000;

/** One in so many is a bulk at one account: it costs as much as fifty others. */
const bulkEvery = 2_000;

export const scenarioOf = (seed: number): Scenario => {
  const chance = new Chance(seed);
  if (seed % bulkEvery === bulkEvery - 1) return bulk(seed, chance);
  const policy = policies[chance.pick('policy', ['usual', 'short', 'short', 'tight', 'tight'])];
  const accounts = accountsOf(chance);
  const documents = documentsOf(chance, accounts);
  const isStormy = chance.happens('storm', 0.75);
  // A day of trouble is a thousand steps: it is left to few.
  const longest =
    policy.deadlineMs > dayMs / 2 && !chance.happens('a long storm', 0.01)
      ? dayMs / 12
      : 1.5 * policy.deadlineMs;
  const calmAt = isStormy ? chance.spread('calm', 20_000, longest) : 1_000;
  return {
    seed,
    policy,
    skewMs: chance.pick('skew', [0, 100, 1_000, 2_000]),
    accounts,
    documents,
    actions: actionsOf(chance, accounts, documents, policy, calmAt),
    spells: isStormy ? spellsOf(chance, accounts, calmAt) : [],
    faults: isStormy ? faultsOf(chance) : {},
    calmAt,
  };
};

const accountsOf = (chance: Chance): readonly AccountPlan[] => {
  const first = accountOf(chance, 'alpha', chance.pick('provider', providerNames));
  const kind = chance.roll('accounts');
  if (kind < 0.55) return [first];
  // The same provider and the same ids, at another tenant or at another account of the same one.
  const tenant = kind < 0.85 ? 'beta' : 'alpha';
  return [
    first,
    accountOf(
      chance,
      tenant,
      chance.happens('another', 0.2) ? chance.pick('provider', providerNames) : first.provider,
    ),
  ];
};

const accountOf = (chance: Chance, tenant: 'alpha' | 'beta', provider: ProviderName): AccountPlan => ({
  tenant,
  provider,
  usesToken: chance.happens('token', 0.3),
  isVerified: chance.happens('verified', 0.7),
  ids: provider === 'ironclad' || provider === 'truto' ? chance.pick('ids', likelyIds) : 'shown',
});

const likelyIds: readonly IdsAre[] = ['shown', 'shown', 'shown', 'shown', 'shown', 'hidden', 'nowhere'];

/** In so many runs most requests are created: they take more steps than others. */
const creating = 0.12;

const documentsOf = (chance: Chance, accounts: readonly AccountPlan[]): readonly DocumentPlan[] => {
  const isCreating = chance.happens('creating', creating);
  return accounts.flatMap(({ ids }, account) => {
    const count = chance.happens('documents', 0.15) ? 2 : 1;
    return Array.from({ length: count }, (_, index) => {
      const id = `agreement-${index + 1}`;
      const exists = !chance.happens('unknown', 0.06);
      if (!isCreating || !chance.happens('created', 0.8)) return { account, id, exists, creation: null };
      const hasKey = chance.happens('key', 0.75);
      // Without an attribute for it, an id of the client's has no place.
      const hasOwnId = chance.happens('own id', 0.15) && ids !== 'nowhere';
      return { account, id, exists: false, creation: { hasKey, hasOwnId } };
    });
  });
};

const actionsOf = (
  chance: Chance,
  accounts: readonly AccountPlan[],
  documents: readonly DocumentPlan[],
  policy: Policy,
  calmAt: number,
): readonly Action[] => {
  const span = Math.min(calmAt, policy.confirmationWindowMs * 1.2) + 10_000;
  const actions: Action[] = [];
  for (const [document, { account, creation }] of documents.entries()) {
    if (creation !== null) {
      actions.push(...creationActionsOf(chance, document, policy, span));
      continue;
    }
    const isIronclad = accounts[account]?.provider === 'ironclad';
    const isUnasked = chance.happens('unasked', 0.04);
    const first = chance.between('first', 0, 3_000);
    const scope = (): Scope =>
      isIronclad && chance.happens('packet', 0.3) ? 'signature_packet' : 'workflow';
    const cancel = (at: number, byId: boolean): Action => ({
      type: 'cancel',
      at,
      document,
      scope: scope(),
      isLong: chance.happens('long reason', 0.08),
      byId,
      waits: chance.happens('waits', 0.05) ? chance.between('wait', 1, 3) : null,
    });
    const later = () => first + chance.spread('later', 50, span);
    if (chance.happens('imported', 0.1))
      actions.push({ type: 'import', at: chance.between('import', 0, 6_000), document });
    if (!isUnasked) actions.push(cancel(first, false));
    if (!isUnasked && chance.happens('again', 0.25))
      actions.push(cancel(later(), chance.happens('by id', 0.5)));
    if (chance.happens('retried', 0.2))
      actions.push({
        type: 'retry',
        at: first + chance.spread('retry', 1_000, span + policy.deadlineMs),
        document,
      });
    if (chance.happens('read', 0.3)) actions.push({ type: 'read', at: later(), document });
    if (chance.happens('listed', 0.1)) actions.push({ type: 'list', at: later(), document });
    const count = chance.happens('busy', 0.15) ? 3 : chance.happens('quiet', 0.5) ? 0 : 1;
    for (let index = 0; index < count; index += 1) {
      // Often just while the cancel is under way.
      const at = chance.happens('close', 0.5)
        ? first + chance.between('race', 0, 2_500)
        : chance.spread('happening', 1, span);
      actions.push({ type: 'happening', at, document, what: chance.pick('what', likelyHappenings) });
    }
    if (chance.happens('forged', 0.15)) {
      actions.push({
        type: 'forge',
        at: chance.happens('close', 0.5) ? first + chance.between('race', 0, 2_500) : later(),
        document,
        how: chance.pick('forged how', ['token', 'signature', 'signature', 'old']),
        event: chance.below('forged event', 2),
      });
    }
  }
  return actions.sort((a, b) => a.at - b.at);
};

/** Cancelled while it waits, is under way, or is there; a key is used again, for the same body or for another. */
const creationActionsOf = (
  chance: Chance,
  document: number,
  policy: Policy,
  span: number,
): readonly Action[] => {
  const first = chance.between('first', 0, 3_000);
  const later = () => first + chance.spread('later', 50, span);
  const soonOrLater = () =>
    chance.happens('close', 0.5) ? first + chance.between('race', 0, 2_500) : later();
  const create = (at: number, variant: Variant): Action => ({
    type: 'create',
    at,
    document,
    variant,
    waits: chance.happens('waits', 0.05) ? chance.between('wait', 1, 3) : null,
  });
  const cancel = (at: number): Action => ({
    type: 'cancel',
    at,
    document,
    scope: 'workflow',
    isLong: chance.happens('long reason', 0.08),
    byId: true,
    waits: chance.happens('waits', 0.05) ? chance.between('wait', 1, 3) : null,
  });
  const actions = [create(first, 'a')];
  if (chance.happens('created again', 0.3)) actions.push(create(soonOrLater(), 'a'));
  if (chance.happens('another body', 0.15)) actions.push(create(soonOrLater(), 'b'));
  if (chance.happens('cancelled', 0.65)) actions.push(cancel(soonOrLater()));
  if (chance.happens('again', 0.2)) actions.push(cancel(soonOrLater()));
  if (chance.happens('retried', 0.2)) {
    actions.push({
      type: 'retry',
      at: first + chance.spread('retry', 1_000, span + policy.deadlineMs),
      document,
    });
  }
  if (chance.happens('read', 0.3)) actions.push({ type: 'read', at: later(), document });
  if (chance.happens('listed', 0.1)) actions.push({ type: 'list', at: later(), document });
  if (chance.happens('quiet', 0.5)) {
    const what = chance.pick('what', ['sign', 'sign', 'cancel', 'view', 'decline', 'expire'] as const);
    actions.push({ type: 'happening', at: soonOrLater(), document, what });
  }
  if (chance.happens('forged', 0.1)) {
    const how = chance.pick('forged how', ['token', 'signature', 'signature', 'old'] as const);
    const event = chance.below('forged event', 2);
    actions.push({ type: 'forge', at: later(), document, how, event });
  }
  return actions;
};

const likelyHappenings: readonly Happening[] = ['sign', 'sign', 'cancel', ...happenings];

const spellsOf = (chance: Chance, accounts: readonly AccountPlan[], calmAt: number): readonly Spell[] =>
  accounts.flatMap((_, account) => {
    if (!chance.happens('spell', 0.25)) return [];
    const from = chance.happens('from the start', 0.5) ? 0 : chance.spread('spell begins', 100, calmAt);
    const until = Math.min(calmAt, from + chance.spread('spell lasts', 2_000, calmAt));
    const what = chance.pick('spell', ['unreachable', 'silent', 401, 402, 403, 429, 500, 503, 503]);
    return until > from ? [{ account, from, until, what }] : [];
  });

/** A few kinds each time, some of them often: what never goes wrong together hides nothing. */
const faultsOf = (chance: Chance): FaultRates => {
  const rates: Partial<Record<FaultKind, number>> = {};
  const share = chance.pick('share of faults', [0.1, 0.2, 0.4]);
  for (const kind of faultKinds) {
    if (!chance.happens('fault', share)) continue;
    const isCrash = kind.startsWith('crash') || kind.startsWith('store') || kind === 'queue-refuses';
    rates[kind] = chance.spread('rate', 20, isCrash ? 120 : 500) / 1_000;
  }
  return rates;
};

/** More than the limit of one minute at once, and little goes wrong. */
const bulk = (seed: number, chance: Chance): Scenario => {
  const provider = chance.pick('provider', ['ironclad', 'truto', 'okdokument', 'dropbox-sign']);
  const count = provider === 'ironclad' || provider === 'truto' ? 60 : 140;
  return {
    seed,
    policy: policies.usual,
    skewMs: chance.pick('skew', [0, 100, 1_000]),
    accounts: [accountOf(chance, 'alpha', provider)],
    documents: Array.from({ length: count }, (_, index) => ({
      account: 0,
      id: `bulk-${index}`,
      exists: true,
      creation: null,
    })),
    actions: Array.from({ length: count }, (_, document) => ({
      type: 'cancel',
      at: chance.between('first', 0, 5_000),
      document,
      scope: 'workflow',
      isLong: false,
      byId: false,
      waits: null,
    })),
    spells: chance.happens('spell', 0.5) ? [{ account: 0, from: 0, until: 60_000, what: 503 }] : [],
    faults: { 'lost-callback': 0.1, 'server-error': 0.02, 'lost-message': 0.01, 'late-message': 0.02 },
    calmAt: 120_000,
  };
};
