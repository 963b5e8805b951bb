/** One run's world: the table, the queues, the providers, the functions' processes, and the clock that they all follow. */
import { createHash } from 'node:crypto';
import {
  type AccountId,
  type AccountUid,
  deriveRequestId,
  type Instant,
  type ProviderRequestId,
  type Tenant,
  type WebhookToken,
} from '../../shared/domain/ids.ts';
import type { Handlers, OperationsOf, Request, Response } from '../../shared/http/exchange.ts';
import { asProblem } from '../../shared/http/failure.ts';
import { Problem, problemTypes } from '../../shared/http/problem.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { table } from '../../shared/store/table.ts';
import { Chance } from './chance.ts';
import { clientPool } from './clients.ts';
import { Faults } from './faults.ts';
import {
  type Api,
  type Dispatcher,
  logOf,
  type Surroundings,
  startApi,
  startDispatcher,
  startSweep,
  startWebhook,
  tableName,
  type Webhook,
} from './functions.ts';
import { type CrashPoint, type Machine, Trouble } from './machine.ts';
import { type Message, messageQueues } from './messages.ts';
import { models } from './providers/models.ts';
import type { Callback, Site, SiteAccount, SiteDocument } from './providers/site.ts';
import { Rules } from './rules.ts';
import type { Scenario } from './scenario.ts';
import { MemoryDynamoDB } from './store/memory-dynamodb.ts';
import { Timeline } from './timeline.ts';
import { externalIdAttribute } from './wishes.ts';

/** 2027-01-15T08:00:00Z: any time would do. */
export const startOfTime = 1_800_000_000_000;
/** As deployed: once a minute. */
export const sweepIntervalMs = 60_000;
/** Dropbox Sign's index, and a pause of its account: what may be there is looked for, past the deadline if need be. */
const longestSettleMs = 600_000 + 1.1 * 3_600_000;
/** Lambda starts another process while those there are busy. */
const mostDispatchers = 3;

export interface WorldOptions {
  readonly crash?: CrashPoint;
  /** Faults that do not strike, by name. */
  readonly leftOut?: ReadonlySet<string>;
  readonly note?: (text: string) => void;
}

/** What a client sees of a call: an answer, or none. */
export type Answered = { readonly status: number; readonly body: unknown } | null;

