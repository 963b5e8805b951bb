/**
 * `npm run bench:load`: how many cancellations the local stack accepts in a second, against a bare loop of the same calls to
 * the same DynamoDB and SQS; then a steady rate for five minutes (`--seconds`, `--rate`), with what each answer and each
 * confirmation took, whether every one ended right, and the memory of the stack's processes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSimulators } from '../simulators/server.ts';
import { acceptRate } from './load/accept-rate.ts';
import { openClient } from './load/client.ts';
import { startStackProcess } from './load/stack-process.ts';
import { steady } from './load/steady.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    rate: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '4' },
    'at-once': { type: 'string', default: '1,4,16' },
  },
});
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const apiKey = 'bench-key-for-this-machine-only';
const dataDir = await mkdtemp(join(tmpdir(), 'rescind-load-'));
const simulators = await startSimulators({ port: 0 });
const stack = await startStackProcess({
  PORT: '0',
  SIMULATORS: 'off',
  DATA_DIR: dataDir,
  RESCIND_API_KEY: apiKey,
  SWEEP_INTERVAL_SECONDS: '60',
  ...simulators.baseUrls,
});
// The stack ends with this process.
process.once('SIGINT', () => process.exit(130));
try {
  const client = openClient({ stack, simulators, apiKey });
  const good = [
    await acceptRate(
      client,
      { rounds: Number(values.rounds), atOnce: values['at-once'].split(',').map(Number) },
      print,
    ),
    await steady(client, { perSecond: Number(values.rate), seconds: Number(values.seconds) }, print),
  ];
  process.exitCode = good.every(Boolean) ? 0 : 1;
} finally {
  await stack.close();
  await simulators.close();
  await rm(dataDir, { recursive: true, force: true });
}
process.exit();
