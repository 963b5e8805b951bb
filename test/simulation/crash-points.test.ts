/**
 * A process dies at each of its waits on the outside, before and after it, one run for each: every accepted wish still ends,
 * and what is created is there once.
 */
import { describe, expect, test } from 'vitest';
import { type ProviderName, providerNames } from '../../shared/providers/registry.ts';
import { type Played, play } from './run.ts';
import { type Action, policies, type Scenario } from './scenario.ts';

const cancel: Action = {
  type: 'cancel',
  at: 100,
  document: 0,
  scope: 'workflow',
  isLong: false,
  byId: false,
  waits: null,
};

/** Each with what else happens: nothing, a signer who is faster, no callback at all, an account that is not let in for a while. */
const stories: readonly (readonly [string, readonly Action[], Partial<Scenario>])[] = [
  ['alone', [cancel], {}],
  ['without callbacks', [cancel], { faults: { 'lost-callback': 1 }, calmAt: 1_200_000 }],
  ['signed meanwhile', [cancel, { type: 'happening', at: 250, document: 0, what: 'sign' }], {}],
  ['cancelled there first', [cancel, { type: 'happening', at: 50, document: 0, what: 'cancel' }], {}],
  ['asked twice at once', [cancel, { ...cancel, at: 105 }], {}],
  ['with a long reason', [{ ...cancel, isLong: true }], {}],
  [
    'unavailable at first',
    [cancel],
    { spells: [{ account: 0, from: 0, until: 20_000, what: 503 }], calmAt: 20_000 },
  ],
  ['answered too late', [cancel], { faults: { 'slow-answer': 1 }, calmAt: 20_000 }],
  [
    'imported before',
    [
      { type: 'import', at: 0, document: 0 },
      { ...cancel, at: 3_000 },
    ],
    {},
  ],
];

const create: Action = { type: 'create', at: 0, document: 0, variant: 'a', waits: null };
const cancelIt: Action = { ...cancel, byId: true };

/** Each with what its creation may end as. */
const creationStories: readonly (readonly [
  string,
  readonly Action[],
  Partial<Scenario>,
  readonly string[],
])[] = [
  ['created', [create], {}, ['sent']],
  ['created twice at once, under one key', [create, { ...create, at: 5 }], {}, ['sent']],
  ['two bodies under one key', [create, { ...create, at: 5, variant: 'b' }], {}, ['sent']],
  ['created, answered too late', [create], { faults: { 'slow-answer': 1 }, calmAt: 20_000 }, ['sent']],
  ['created late', [create], { faults: { 'late-act': 1 }, calmAt: 20_000 }, ['sent']],
  [
    'created where all is unavailable at first',
    [create],
    { spells: [{ account: 0, from: 0, until: 20_000, what: 503 }], calmAt: 20_000 },
    // Held up on top of that, it may be past its deadline.
    ['sent', 'failed'],
  ],
  [
    'created without a key',
    [create],
    { documents: [{ ...created(true), creation: { hasKey: false, hasOwnId: false } }] },
    ['sent'],
  ],
  [
    'cancelled before it could be created',
    [create, { ...cancelIt, at: 2_000 }],
    { spells: [{ account: 0, from: 0, until: 20_000, what: 'unreachable' }], calmAt: 20_000 },
    ['sent', 'failed'],
  ],
  [
    'cancelled while it is being created',
    [create, { ...cancelIt, at: 2_000 }],
    { faults: { 'slow-answer': 1 }, calmAt: 5_000 },
    ['sent', 'failed'],
  ],
  ['cancelled when it was created', [create, { ...cancelIt, at: 5_000 }], {}, ['sent', 'failed']],
];
const unfindable: (typeof creationStories)[number] = [
  'created where nothing can be looked for',
  [create],
  { faults: { 'slow-answer': 1 }, calmAt: 20_000 },
  ['sent', 'undecided'],
];

const packet: (typeof stories)[number] = ['its packet', [{ ...cancel, scope: 'signature_packet' }], {}];

function created(hasKey: boolean): Scenario['documents'][number] {
  return { account: 0, id: 'agreement-1', exists: false, creation: { hasKey, hasOwnId: false } };
}

const scenarioFor = (
  provider: ProviderName,
  actions: readonly Action[],
  changes: Partial<Scenario>,
): Scenario => ({
  seed: 7,
  policy: policies.tight,
  skewMs: 0,
  accounts: [{ tenant: 'alpha', provider, usesToken: true, isVerified: true, ids: 'shown' }],
  documents: [{ account: 0, id: 'agreement-1', exists: true, creation: null }],
  actions,
  spells: [],
  faults: {},
  calmAt: 1_000,
  ...changes,
});

/** Once without a death, then with one before and after each wait. */
const dieEverywhere = async (scenario: Scenario, check: (played: Played) => void): Promise<void> => {
  const whole = await play(scenario);
  expect(whole.violation).toBeNull();
  expect(whole.ends.length + whole.creations.length).toBeGreaterThan(0);
  check(whole);
  // A wait that is reached only after another death is among the last ones.
  const places = whole.waits + 10;
  for (let at = 1; at <= places; at += 1) {
    for (const when of ['before', 'after'] as const) {
      const played = await play(scenario, { crash: { at, when } });
      expect({ at, when, violation: played.violation }).toEqual({ at, when, violation: null });
      check(played);
    }
  }
  expect(places).toBeGreaterThan(12);
};

const isOver = (state: string): boolean => ['confirmed', 'rejected', 'failed'].includes(state);

describe.each(providerNames)('%s', (provider) => {
  const told = provider === 'ironclad' ? [...stories, packet] : stories;
  test.each(told)('%s', async (_name, actions, changes) => {
    await dieEverywhere(scenarioFor(provider, actions, changes), ({ ends }) => {
      expect(ends.filter(isOver)).toEqual(ends);
    });
  });

  test.each(creationStories)('%s', async (_name, actions, changes, allowed) => {
    const scenario = scenarioFor(provider, actions, { documents: [created(true)], ...changes });
    await dieEverywhere(scenario, ({ ends, creations }) => {
      expect(creations.filter((state) => allowed.includes(state))).toEqual(creations);
      expect(ends.filter(isOver)).toEqual(ends);
    });
  });

  const withoutPlace = provider === 'ironclad' || provider === 'truto' ? [unfindable] : [];
  test.each(withoutPlace)('%s', async (_name, actions, changes, allowed) => {
    const accounts = [
      { tenant: 'alpha', provider, usesToken: true, isVerified: true, ids: 'nowhere' },
    ] as const;
    const scenario = scenarioFor(provider, actions, { ...changes, documents: [created(true)], accounts });
    await dieEverywhere(scenario, ({ creations }) => {
      expect(creations.filter((state) => allowed.includes(state))).toEqual(creations);
    });
  });
});