export const openWorld = async (scenario: Scenario, options: WorldOptions = {}) => {
  const timeline = new Timeline(startOfTime);
  const chance = new Chance(scenario.seed ^ 0x5eed);
  const note = (text: string): void => options.note?.(`${stamp(timeline.now - startOfTime)} ${text}`);
  const faults = new Faults({
    chance,
    rates: scenario.faults,
    until: startOfTime + scenario.calmAt,
    leftOut: options.leftOut ?? new Set(),
    now: () => timeline.now,
  });
  const accounts = scenario.accounts.map(accountFor);
  for (const { account, id, exists } of scenario.documents) {
    const owner = accounts[account];
    if (owner !== undefined && exists) owner.documents.set(id, documentFor(owner, id));
  }
  const rules = new Rules({
    timeline,
    policy: scenario.policy,
    skewMs: scenario.skewMs,
    accounts,
    secrets: accounts.flatMap(({ credentials }) => Object.values(credentials)),
    note,
  });
  const sweeps = { nextAt: Number.POSITIVE_INFINITY, count: 0 };
  const memory = new MemoryDynamoDB({
    written(written) {
      rules.written(written);
      const { after } = written;
      const wake = after?.[table.due.sortKey]?.N;
      if (wake !== undefined && after?.[table.due.partitionKey]?.S !== 'failed') planSweep(Number(wake));
    },
    index: (apply) => {
      if (faults.strikes('index-lags')) timeline.after(chance.spread('lag', 10, 90_000), apply);
      else apply();
    },
  });
  const site: Site = {
    timeline,
    chance,
    faults,
    note,
    callBack: (document, event) => callBack(document, event),
    made: (document) => rules.made(document),
  };
  const takeClients = clientPool();
  const queues = messageQueues({
    timeline,
    chance,
    faults,
    note,
    workerFor: (provider) => dispatcherFor(provider),
    doubledUncounted(body) {
      for (const { account, id } of scenario.documents) {
        const owner = accounts[account];
        if (owner === undefined) continue;
        const derived = deriveRequestId(owner.tenant, owner.uid, id as ProviderRequestId);
        if (body.includes(derived)) rules.doubled(owner.uid, id);
      }
      for (const [key, { uid, prid }] of memory.items) {
        const [, id = 'none'] = /#(sr_\w+)\nhot$/.exec(key) ?? [];
        if (uid?.S && prid?.S && body.includes(id)) rules.doubled(uid.S, prid.S);
      }
    },
  });
  const surroundings: Surroundings = {
    scenario,
    timeline,
    chance,
    faults,
    skewMs: scenario.skewMs,
    crash: options.crash ?? null,
    waits: { count: 0 },
    note,
    table: memory,
    rules,
    accounts,
    network: {
      site,
      accounts,
      spells: scenario.spells,
      start: startOfTime,
      skewMs: scenario.skewMs,
      watcher: rules,
    },
    takeClients,
    sendMessage: (provider, body, delaySeconds) => queues.send(provider, body, delaySeconds),
  };

  const direct = takeClients({
    dynamoDB: async (command) => memory.execute(command),
    sqs: () => Promise.reject(new Error('not at the start')),
    secretsManager: () => Promise.reject(new Error('not at the start')),
  });
  const setUp = accountStore(direct.dynamoDB, tableName);
  for (const account of accounts) {
    const stored = {
      ...account,
      options: optionsOf(account),
      pausedUntil: null,
      pauseReason: null,
      trips: 0,
      nextFree: {},
      deleting: false,
      createdAt: startOfTime as Instant,
      updatedAt: startOfTime as Instant,
    };
    await setUp.createAccount(stored);
    await setUp.putHook(stored);
  }

  // Workers.

  const counts = { dispatch: 0, api: 0, webhook: 0 };
  const dispatchers = new Map<string, Dispatcher[]>();
  const dispatcherFor = (
    provider: string,
  ): ((messages: readonly Message[]) => Promise<readonly Message[]>) | null => {
    const all = (dispatchers.get(provider) ?? []).filter(({ machine }) => !machine.isDead);
    dispatchers.set(provider, all);
    const idle = all.filter(({ machine }) => !machine.isBusy);
    const another = all.length < mostDispatchers && (idle.length === 0 || chance.happens('cold start', 0.15));
    if (another) {
      counts.dispatch += 1;
      const fresh = startDispatcher(surroundings, `dispatch-${counts.dispatch}`);
      all.push(fresh);
      return fresh.handle;
    }
    return idle[chance.below('worker', idle.length)]?.handle ?? null;
  };

  const pools: { readonly api: Api[]; readonly webhook: Webhook[] } = { api: [], webhook: [] };
  const free = <P extends { readonly machine: Machine }>(pool: P[], fresh: () => P): P => {
    const idle = pool.find(({ machine }) => !machine.isDead && !machine.isBusy);
    if (idle !== undefined && !chance.happens('cold start', 0.15)) return idle;
    const started = fresh();
    pool.push(started);
    return started;
  };

  // Clients.

  /** One call of the API. Null: the client gets no answer, or one that it cannot read. */
  const callApi = <O extends OperationsOf<'api'>>(
    operation: O,
    given: Pick<Request<O>, 'path' | 'caller'> & {
      readonly body?: object;
      readonly query?: string;
      readonly prefer?: string;
      readonly key?: string;
    },
  ): Promise<Answered> => {
    const api = free(pools.api, () => {
      counts.api += 1;
      return startApi(surroundings, `api-${counts.api}`);
    });
    const { machine } = api;
    api.begin();
    const request: Request<O> = {
      operation,
      path: given.path,
      query: new URLSearchParams(given.query ?? ''),
      headers: {
        'content-type': 'application/json',
        prefer: given.prefer,
        'idempotency-key': given.key,
      },
      body: given.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(given.body)),
      requestId: 'simulated',
      remainingMs: machine.remainingMs,
      caller: given.caller,
      log: logOf(surroundings),
    };
    const handlers: Handlers<'api'> = api.operations;
    return answerOf(machine, () => handlers[operation](request));
  };

  /** @returns what comes back, or null after the longest that anybody waits for it */
  const answerOf = (machine: Machine, work: () => Promise<Response>): Promise<Answered> =>
    new Promise((resolve) => {
      timeline.after(30_000, () => resolve(null), false);
      const finish = (answered: Answered): void => {
        machine.isBusy = false;
        resolve(answered !== null && faults.strikes('lost-api-answer') ? null : answered);
      };
      work().then(
        ({ status, body }) => finish({ status, body: body ?? null }),
        (error: unknown) => {
          const isOurs = error instanceof Problem || error instanceof Trouble;
          if (!isOurs && asProblem(error).type === 'internal-error') {
            rules.broken('no function throws', error instanceof Error ? (error.stack ?? '') : String(error));
          }
          finish({ status: problemTypes[asProblem(error).type].status, body: null });
        },
      );
    });

  // Callbacks.

  const deliver = (token: string, { headers, body }: Callback, isForged = false): Promise<Answered> => {
    const webhook = free(pools.webhook, () => {
      counts.webhook += 1;
      return startWebhook(surroundings, `webhook-${counts.webhook}`);
    });
    const { machine } = webhook;
    webhook.begin();
    if (isForged) rules.forged.add(machine);
    else rules.forged.delete(machine);
    return answerOf(machine, () =>
      webhook.receive({
        operation: 'receiveWebhook',
        path: { token },
        query: new URLSearchParams(),
        headers,
        body: Buffer.from(body),
        requestId: 'simulated',
        remainingMs: machine.remainingMs,
        caller: null,
        log: logOf(surroundings),
      }),
    );
  };

  const callBack = (document: SiteDocument, event: string): void => {
    const { account } = document;
    if (faults.strikes('lost-callback')) {
      note(`callback ${event} lost`);
      return;
    }
    const callback = models[account.provider].callback(site, document, event, 'genuine');
    if (callback === null) return;
    const late = faults.strikes('late-callback') ? chance.spread('late callback', 1_000, 7_200_000) : 0;
    const copies = faults.strikes('doubled-callback') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const ms = late + chance.spread('callback', 5, 2_000);
      // A delivery that is late is signed late: what is signed tells the time of the attempt.
      const attempt = (retries: number): void => {
        const signed =
          account.provider === 'box-sign'
            ? models['box-sign'].callback(site, document, event, 'genuine')
            : callback;
        void deliver(account.webhookToken, signed ?? callback).then((answered) => {
          note(`callback ${event} ${document.id}: ${answered?.status ?? 'no answer'}`);
          // Ironclad's key must be fetched, which may fail or take too long: then it is refused, and comes again.
          const isKeyless = account.provider === 'ironclad';
          if (answered?.status === 401 && !isKeyless)
            rules.broken('a forged callback changes nothing', `a genuine ${event} was refused`);
          if (answered?.status !== 200 && retries > 0 && account.provider !== 'okdokument') {
            timeline.after(300_000, () => attempt(retries - 1));
          }
        });
      };
      timeline.after(ms, () => attempt(3));
    }
  };

  // The schedule.

  const planSweep = (wake: number): void => {
    const after = Math.max(wake, timeline.now + 1);
    const at = Math.ceil(after / sweepIntervalMs) * sweepIntervalMs;
    if (at >= sweeps.nextAt) return;
    sweeps.nextAt = at;
    timeline.after(at - timeline.now, () => runSweep(at), true);
  };

  /** A pass that would find nothing is left out: most of them would. */
  const runSweep = (at: number): void => {
    if (sweeps.nextAt !== at) return;
    sweeps.nextAt = Number.POSITIVE_INFINITY;
    planNext();
    if (faults.strikes('sweep-missed')) {
      note('the sweep does not run');
      return;
    }
    sweeps.count += 1;
    note('sweep');
    const { machine, run } = startSweep(surroundings, `sweep-${sweeps.count}`);
    void run().then((report) => {
      const sawAll = report !== null && !machine.isTroubled && scenario.faults['index-lags'] === undefined;
      if (sawAll) checkDeadlines(at);
      planNext();
    });
  };

  /** A pass that went well leaves nothing open that is past its deadline by more than the slack that it gives. */
  const checkDeadlines = (sweptAt: number): void => {
    const { deadlineMs, recoveryMs } = scenario.policy;
    const slack = 7 * recoveryMs + 2 * sweepIntervalMs + 2 * scenario.skewMs;
    for (const [key, { cancellation, creation }] of memory.items) {
      const tried = creation?.M?.['firstAttemptAt']?.N;
      const isQueued = creation?.M?.['state']?.S === 'queued' && tried !== undefined;
      if (isQueued && Number(tried) + deadlineMs + slack + longestSettleMs < sweptAt) {
        rules.broken(
          'a deadline is kept',
          `${key} is created ${sweptAt - Number(tried)} ms after its first attempt`,
        );
      }
      const state = cancellation?.M?.['state']?.S;
      const begun = cancellation?.M?.['firstAttemptAt']?.N;
      if ((state !== 'queued' && state !== 'submitted') || begun === undefined) continue;
      if (Number(begun) + deadlineMs + slack < sweptAt) {
        rules.broken(
          'a deadline is kept',
          `${key} is ${state} ${sweptAt - Number(begun)} ms after its first attempt`,
        );
      }
    }
  };

  const planNext = (): void => {
    let earliest = Number.POSITIVE_INFINITY;
    for (const item of memory.items.values()) {
      const shard = item[table.due.partitionKey]?.S;
      const wake = item[table.due.sortKey]?.N;
      if (wake !== undefined && shard !== 'failed') earliest = Math.min(earliest, Number(wake));
    }
    if (earliest < Number.POSITIVE_INFINITY) planSweep(earliest);
  };

  return {
    timeline,
    chance,
    faults,
    rules,
    memory,
    accounts,
    site,
    direct,
    surroundings,
    callApi,
    deliver,
    note,
    /** The last pass, for what it counts: it does not die. */
    sweepNow: () => startSweep({ ...surroundings, crash: null }, 'sweep-last').run(),
  };
};

