/**
 * Kill -9 of the whole stack at various moments of a cancellation. The provider lives on in the test's own process;
 * after a new start on the same data everything ends right, and the provider has acted once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { eventually, temporaryDirectory } from '../local-stack/assembly.ts';
import { killMentioning, processesMentioning } from '../local-stack/processes.ts';
import { filesHolding } from './afterwards.ts';
import { type Client, openClient } from './client.ts';
import { newSecret, providers, quickSettings, setCallbackUrl } from './rescind.ts';
import { untilState } from './waiting.ts';

const dataDir = temporaryDirectory();
const keys = { client: newSecret(), 'dropbox-sign': newSecret(), okdokument: newSecret() };
const secrets = new Set(Object.values(keys));
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
    env: { PATH, HOME, ...environment, ...simulators.baseUrls, RESCIND_API_KEY: keys.client },
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
  client = await openClient({ url, key: keys.client, secrets });
  for (const provider of providers) {
    const body = { provider, credentials: { api_key: keys[provider] } };
    const account = await client.call('putAccount', { path: { account_id: provider }, body });
    if (provider === 'dropbox-sign')
      await setCallbackUrl(simulators, keys[provider], account.body.webhook_url);
  }
});
afterAll(async () => {
  killMentioning(dataDir);
  await simulators?.close();
});

type ProviderName = (typeof providers)[number];

interface Asked {
  readonly provider: ProviderName;
  readonly providerRequestId: string;
  /** Null when the answer was lost with the stack. */
  readonly accepted: Promise<{ readonly status: number; readonly id: string } | null>;
}

const post = async (provider: ProviderName, providerRequestId: string) => {
  const body = { account_id: provider, provider_request_id: providerRequestId };
  const answer = await client.call('createCancellation', { body });
  return { status: answer.status, id: answer.body.id };
};
const ask = (provider: ProviderName): Asked => {
  const { id: providerRequestId } = simulators.control[provider].seed({ key: keys[provider] });
  return { provider, providerRequestId, accepted: post(provider, providerRequestId).catch(() => null) };
};

/** @param kills how often the stack was killed meanwhile */
const endsRightAndOnce = async (
  { provider, providerRequestId, accepted }: Asked,
  kills: number,
): Promise<void> => {
  // Whoever got no answer asks again; whoever got one only looks.
  const { status, id } = (await accepted) ?? (await post(provider, providerRequestId));
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
  const asked = providers.map(ask);
  await sleep(ms);
  await kill();
  await start(join(dataDir, 'cdk.out'));
  for (const each of asked) await endsRightAndOnce(each, 1);
});

test('after the act of the provider, before anybody has read its answer', async () => {
  for (const provider of providers)
    simulators.control[provider].set({ faults: [{ on: 'cancel', do: 'hang_after' }] });
  const asked = providers.map(ask);
  const calls = () =>
    asked.flatMap(({ provider, providerRequestId: requestId }) =>
      simulators.control[provider].calls({ operation: 'cancel', requestId }),
    );
  await eventually(() => calls().length === asked.length);
  await kill();
  await start(join(dataDir, 'cdk.out'));
  for (const each of asked) {
    const { id = '' } = (await each.accepted) ?? {};
    expect((await untilState(client, id, 'confirmed')).cancellation.confirmed_by).toBe('poll');
  }
  // None was repeated.
  expect(calls().map(({ status }) => status)).toEqual([0, 0]);
});

test('again and again in the middle of one cancellation, then started as usual', async () => {
  const asked = providers.map(ask);
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
