/**
 * One run: cancellations are asked for while processes are killed, AWS fails on the wire, one provider is down and signers
 * sign. Then everything is held against the simulated providers' own records.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProviderName, providerNames } from '../../shared/providers/registry.ts';
import type { SettingName } from '../../shared/settings.ts';
import { filesHolding } from '../integration/end-to-end/files-holding.ts';
import { type Simulators, startSimulators } from '../simulators/server.ts';
import { type ChaosAccount, newSecret, openAccount } from './accounts.ts';
import { type DeadLetter, ownFailures, readDeadLetters } from './dead-letters.ts';
import { diceFor } from './dice.ts';
import { type Machine, startMachine } from './machine.ts';
import { type Accepted, type PatientClient, patientClient } from './patient-client.ts';
import { accountsPerProvider, type PlannedKill, planFor, type Size, type Tenant, type Wish } from './plan.ts';
import { type Ended, type Finding, isUndecidable, judge, strayCancels, truthOf } from './verdict.ts';
import type { WireFault } from './wire-faults.ts';

export interface Report {
  readonly size: Size;
  readonly down: ProviderName;
  readonly accepted: number;
  /** By the state that it is in at the end. */
  readonly states: Readonly<Record<string, number>>;
  /** Whatever is not as promised. A run is good if there is none. */
  readonly findings: readonly Finding[];
  /** What else is wrong: secrets, dead letters, another tenant's things. */
  readonly breaches: readonly string[];
  /** Those that a failure of Rescind's own made are breaches. */
  readonly deadLetters: number;
  /** At OKdokument, of which nobody can tell what became. */
  readonly undecidable: number;
  readonly cancelCalls: number;
  /** Requests that were sent more than one cancel, of which one took effect at most. */
  readonly repeatedCancels: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly wireCalls: Readonly<Record<'dynamodb' | 'sqs', number>>;
  readonly wireFaults: Readonly<Record<'dynamodb' | 'sqs', Readonly<Record<WireFault, number>>>>;
  readonly clientCalls: Readonly<Record<string, number>>;
  readonly signersActed: number;
  readonly callsWhileDown: number;
  /** From the begin to the last answer that accepted a wish, and to the last final state. */
  readonly lastAcceptedMs: number;
  readonly lastFinalMs: number;
}

/** Times that let a run end within minutes, each as far above the next as in production. */
const settings = {
  CONFIRMATION_WINDOW_SECONDS: '20',
  SWEEP_INTERVAL_SECONDS: '2',
  RECOVERY_SECONDS: '12',
  RETRY_BASE_MS: '200',
  RETRY_CAP_MS: '5000',
  PROVIDER_TIMEOUT_MS: '1500',
} as const satisfies Partial<Record<SettingName, string>>;
const visibilitySeconds = 30;

const usualTrouble = 0.03;
const stormTrouble = 0.4;
const patienceMs = 150_000;
/** Requests that nobody asks to cancel: of each account one that Rescind knows, and one that it has never heard of. */
const untouchedKinds = ['known', 'unheard'] as const;

export const runChaos = async (size: Size, say: (line: string) => void): Promise<Report> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'rescind-chaos-'));
  const simulators = await startSimulators({ port: 0 });
  const keys = { first: newSecret(), second: newSecret() };
  const secrets = new Set(Object.values(keys));
  const machine = await startMachine({
    dataDir,
    environment: {
      ...settings,
      ...simulators.baseUrls,
      RESCIND_API_KEY: keys.first,
      RESCIND_SECOND_API_KEY: keys.second,
    },
    visibilitySeconds,
    dice: diceFor(size.seed, 'wire'),
  });
  // Kept unless all is well: also when the run itself breaks off.
  let kept = true;
  try {
    const clients = {
      first: patientClient(machine.url, keys.first, secrets),
      second: patientClient(machine.url, keys.second, secrets),
    };
    const report = await disturb({ size, say, dataDir, simulators, machine, clients, secrets });
    kept = report.findings.length + report.breaches.length > 0;
    return report;
  } finally {
    await machine.close();
    await simulators.close();
    if (kept) say(`data and logs are kept in ${dataDir}`);
    else await rm(dataDir, { recursive: true, force: true });
  }
};

interface Stage {
  readonly size: Size;
  readonly say: (line: string) => void;
  readonly dataDir: string;
  readonly simulators: Simulators;
  readonly machine: Machine;
  readonly clients: Readonly<Record<Tenant, PatientClient>>;
  readonly secrets: Set<string>;
}

interface Asked {
  readonly wish: Wish;
  readonly providerRequestId: string;
  readonly accepted: Accepted;
}

