/**
 * The simulation as a command: `npm run test:simulation -- --seeds N [--from S] [--seconds T]` plays many seeds on all cores,
 * `--seed S` one, with its history. A seed that breaks a rule is made shorter and shown; the exit code is 1 then.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { playMany } from './play-many.ts';
import { described, reportShrunk, reportTally } from './report.ts';
import { play } from './run.ts';
import { scenarioOf } from './scenario.ts';
import { shrink } from './shrink.ts';

const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: { seeds: number, from: number, seed: number, seconds: number, threads: number },
});
const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const one = async (seed: number): Promise<boolean> => {
  const scenario = scenarioOf(seed);
  const shorter = await shrink(scenario);
  if (shorter !== null) {
    print(reportShrunk(shorter));
    return false;
  }
  print(described(scenario).join('\n'));
  const { ends } = await play(scenario, { note: print });
  print(`seed ${seed} breaks nothing: ${ends.join(', ')}`);
  return true;
};

const many = async (from: number, count: number): Promise<boolean> => {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  const limit = Number(values.seconds ?? Number.POSITIVE_INFINITY);
  const threads = Number(values.threads ?? availableParallelism());
  const tally = await playMany({ from, count }, threads, () => seconds() > limit);
  print(reportTally(tally, seconds()));
  const [first] = tally.broken;
  const shorter = first === undefined ? null : await shrink(scenarioOf(first.seed));
  if (shorter !== null) print(reportShrunk(shorter));
  return first === undefined;
};

const isWell =
  values.seed === undefined
    ? await many(Number(values.from ?? 0), Number(values.seeds ?? 10_000))
    : await one(Number(values.seed));
process.exitCode = isWell ? 0 : 1;
