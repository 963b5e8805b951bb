/** What a newcomer does: `npm start`, then each command that it prints, as printed. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { signatureRequest } from '../../../shared/http/contract/responses.ts';
import { providerNames } from '../../../shared/providers/registry.ts';
import { eventually, temporaryDirectory } from '../local-stack/assembly.ts';
import { killMentioning, processesMentioning, type Started, startCommand } from '../local-stack/processes.ts';

const dataDir = temporaryDirectory();
afterEach(() => killMentioning(dataDir));

/** A port that was free a moment ago. @returns it, and what holds it until then */
const holdPort = async (): Promise<{ port: number; release: () => Promise<void> }> => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, release: () => new Promise((resolve) => server.close(() => resolve())) };
};

const npmStart = (port: number, simulatorPort: number): Started =>
  startCommand('npm', ['start'], {
    PORT: String(port),
    SIMULATOR_PORT: String(simulatorPort),
    DATA_DIR: dataDir,
  });

const paste = async (command: string): Promise<unknown> => {
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  return JSON.parse(stdout);
};

test('the printed commands work as pasted, and a stop leaves no process behind', async () => {
  const [gateway, provider] = [await holdPort(), await holdPort()];
  await Promise.all([gateway.release(), provider.release()]);
  const started = npmStart(gateway.port, provider.port);
  const ready = `rescind ready http://127.0.0.1:${gateway.port}`;
  await eventually(() => started.lines.includes(ready), 30_000);
  const commands = await eventually(() => {
    const printed = started.lines
      .slice(started.lines.indexOf(ready) + 1)
      .filter((line) => /^curl /.test(line));
    return printed.length >= 3 && printed;
  });
  const confirmed = new Map<string, string | null | undefined>();
  for (const command of commands) {
    const answer = await paste(command);
    if (command.includes('/v1/cancellations')) {
      const { provider: at, cancellation } = signatureRequest.parse(answer);
      confirmed.set(at, cancellation?.state);
    } else expect(z.parse(z.object({ status: z.string() }), answer)).toEqual({ status: 'ok' });
  }
  expect(confirmed).toEqual(new Map(providerNames.map((name) => [name, 'confirmed'])));

  expect(processesMentioning(dataDir).length).toBeGreaterThan(3);
  started.process.kill('SIGTERM');
  await eventually(() => processesMentioning(dataDir).length === 0, 5_000);
});

test('a port in use is one clear line and exit code 1', async () => {
  const { port, release } = await holdPort();
  const started = npmStart(port, 0);
  expect(await started.exited).toBe(1);
  const said = [...started.lines, ...started.errors].filter((line) => line.includes('rescind cannot'));
  expect(said).toEqual([`rescind cannot start: port ${port} is already in use`]);
  expect(started.lines.some((line) => line.startsWith('rescind ready'))).toBe(false);
  await release();
});
