/**
 * Kill -9 of the whole stack at various moments of a cancellation. The provider lives on in the test's own process;
 * after a new start on the same data everything ends right, and the provider has acted once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setCallbackUrl } from '../../simulators/dropbox-sign/set-callback-url.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { eventually, temporaryDirectory } from '../local-stack/assembly.ts';
import { killMentioning, processesMentioning } from '../local-stack/processes.ts';
import { type Client, openClient } from './client.ts';
import { filesHolding } from './files-holding.ts';
import { newSecret, providers, quickSettings } from './rescind.ts';
import { untilState } from './waiting.ts';

const dataDir = temporaryDirectory();
const apiKey = newSecret();
const secrets = new Set([apiKey]);
let simulators: Simulators;
let client: Client;
let running: ChildProcess;
let port = '0';

/** In a process group of its own, which dies as one. @returns the gateway's URL */
const start = async (...args: string[]): Promise<string> => {
  const { PATH, HOME } = process.env;
  const environment = {
    ...quickSettings,
    RECOVERY_SECONDS: '1',
    SIMULATORS: 'off',
    DATA_DIR: dataDir,
    PORT: port,
  };
  running = spawn('node', [join(import.meta.dirname, 'run-stack.ts'), ...args], {
    env: { PATH, HOME, ...environment, ...simulators.baseUrls, RESCIND_API_KEY: apiKey },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  running.stdout?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [, url = ''] = await eventually(() => /rescind ready (\S+)\n/.exec(said), 30_000);
  return url;
};
const kill = async (): Promise<void> => {
  if (running.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
  await eventually(() => processesMentioning(dataDir).length === 0, 10_000);
};

beforeAll(async () => {
  simulators = await startSimulators({ port: 0 });
  const url = await start();
  port = new URL(url).port;
  client = await openClient({ url, key: apiKey, secrets });
});
afterAll(async () => {
  killMentioning(dataDir);
  await simulators?.close();
});

interface Target {
  readonly provider: (typeof providers)[number];
  readonly accountId: string;
  readonly providerRequestId: string;
}
interface Asked extends Target {
  /** Null when the answer was lost with the stack. */
  readonly accepted: Promise<{ readonly status: number; readonly id: string } | null>;
}

/** With an account of its own, so that what is called for the others does not slow it down. */
const prepare = async (provider: Target['provider']): Promise<Target> => {
  const [accountId, api_key] = [`${provider}-${randomUUID()}`, newSecret()];
  secrets.add(api_key);
  const account = await client.call('putAccount', {
    path: { account_id: accountId },
    body: { provider, credentials: { api_key } },
  });
  if (provider === 'dropbox-sign') await setCallbackUrl(simulators, api_key, account.body.webhook_url);
  const { id: providerRequestId } = simulators.control[provider].seed({ key: api_key });
  return { provider, accountId, providerRequestId };
};

const post = async ({ accountId, providerRequestId }: Target) => {
  const body = { account_id: accountId, provider_request_id: providerRequestId };
  const answer = await client.call('createCancellation', { body });
  return { status: answer.status, id: answer.body.id };
};

/** All at once. */
const askAll = async (): Promise<readonly Asked[]> => {
  const targets = await Promise.all(providers.map(prepare));
  return targets.map((target) => ({ ...target, accepted: post(target).catch(() => null) }));
};

/** @param kills how often the stack was killed meanwhile */
const endsRightAndOnce = async (asked: Asked, kills: number): Promise<void> => {
  const { provider, providerRequestId, accepted } = asked;
  // Whoever got no answer asks again; whoever got one only looks.
  const { status, id } = (await accepted) ?? (await post(asked));
  expect([200, 202]).toContain(status);
  const { cancellation } = await untilState(client, id, 'confirmed');
  const control = simulators.control[provider];
  const calls = control.calls({ operation: 'cancel', requestId: providerRequestId });
  expect(calls.filter((call) => call.status === 200)).toHaveLength(1);
  // With each death a call may be missing from the record, or on record and not made.
  expect(cancellation.attempts).toBeLessThanOrEqual(calls.length + kills);
  expect(control.request(providerRequestId)?.status).toMatch(/^(cancelled|deleted)$/);
};

test.each([5, 30, 50, 70, 90, 120, 160, 330])('after %i ms', async (ms) => {
  const asked = await askAll();
  await sleep(ms);
  await kill();
  await start(join(dataDir, 'cdk.out'));
  for (const each of asked) await endsRightAndOnce(each, 1);
});

test('after the act of the provider, before anybody has read its answer', async () => {
  for (const provider of providers)
    simulators.control[provider].set({ faults: [{ on: 'cancel', do: 'hang_after' }] });
  const asked = await askAll();
  const calls = () =>
    asked.flatMap(({ provider, providerRequestId: requestId }) =>
      simulators.control[provider].calls({ operation: 'cancel', requestId }),
    );
  await eventually(() => calls().length === asked.length);
  await kill();
  await start(join(dataDir, 'cdk.out'));
  for (const each of asked) {
    const { id = '' } = (await each.accepted) ?? {};
    // A callback that is repeated after the restart may be faster than the look.
    const { cancellation } = await untilState(client, id, 'confirmed');
    expect(each.provider === 'dropbox-sign' ? ['poll', 'webhook'] : ['poll']).toContain(
      cancellation.confirmed_by,
    );
  }
  // None was repeated.
  expect(calls().map(({ status }) => status)).toEqual([0, 0]);
});

test('again and again in the middle of one cancellation, then started as usual', async () => {
  const asked = await askAll();
  for (const ms of [60, 800, 1_600]) {
    await sleep(ms);
    await kill();
    await start(join(dataDir, 'cdk.out'));
  }
  await kill();
  await start();
  for (const each of asked) await endsRightAndOnce(each, 4);
  expect(filesHolding(secrets, dataDir)).toEqual([]);
});
