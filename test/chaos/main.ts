/**
 * `npm run test:chaos`: 1,000 cancellations over five simulated providers on the local stack, with 100 kills, an AWS that
 * fails on the wire and a provider that is down for a minute. `--seed N --cancellations N --kills N` change that. The seed
 * repeats what is chosen; how processes and calls meet in time no seed repeats.
 */
import { parseArgs } from 'node:util';
import { printReport } from './print-report.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    cancellations: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '100' },
    'stack-kills': { type: 'string', default: '8' },
    seconds: { type: 'string', default: '150' },
    outage: { type: 'string', default: '60' },
  },
});

// Processes of their own groups end with this one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const size = {
  seed: Number(values.seed),
  cancellations: Number(values.cancellations),
  kills: Number(values.kills),
  stackKills: Number(values['stack-kills']),
  arrivalMs: Number(values.seconds) * 1_000,
  outageMs: Number(values.outage) * 1_000,
};
print(`seed ${size.seed}`);
const report = await runChaos(size, print);
printReport(report, print);
process.exit(report.findings.length + report.breaches.length === 0 ? 0 : 1);