const disturb = async (stage: Stage): Promise<Report> => {
  const { size, say, simulators, machine } = stage;
  const plan = planFor(size);
  const { okdokument, ...others } = simulators.control;
  // Callbacks that failed come again within seconds.
  for (const control of Object.values(others)) control.set({ time_scale: 0.01 });
  // What is signed could otherwise be deleted still, and would then be both.
  okdokument.set({ delete_of_signed: '400' });
  const accounts = await openAccounts(stage);
  const untouched = await seedUntouched(stage, accounts);
  say(`${accounts.length} accounts; ${plan.outage.provider} is down for ${size.outageMs / 1_000} s`);

  const begun = Date.now();
  const signers = { acted: 0 };
  const timers = [
    ...plan.storms.flatMap(({ fromMs, toMs }) => [
      setTimeout(() => machine.setTrouble(stormTrouble), fromMs),
      setTimeout(() => machine.setTrouble(usualTrouble), toMs),
    ]),
    setTimeout(() => setDown(simulators, plan.outage.provider, true), plan.outage.fromMs),
    setTimeout(() => setDown(simulators, plan.outage.provider, false), plan.outage.toMs),
  ];
  machine.setTrouble(usualTrouble);
  const [asked, kills] = await Promise.all([
    Promise.all(plan.wishes.map((wish) => ask(stage, accounts, wish, signers))),
    killAll(stage, plan.kills, begun),
  ]);
  say(`all ${asked.length} accepted after ${seconds(Date.now() - begun)}, ${size.kills} kills done`);
  await sleep(Math.max(0, begun + plan.outage.toMs + 100 - Date.now()));
  await untilSettled(stage, asked);
  for (const timer of timers) clearTimeout(timer);
  machine.setTrouble(0);
  return report(stage, { plan, asked, kills, untouched, begun, signersActed: signers.acted });
};

const openAccounts = async ({ size, clients, simulators, secrets }: Stage) => {
  const each = accountsPerProvider(Math.ceil(size.cancellations / providerNames.length));
  const wanted = (['first', 'second'] as const).flatMap((tenant) =>
    providerNames.flatMap((provider) =>
      // The same names for both tenants.
      Array.from({ length: each }, (_, n) => ({ tenant, provider, n })),
    ),
  );
  const opened: (ChaosAccount & { readonly tenant: Tenant })[] = [];
  for (const { tenant, provider, n } of wanted) {
    const account = await openAccount(clients[tenant], simulators, provider, `${provider}-${n}`, secrets);
    opened.push({ ...account, tenant });
  }
  return opened;
};
type Accounts = Awaited<ReturnType<typeof openAccounts>>;

const seedAt = ({ simulators }: Stage, { provider, key, webhookUrl }: ChaosAccount): string =>
  simulators.control[provider].seed({ key, callback_url: webhookUrl }).id;

interface Untouched {
  readonly tenant: Tenant;
  readonly provider: ProviderName;
  readonly providerRequestId: string;
  /** Null: Rescind has never heard of it. */
  readonly id: string | null;
}

const seedUntouched = async (stage: Stage, accounts: Accounts): Promise<readonly Untouched[]> => {
  const untouched: Untouched[] = [];
  for (const account of accounts) {
    for (const kind of untouchedKinds) {
      const { tenant, provider, accountId } = account;
      const providerRequestId = seedAt(stage, account);
      const id =
        kind === 'known' ? await stage.clients[tenant].importRequest(accountId, providerRequestId) : null;
      untouched.push({ tenant, provider, providerRequestId, id });
    }
  }
  return untouched;
};

const setDown = ({ control }: Simulators, provider: ProviderName, down: boolean): void => {
  control[provider].set({ faults: down ? [{ on: 'any', do: 'status', status: 503, times: 0 }] : [] });
};

const ask = async (
  stage: Stage,
  accounts: Accounts,
  wish: Wish,
  signers: { acted: number },
): Promise<Asked> => {
  const { simulators, clients } = stage;
  const account = accounts.find(
    ({ tenant, provider, accountId }) =>
      tenant === wish.tenant && provider === wish.provider && accountId === `${provider}-${wish.account}`,
  );
  if (account === undefined) throw new Error(`no account ${wish.account} at ${wish.provider}`);
  await sleep(wish.atMs);
  const control = simulators.control[wish.provider];
  const providerRequestId = seedAt(stage, account);
  control.override(providerRequestId, wish.behaviour);
  const { signer } = wish;
  const sign = () => {
    if (signer === null || truthOf(control, providerRequestId) !== 'open') return;
    control.act(providerRequestId, signer.action);
    signers.acted += 1;
  };
  const isEarly = signer !== null && signer.afterMs < 0 && wish.provider !== 'okdokument';
  if (isEarly) {
    sign();
    await sleep(-signer.afterMs);
  }
  const accepting = clients[wish.tenant].cancel(account.accountId, providerRequestId, 'Superseded');
  if (wish.provider === 'okdokument') await accepting;
  if (!isEarly && signer !== null) setTimeout(sign, Math.max(0, signer.afterMs));
  const accepted = await accepting;
  return { wish, providerRequestId, accepted };
};

