/** A process dies at each of its waits on the outside, before and after it, one run for each: every accepted wish still ends. */
import { describe, expect, test } from 'vitest';
import { type ProviderName, providerNames } from '../../shared/providers/registry.ts';
import { play } from './run.ts';
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

const packet: (typeof stories)[number] = ['its packet', [{ ...cancel, scope: 'signature_packet' }], {}];

const scenarioFor = (
  provider: ProviderName,
  actions: readonly Action[],
  changes: Partial<Scenario>,
): Scenario => ({
  seed: 7,
  policy: policies.tight,
  skewMs: 0,
  accounts: [{ tenant: 'alpha', provider, usesToken: true, isVerified: true, isBlind: false }],
  documents: [{ account: 0, id: 'agreement-1', exists: true, creation: null }],
  actions,
  spells: [],
  faults: {},
  calmAt: 1_000,
  ...changes,
});

describe.each(providerNames)('%s', (provider) => {
  const told = provider === 'ironclad' ? [...stories, packet] : stories;
  test.each(told)('%s', async (_name, actions, changes) => {
    const scenario = scenarioFor(provider, actions, changes);
    const whole = await play(scenario);
    expect({ violation: whole.violation, ends: whole.ends.length > 0 }).toEqual({
      violation: null,
      ends: true,
    });
    // A wait that is reached only after another death is among the last ones.
    const places = whole.waits + 10;
    for (let at = 1; at <= places; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const { violation, ends } = await play(scenario, { crash: { at, when } });
        expect({ at, when, violation }).toEqual({ at, when, violation: null });
        expect(
          ends.filter((state) => state === 'confirmed' || state === 'rejected' || state === 'failed'),
        ).toEqual(ends);
      }
    }
    expect(places).toBeGreaterThan(12);
  });
});