export type World = Awaited<ReturnType<typeof openWorld>>;

const stamp = (ms: number): string => `${(ms / 1_000).toFixed(3).padStart(11)}s`;

const hex = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('/')).digest('hex');

/** What a run's accounts are called and hold follows from their places alone. */
const accountCache = new Map<string, Omit<SiteAccount, 'documents'>>();
const accountFor = (
  { tenant, provider, usesToken, isVerified, ids }: Scenario['accounts'][number],
  index: number,
): SiteAccount => {
  const key = `${tenant} ${provider} ${usesToken} ${isVerified} ${ids} ${index}`;
  const known = accountCache.get(key) ?? {
    tenant: tenant as Tenant,
    accountId: `${provider}-${index}` as AccountId,
    uid: hex('uid', index).slice(0, 24) as AccountUid,
    provider,
    credentials: credentialsFor(provider, index, usesToken, isVerified),
    webhookToken: hex('token', index).slice(0, 32) as WebhookToken,
    ids,
  };
  accountCache.set(key, known);
  return { ...known, documents: new Map() };
};

const credentialsFor = (
  provider: SiteAccount['provider'],
  index: number,
  usesToken: boolean,
  isVerified: boolean,
): Readonly<Record<string, string>> => {
  const secret = `secret-${hex('secret', index).slice(0, 20)}`;
  switch (provider) {
    case 'dropbox-sign':
    case 'okdokument':
      return { api_key: secret };
    case 'box-sign':
      return {
        ...(usesToken
          ? {
              client_id: `client-${secret}`,
              client_secret: secret,
              subject_type: 'user',
              subject_id: `subject-${secret}`,
            }
          : { access_token: secret }),
        ...(isVerified && { webhook_primary_key: `webhook-${secret}` }),
      };
    case 'ironclad':
      return usesToken
        ? { client_id: `client-${secret}`, client_secret: secret, as_user_email: 'bot@acme.example' }
        : { access_token: secret };
    case 'truto':
      return {
        api_token: secret,
        integrated_account_id: `account-${secret}`,
        ...(isVerified && { webhook_secret: `webhook-${secret}` }),
      };
  }
};

const documentFor = (account: SiteAccount, id: string): SiteDocument => ({
  id,
  account,
  file: hex('file', account.uid, id).slice(0, 24),
  status: 'open',
  past: new Set(['open']),
  isCancelling: false,
  cancelledByUs: new Set(),
  made: null,
});

const optionsOf = ({ provider, ids }: SiteAccount): Readonly<Record<string, string>> =>
  (provider === 'ironclad' || provider === 'truto') && ids !== 'nowhere'
    ? { external_id_attribute: externalIdAttribute }
    : {};
