/** The words for what the simulation found. */
import type { DocumentPlan, Scenario } from './scenario.ts';
import type { Shrunk } from './shrink.ts';
import type { Tally } from './tally.ts';

export const rerun = (seed: number): string => `npm run test:simulation -- --seed ${seed}`;

export const reportTally = (tally: Tally, seconds: number): string =>
  [
    `${tally.seeds} seeds, ${tally.steps} steps, ${tally.waits} waits on the outside, in ${seconds.toFixed(1)} s: ${Math.round(tally.seeds / seconds)} seeds/s`,
    `states reached: ${listed(tally.reached)}`,
    `accepted wishes ended: ${listed(tally.ends)}`,
    `accepted creations ended: ${listed(tally.creations)}`,
    `faults: ${listed(tally.faults)}`,
    `the slowest run went on for ${Math.round(tally.slowestMs / 1_000)} s of its own time after the last fault`,
    ...(tally.broken.length === 0
      ? ['nothing was broken']
      : [`${tally.broken.length} seeds broke a rule`, ...byRule(tally)]),
  ].join('\n');

const byRule = ({ broken }: Tally): readonly string[] =>
  [...new Set(broken.map(({ rule }) => rule))].map((rule) => {
    const [first, ...others] = broken.filter((one) => one.rule === rule);
    return `  ${rule}: ${others.length + 1}, the first at seed ${first?.seed}: ${first?.detail}`;
  });

/** A failing run, made as short as it can be. */
export const reportShrunk = ({ scenario, violation, history }: Shrunk): string =>
  [
    `seed ${scenario.seed} breaks "${violation.rule}": ${violation.detail}`,
    ...described(scenario),
    ...history.filter((line) => !line.includes('  log info')).slice(-120),
    rerun(scenario.seed),
  ].join('\n');

export const described = ({ accounts, documents, actions, spells, faults, skewMs, calmAt }: Scenario) => [
  `accounts: ${accounts.map(({ tenant, provider, ids }) => `${tenant}'s ${provider}${ids === 'shown' ? '' : ` (ids are ${ids})`}`).join(', ')}`,
  `requests: ${documents.map(requestOf).join(', ')}`,
  ...actions.map(
    ({ at, document, type, ...rest }) => `at ${at} ms: ${type} ${document} ${JSON.stringify(rest)}`,
  ),
  ...spells.map(
    ({ account, from, until, what }) => `from ${from} to ${until} ms account ${account} is ${what}`,
  ),
  `faults: ${listed(faults)}; clocks ± ${skewMs} ms; calm from ${calmAt} ms on`,
];

const requestOf = ({ account, id, exists, creation }: DocumentPlan): string => {
  if (creation === null) return `${account}/${id}${exists ? '' : ' (unknown there)'}`;
  const { hasKey, hasOwnId } = creation;
  return `${account}/${id} (created ${hasKey ? 'under a key' : 'without a key'}${hasOwnId ? ', with an id of its own' : ''})`;
};

const listed = (counts: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(counts)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
