/** A steady rate of cancellations for minutes: what it takes, whether each ends right, and what becomes of the memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProviderName, providerNames } from '../../../shared/providers/registry.ts';
import { judge } from '../../chaos/verdict.ts';
import type { LoadClient, Wish } from './client.ts';
import { mean, openLoop, percentile } from './open-loop.ts';
import type { Memory } from './stack-process.ts';

/** The last third of the run may use so much more memory than the first. */
const mostGrowth = 1.15;
const sampleMs = 2_000;
/** Until processes that nobody needs any more are gone, and those that stay have compiled their code. */
const settlingMs = 80_000;
const accountsEach = 20;
const patienceMs = 90_000;

interface Arrival {
  readonly dueAt: number;
  readonly acceptedAt: number;
  readonly wish: Wish;
}

/** @returns whether all ended right and the memory was flat */
export const steady = async (
  client: LoadClient,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  print: (line: string) => void,
): Promise<boolean> => {
  const accounts = new Map<ProviderName, readonly string[]>();
  for (const provider of providerNames)
    accounts.set(provider, await client.openAccounts(provider, accountsEach, `steady-${provider}`));
  const arrivals: Arrival[] = [];
  const failures: string[] = [];
  const samples: Memory[] = [];
  const sampling = setInterval(() => samples.push(client.stack.memory()), sampleMs);
  let next = 0;
  await openLoop(perSecond, seconds, async (dueAt) => {
    const provider = providerNames[next % providerNames.length] ?? 'dropbox-sign';
    const names = accounts.get(provider) ?? [];
    const accountId = names[Math.floor(next / providerNames.length) % names.length] ?? '';
    next += 1;
    try {
      const wish = await client.cancel(provider, accountId);
      arrivals.push({ dueAt, acceptedAt: Date.now(), wish });
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  });
  clearInterval(sampling);
  print(`\nsteady: ${perSecond}/s for ${seconds} s, ${next} asked for, ${arrivals.length} accepted`);
  for (const failure of new Set(failures)) print(`not accepted: ${failure}`);
  const complete = await completeness(client, arrivals, print);
  return [memoryIsFlat(samples, print), complete, failures.length === 0].every(Boolean);
};

const completeness = async (
  client: LoadClient,
  arrivals: readonly Arrival[],
  print: (line: string) => void,
): Promise<boolean> => {
  const wanted = new Set(arrivals.map(({ wish }) => wish.id));
  let views = await client.list();
  const isOpen = ({ id, cancellation }: (typeof views)[number]) =>
    wanted.has(id) && cancellation?.state !== 'confirmed';
  for (const end = Date.now() + patienceMs; views.some(isOpen) && Date.now() < end; await sleep(2_000))
    views = await client.list();
  const byId = new Map(views.map((view) => [view.id, view]));
  const wrong: string[] = [];
  const toConfirm: number[] = [];
  for (const { dueAt, wish } of arrivals) {
    const view = byId.get(wish.id);
    if (view === undefined) {
      wrong.push(`${wish.id} is not listed`);
      continue;
    }
    const control = client.simulators.control[wish.provider];
    for (const { fault, about, detail } of judge(await client.ended(wish, view), control))
      wrong.push(`${fault} ${about}: ${detail}`);
    const at = view.cancellation?.confirmed_at;
    if (at != null) toConfirm.push(Date.parse(at) - dueAt);
  }
  const toAccept = arrivals.map(({ dueAt, acceptedAt }) => acceptedAt - dueAt);
  const shown = (times: readonly number[]) =>
    `p50 ${percentile(times, 0.5).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms`;
  print(`to accept, from when it was due: ${shown(toAccept)}`);
  print(`to confirm, from when it was due: ${shown(toConfirm)}`);
  print(`confirmed ${toConfirm.length} of ${arrivals.length}; not as promised: ${wrong.length}`);
  for (const line of wrong.slice(0, 20)) print(`  ${line}`);
  return wrong.length === 0 && toConfirm.length === arrivals.length;
};

const memoryIsFlat = (all: readonly Memory[], print: (line: string) => void): boolean => {
  // Of a run that is shorter than it takes to settle, what there is.
  const settled = Math.min(settlingMs / sampleMs, Math.floor(all.length / 2));
  const samples = all.slice(settled);
  const third = Math.ceil(samples.length / 3);
  const compare = (name: string, of: (sample: Memory) => number): boolean => {
    const [first, last] = [mean(samples.slice(0, third).map(of)), mean(samples.slice(-third).map(of))];
    const growth = last / first;
    print(
      `memory of ${name}, after ${(settled * sampleMs) / 1_000} s: ${first.toFixed(0)} MB in the first third, ${last.toFixed(0)} MB in the last (${growth.toFixed(2)}, at most ${mostGrowth})`,
    );
    return growth <= mostGrowth;
  };
  const isFlat = [
    compare('the stack', ({ stack }) => stack),
    compare('one process of a function', ({ functions }) => mean(functions)),
  ];
  const counts = samples.map(({ functions }) => functions.length);
  print(`function processes: ${Math.min(...counts)} to ${Math.max(...counts)}`);
  return isFlat.every(Boolean);
};
