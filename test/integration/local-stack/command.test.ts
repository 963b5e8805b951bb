/** `npm start` as a user meets it: one ready line, a clean stop by any signal, and errors in one line. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually, quietEnvironment, temporaryDirectory } from './assembly.ts';
import { killMentioning, processesMentioning, type Started, startCommand } from './processes.ts';

const direct = ['node', 'infra/local/main.ts'] as const;
const npm = ['npm', 'start'] as const;
const used: string[] = [];
afterEach(() => {
  for (const dataDir of used.splice(0)) killMentioning(dataDir);
});
const start = (
  [command, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> & { readonly DATA_DIR: string },
): Started => {
  used.push(environment.DATA_DIR);
  return startCommand(command, args, environment);
};

describe('a stop leaves nothing behind', () => {
  test.each([
    [direct, 'SIGINT'],
    [direct, 'SIGTERM'],
    [npm, 'SIGINT'],
    [npm, 'SIGTERM'],
    [npm, 'SIGKILL'],
  ] as const)(
    '%j, %s',
    async (command, signal) => {
      const environment = quietEnvironment();
      const { DATA_DIR } = environment;
      const started = start(command, environment);
      const ready = await eventually(
        () => started.lines.find((line) => line.startsWith('rescind ready ')),
        90_000,
      );
      const url = ready.replace('rescind ready ', '');
      expect((await fetch(`${url}/health`)).status).toBe(200);
      expect(started.lines.filter((line) => line.startsWith('rescind ready '))).toHaveLength(1);
      const announced = JSON.parse(readFileSync(join(DATA_DIR, 'endpoints.json'), 'utf8'));
      expect(Object.keys(announced)).toEqual(['dynamodb', 'sqs', 'table', 'region']);
      expect(processesMentioning(DATA_DIR).length).toBeGreaterThan(1);

      started.process.kill(signal);
      await eventually(() => processesMentioning(DATA_DIR).length === 0, 5_000);
      expect(existsSync(join(DATA_DIR, 'endpoints.json'))).toBe(false);
    },
    120_000,
  );

  test('a stop during the start', async () => {
    const environment = quietEnvironment();
    const started = start(direct, environment);
    await eventually(() => existsSync(join(environment.DATA_DIR, 'dynamodb')));
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    await eventually(() => processesMentioning(environment.DATA_DIR).length === 0, 5_000);
  });
});

describe('an error is one line and exit code 1', () => {
  const failure = async (environment: Readonly<Record<string, string>>) => {
    const started = start(direct, { ...quietEnvironment(), ...environment });
    expect(await started.exited).toBe(1);
    return started.errors;
  };

  test('a port in use', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const line = `rescind cannot start: port ${port} is already in use`;
    expect(await failure({ PORT: String(port) })).toEqual([line]);
    expect(await failure({ SIMULATORS: 'on', SIMULATOR_PORT: String(port) })).toEqual([line]);
    server.close();
  });

  test('a bad setting', async () => {
    expect(await failure({ PORT: 'http' })).toEqual([
      'rescind cannot start: PORT="http": must be a whole number',
    ]);
    expect(await failure({ RECOVERY_SECONDS: 'soon' })).toEqual([
      'rescind cannot start: RECOVERY_SECONDS="soon": must be a whole number',
    ]);
  });

  test('a DATA_DIR in use', async () => {
    const DATA_DIR = temporaryDirectory();
    const first = start(direct, quietEnvironment(DATA_DIR));
    await eventually(() => existsSync(join(DATA_DIR, 'dynamodb')));
    expect(await failure({ DATA_DIR })).toEqual([
      `rescind cannot start: DATA_DIR=${JSON.stringify(DATA_DIR)}: another local stack is running there`,
    ]);
    first.process.kill('SIGTERM');
    await first.exited;
  });
});
