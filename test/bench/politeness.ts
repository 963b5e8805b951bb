/**
 * `npm run bench:politeness`: 500 cancellations at once over five accounts, one at each provider, while one provider is
 * down for the first minute. Prints when each account was done, and the busiest minute that each provider saw.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalStack } from '../../infra/local/local-stack.ts';
import { simulatedAccounts } from '../../infra/local/simulated-accounts.ts';
import { providerNames, providers } from '../../shared/providers/registry.ts';

const each = 100;
const down = 'dropbox-sign';
const outageMs = 60_000;
const patienceMs = 15 * 60_000;
const apiKey = 'bench-key-for-this-machine-only';
const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };

const dataDir = await mkdtemp(join(tmpdir(), 'rescind-politeness-'));
/** Request ids that are confirmed, and when, from the log: asking the API would load what is measured. */
const confirmed = new Map<string, number>();
const stack = await startLocalStack({
  environment: { PORT: '0', SIMULATOR_PORT: '0', DATA_DIR: dataDir, RESCIND_API_KEY: apiKey },
  print: (line) => {
    const id = / transition .*\bid=(sr_[0-9a-f]{32}) .*\bto=confirmed\b/.exec(line)?.[1];
    if (id !== undefined) confirmed.set(id, Date.now());
  },
});
const controls = stack.simulators?.control;
if (controls === undefined) throw new Error('the simulated providers are needed');

const post = async (provider: string, providerRequestId: string): Promise<string> => {
  const body = { account_id: provider, provider_request_id: providerRequestId, reason: 'Superseded' };
  const response = await fetch(`${stack.url}/v1/cancellations`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (response.status !== 202) throw new Error(`answered ${response.status}`);
  return String(((await response.json()) as { id: unknown }).id);
};

const started = Date.now();
controls[down].set({ faults: [{ on: 'any', do: 'status', status: 503, times: 0 }] });
setTimeout(() => controls[down].set({ faults: [] }), outageMs);
const asked = new Map<string, string[]>();
for (let n = 0; n < each; n += 1) {
  await Promise.all(
    providerNames.map(async (provider) => {
      const key = simulatedAccounts.find((account) => account.provider === provider)?.key ?? '';
      const { id } = controls[provider].seed({ key });
      asked.set(provider, [...(asked.get(provider) ?? []), await post(provider, id)]);
    }),
  );
}
const accepted = (Date.now() - started) / 1000;
while (confirmed.size < each * providerNames.length && Date.now() - started < patienceMs) await sleep(500);

process.stdout.write(
  `accepted ${each * providerNames.length} in ${accepted.toFixed(1)} s; ${down} down for ${outageMs / 1000} s\n`,
);
for (const provider of providerNames) {
  const times = (asked.get(provider) ?? []).flatMap((id) => confirmed.get(id) ?? []);
  const done = times.length === 0 ? Number.NaN : (Math.max(...times) - started) / 1000;
  const calls = controls[provider].calls();
  const busiest = (operation: string) => {
    const at = calls.filter((call) => call.operation === operation).map((call) => Date.parse(call.at));
    return Math.max(0, ...at.map((from) => at.filter((time) => time >= from && time < from + 60_000).length));
  };
  process.stdout.write(
    `${provider.padEnd(14)} confirmed ${times.length}, the last after ${done.toFixed(0)} s; busiest minute: ` +
      `${busiest('cancel')} cancels (limit ${providers[provider].limits.cancel.perMinute}), ${busiest('read')} reads\n`,
  );
}
await stack.close();
await rm(dataDir, { recursive: true, force: true });
process.exit(confirmed.size === each * providerNames.length ? 0 : 1);
