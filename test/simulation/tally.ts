/** What many runs came to: how much was tried, what went wrong on the way, where it all ended, and what was broken. */
import { type FaultKind, faultKinds } from './faults.ts';
import type { Violation } from './rules.ts';
import type { Played } from './run.ts';

export interface Broken extends Violation {
  readonly seed: number;
}

export interface Tally {
  seeds: number;
  steps: number;
  /** Places where a process could have died. */
  waits: number;
  readonly faults: Record<string, number>;
  /** How often a cancellation came into each state. */
  readonly reached: Record<string, number>;
  /** Where accepted wishes ended. */
  readonly ends: Record<string, number>;
  readonly creations: Record<string, number>;
  /** How long after the calm the slowest run went on. */
  slowestMs: number;
  readonly broken: Broken[];
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  steps: 0,
  waits: 0,
  faults: {},
  reached: {},
  ends: {},
  creations: {},
  slowestMs: 0,
  broken: [],
});

export const count = (tally: Tally, played: Played): void => {
  tally.seeds += 1;
  tally.steps += played.steps;
  tally.waits += played.waits;
  tally.slowestMs = Math.max(tally.slowestMs, played.lastEndMs);
  for (const name of played.faults) increase(tally.faults, name.slice(0, name.indexOf('#')), 1);
  for (const [state, times] of played.reached) increase(tally.reached, state, times);
  for (const end of played.ends) increase(tally.ends, end, 1);
  for (const end of played.creations) increase(tally.creations, end, 1);
  if (played.violation !== null) tally.broken.push({ ...played.violation, seed: played.seed });
};

export const add = (sum: Tally, part: Tally): void => {
  sum.seeds += part.seeds;
  sum.steps += part.steps;
  sum.waits += part.waits;
  sum.slowestMs = Math.max(sum.slowestMs, part.slowestMs);
  for (const name of ['faults', 'reached', 'ends', 'creations'] as const) {
    for (const [key, times] of Object.entries(part[name])) increase(sum[name], key, times);
  }
  sum.broken.push(...part.broken);
};

/** Kinds of faults that never struck: a run of which some are left was too short, or the simulation is blind to them. */
export const faultsMissing = ({ faults }: Tally): readonly FaultKind[] =>
  faultKinds.filter((kind) => !faults[kind]);

export const statesWanted = [
  'queued',
  'submitted',
  'confirmed',
  'rejected',
  'failed',
  'creation queued',
  'creation sent',
  'creation failed',
  'creation undecided',
] as const;
export const statesMissing = ({ reached }: Tally): readonly string[] =>
  statesWanted.filter((state) => !reached[state]);

const increase = (counts: Record<string, number>, key: string, by: number): void => {
  counts[key] = (counts[key] ?? 0) + by;
};