/** One after the other: while the stack starts there is nothing to kill. */
const killAll = async (
  { machine, size, say }: Stage,
  kills: readonly PlannedKill[],
  begun: number,
): Promise<Readonly<Record<string, number>>> => {
  const dice = diceFor(size.seed, 'victims');
  const done: Record<string, number> = {};
  const count = (what: string) => {
    done[what] = (done[what] ?? 0) + 1;
  };
  for (const { atMs, what } of kills) {
    await sleep(Math.max(0, begun + atMs - Date.now()));
    if (what === 'function') {
      let killed = machine.killFunction(dice);
      for (; killed === null; killed = machine.killFunction(dice)) await sleep(20);
      count(killed);
    } else {
      await machine.killStack(what === 'stack_and_services');
      count(what);
      say(`killed and restarted: ${what}, at ${seconds(Date.now() - begun)}`);
    }
  }
  return done;
};

/** Until each has ended, or for as long as patience lasts. */
const untilSettled = async ({ clients, say }: Stage, asked: readonly Asked[]): Promise<void> => {
  const wanted = new Set(asked.map(({ accepted }) => accepted.id));
  let said = -1;
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(1_000)) {
    const all = (await Promise.all([clients.first.list(), clients.second.list()])).flat();
    const settled = new Set(
      all.filter(({ cancellation }) => isSettled(cancellation?.state)).map(({ id }) => id),
    );
    const open = [...wanted].filter((id) => !settled.has(id)).length;
    if (open === 0) return;
    if (Math.abs(open - said) >= 10) {
      say(`${open} have not ended yet`);
      said = open;
    }
  }
};

/** Given up is an end too: nothing more is tried. */
const isSettled = (state: string | undefined): boolean =>
  state === 'confirmed' || state === 'rejected' || state === 'failed';

interface Outcome {
  readonly plan: ReturnType<typeof planFor>;
  readonly asked: readonly Asked[];
  readonly kills: Readonly<Record<string, number>>;
  readonly untouched: readonly Untouched[];
  readonly begun: number;
  readonly signersActed: number;
}

const report = async (stage: Stage, outcome: Outcome): Promise<Report> => {
  const { size, simulators, machine, clients } = stage;
  const { asked, begun, plan } = outcome;
  const ended = await inGroups(asked, (one) => read(clients, one));
  const findings = ended.flatMap((one) => judge(one, simulators.control[one.provider]));
  const states: Record<string, number> = {};
  for (const { view } of ended) {
    const state = view?.cancellation?.state ?? 'none';
    states[state] = (states[state] ?? 0) + 1;
  }
  const cancels = asked.map(
    ({ wish, providerRequestId: requestId }) =>
      simulators.control[wish.provider].calls({ operation: 'cancel', requestId }).length,
  );
  const outage = { from: begun + plan.outage.fromMs, to: begun + plan.outage.toMs };
  const dead = await readDeadLetters(machine.endpoints().sqs);
  const breaches = [...(await strangersTouched(stage, outcome)), ...leftovers(stage, ended, dead)];
  const met = [...clients.first.met, ...clients.second.met];
  return {
    size,
    down: plan.outage.provider,
    accepted: asked.length,
    states,
    findings,
    breaches,
    deadLetters: dead.letters.length,
    undecidable: ended.filter((one) =>
      isUndecidable(one, truthOf(simulators.control[one.provider], one.providerRequestId)),
    ).length,
    cancelCalls: cancels.reduce((sum, count) => sum + count, 0),
    repeatedCancels: cancels.filter((count) => count > 1).length,
    kills: outcome.kills,
    wireCalls: { dynamodb: machine.proxies.dynamodb.counts.calls, sqs: machine.proxies.sqs.counts.calls },
    wireFaults: {
      dynamodb: machine.proxies.dynamodb.counts.injected,
      sqs: machine.proxies.sqs.counts.injected,
    },
    clientCalls: sums(met),
    signersActed: outcome.signersActed,
    callsWhileDown: simulators.control[plan.outage.provider]
      .calls()
      .filter(({ at }) => Date.parse(at) >= outage.from && Date.parse(at) < outage.to).length,
    lastAcceptedMs: Math.max(...asked.map(({ accepted }) => accepted.at)) - begun,
    lastFinalMs: Math.max(...ended.map(settledAt)) - begun,
  };
};

