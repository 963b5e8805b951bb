/** `npm run bench`: what a confirmed cancellation costs, from counted calls, and what its functions weigh. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProviderName, providerNames } from '../../shared/providers/registry.ts';
import { coldStarts } from './cold-start.ts';
import { type Bench, openBench } from './measure.ts';
import { type Billed, dollarsPerMillion } from './prices.ts';

const runs = [
  { atOnce: 1, count: 10 },
  { atOnce: 10, count: 50 },
] as const;

const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

const rows: readonly (readonly [string, (counts: Billed) => number])[] = [
  ['DynamoDB writes', ({ writes }) => writes],
  ['DynamoDB write units, indexes included', ({ writeUnits }) => writeUnits],
  ['DynamoDB reads', ({ reads }) => reads],
  ['DynamoDB read units', ({ readUnits }) => readUnits],
  ['SQS requests', ({ sqsSends, sqsReceives, sqsDeletes }) => sqsSends + sqsReceives + sqsDeletes],
  ['empty SQS receives (idle cost, not in the sum)', ({ sqsEmptyReceives }) => sqsEmptyReceives],
  ['function invocations', ({ invocations }) => invocations],
  ['HTTP API requests', ({ httpRequests }) => httpRequests],
  ['secret reads (per account and process, not in the sum)', ({ secretReads }) => secretReads],
  ['dollars per million, without compute and logs', dollarsPerMillion],
];

const printCosts = async (bench: Bench, provider: ProviderName): Promise<void> => {
  // The first one pays for what processes remember: keys, credentials, connections.
  await bench.measure(provider, 2, 1);
  const measured: Billed[] = [];
  for (const { count, atOnce } of runs) measured.push(await bench.measure(provider, count, atOnce));
  print(`\n${provider}, per confirmed cancellation`);
  print(`${''.padEnd(56)}${runs.map(({ atOnce }) => `${atOnce} at once`.padStart(12)).join('')}`);
  for (const [name, value] of rows) {
    print(`${name.padEnd(56)}${measured.map((counts) => value(counts).toFixed(2).padStart(12)).join('')}`);
  }
};

const printFunctions = async (bench: Bench): Promise<void> => {
  const ratios = await coldStarts(bench.stack, bench.stack.configuration.dataDir);
  print('\nfunction      bundle   spawn to first answer, an empty handler = 1');
  for (const [name, { definition }] of bench.stack.functions) {
    const { size } = await stat(join(definition.codeDirectory, 'index.mjs'));
    print(
      `${name.padEnd(10)}${(size / 1024).toFixed(0).padStart(7)} KB   ${(ratios.get(name) ?? Number.NaN).toFixed(2)}`,
    );
  }
};

const bench = await openBench();
try {
  for (const provider of providerNames) await printCosts(bench, provider);
  await printFunctions(bench);
} finally {
  await bench.close();
}
process.exit();