const sums = (counts: readonly (readonly [number, number])[]): Readonly<Record<string, number>> => {
  const summed: Record<string, number> = {};
  for (const [name, count] of counts) summed[name] = (summed[name] ?? 0) + count;
  return summed;
};

const read = async (
  clients: Stage['clients'],
  { wish, providerRequestId, accepted }: Asked,
): Promise<Ended> => {
  const client = clients[wish.tenant];
  const view = await client.get(accepted.id);
  const history = view === null ? [] : await client.history(accepted.id);
  return { provider: wish.provider, providerRequestId, view, history };
};

const settledAt = ({ history, view }: Ended): number =>
  Date.parse(history.findLast(({ to }) => to === view?.cancellation?.state)?.at ?? '') || 0;

/** What nobody asked to cancel is as it was, and each tenant sees its own alone. */
const strangersTouched = async (
  { clients, simulators }: Stage,
  { asked, untouched }: Outcome,
): Promise<readonly string[]> => {
  const breaches: string[] = [];
  const ids = new Set(asked.map(({ providerRequestId }) => providerRequestId));
  for (const [provider, control] of Object.entries(simulators.control))
    for (const stray of strayCancels(control, ids)) breaches.push(`a cancel at ${provider} for ${stray}`);
  for (const { tenant, provider, providerRequestId, id } of untouched) {
    if (truthOf(simulators.control[provider], providerRequestId) !== 'open')
      breaches.push(`${provider} ${providerRequestId} is no longer open`);
    if (id !== null && (await clients[tenant].get(id))?.cancellation !== null)
      breaches.push(`${id} has a cancellation that nobody asked for`);
  }
  const own = (tenant: Tenant): ReadonlySet<string> =>
    new Set([
      ...asked.filter(({ wish }) => wish.tenant === tenant).map(({ accepted }) => accepted.id),
      ...untouched.filter((one) => one.tenant === tenant).map(({ id }) => id ?? ''),
    ]);
  for (const [tenant, other] of [
    ['first', 'second'],
    ['second', 'first'],
  ] as const) {
    const mine = own(tenant);
    for (const { id } of await clients[tenant].list())
      if (!mine.has(id)) breaches.push(`the ${tenant} tenant is shown ${id}`);
    for (const id of [...own(other)].filter(Boolean).slice(0, 20))
      if ((await clients[tenant].get(id)) !== null) breaches.push(`the ${tenant} tenant can read ${id}`);
  }
  return breaches;
};

/** Secrets where none may stand, and dead letters that a failure of Rescind's own made. */
const leftovers = (
  { dataDir, secrets, machine }: Stage,
  ended: readonly Ended[],
  { queues, letters }: Awaited<ReturnType<typeof readDeadLetters>>,
): readonly string[] => {
  const printed = machine.printed();
  const own = ownFailures(join(dataDir, 'logs', 'rescind.jsonl'));
  return [
    ...filesHolding(secrets, dataDir).map((path) => `a secret stands in ${path}`),
    ...([...secrets].some((secret) => printed.includes(secret)) ? ['a secret was printed'] : []),
    // A search that finds nothing anywhere, or in no queue, would be content too.
    ...(filesHolding(secrets, join(dataDir, 'secrets')).length === 0
      ? ['no secret in the secret store']
      : []),
    ...(queues === providerNames.length + 1 ? [] : [`${queues} dead-letter queues`]),
    ...letters
      .map((letter) => ({ letter, about: ended.find(({ view }) => isAbout(letter, view?.id)) }))
      .filter(({ about }) => own.crashed || own.requests.has(about?.view?.id ?? ''))
      .map(({ letter, about }) => describe(letter, about)),
  ];
};

const isAbout = ({ body }: DeadLetter, id: string | undefined): boolean =>
  id !== undefined && body.includes(id);

const describe = ({ queue, body }: DeadLetter, about: Ended | undefined): string =>
  `a dead letter in ${queue}: ${body} (${about?.view?.cancellation?.state ?? 'about nothing known'})`;

const inGroups = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const done: R[] = [];
  for (let start = 0; start < items.length; start += 10)
    done.push(...(await Promise.all(items.slice(start, start + 10).map(work))));
  return done;
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
