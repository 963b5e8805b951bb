/** Calls to providers, and what may become of one on its way: it never arrives, is carried out late, or its answer is lost. */
import type { Instant } from '../../shared/domain/ids.ts';
import type { GuardedCall, GuardedOutcome } from '../../shared/net/guarded-call.ts';
import type { Call, CallOutcome } from '../../shared/providers/call.ts';
import type { ProviderRequest, ProviderResponse } from '../../shared/providers/provider.ts';
import { type ProviderName, providers } from '../../shared/providers/registry.ts';
import type { Machine } from './machine.ts';
import { models } from './providers/models.ts';
import type { Incoming, Meaning, ProviderModel, Reply, Site, SiteAccount } from './providers/site.ts';

/** For some time every call of an account comes out the same. */
export interface Spell {
  readonly account: number;
  readonly from: number;
  readonly until: number;
  readonly what: 'unreachable' | 'silent' | 401 | 402 | 403 | 429 | 500 | 503;
}

export interface Called {
  readonly machine: Machine;
  readonly account: SiteAccount;
  readonly meaning: Meaning;
  readonly incoming: Incoming;
  readonly sentAt: number;
}

export interface Watcher {
  /** A call leaves. */
  calls(called: Called): void;
  /** With credentials that are no account's, or for what is no operation. */
  callsAstray(provider: ProviderName, request: ProviderRequest): void;
  /** The provider has carried it out, or refused it. */
  replied(called: Called, reply: Reply): void;
  /** The answer has come back. Null: it never will. */
  answered(called: Called, response: ProviderResponse | null): void;
  /** It never left. */
  notSent(called: Called): void;
}

interface Network {
  readonly site: Site;
  readonly accounts: readonly SiteAccount[];
  readonly spells: readonly Spell[];
  readonly start: number;
  readonly skewMs: number;
  readonly watcher: Watcher;
}

export const callFrom =
  (network: Network, machine: Machine): Call =>
  (request, timeoutMs) => {
    const addressed = addressOf(network, request);
    if (addressed === null) {
      network.watcher.callsAstray('truto', request);
      return Promise.resolve({ kind: 'not_sent' });
    }
    const { provider, model } = addressed;
    const incoming = { ...addressed.incoming, settledAt: settledAt(network, provider, timeoutMs) };
    const meaning = model.meaning(incoming);
    const account = network.accounts.find((one) => one.provider === provider && model.isFrom(incoming, one));
    if (account === undefined) {
      network.watcher.callsAstray(provider, request);
      return Promise.resolve({ kind: 'not_sent' });
    }
    const called = { machine, account, meaning, incoming, sentAt: network.site.timeline.now };
    return machine.wait<CallOutcome>(`${provider} ${meaning.operation} ${meaning.id}`, (settle) => {
      network.watcher.calls(called);
      travel(network, called, { model, incoming, timeoutMs }, settle);
    });
  };

/**
 * When a call that creates is to be believed to have made nothing, if nothing is found: so long after it has ended, by the
 * clocks of two workers.
 */
const settledAt = ({ site, skewMs }: Network, provider: ProviderName, timeoutMs: number): number =>
  site.timeline.now + timeoutMs + (providers[provider].find?.settledAfterMs ?? 0) - 2 * skewMs - 1;

/** A file behind a URL of a client's, on a server of somebody's. */
export const fetchFrom =
  ({ site }: Pick<Network, 'site'>, machine: Machine): GuardedCall =>
  (_request, { timeoutMs }) =>
    machine.wait<GuardedOutcome>('a file', (settle) => {
      const { faults, chance, timeline, note } = site;
      const answer = (status: number, text: string): GuardedOutcome => ({
        kind: 'response',
        status,
        headers: {},
        body: Buffer.from(text),
        receivedAt: machine.now(),
      });
      const outcome = (): readonly [number, GuardedOutcome] => {
        const soon = chance.between('file', 5, 400);
        const noAnswer = { kind: 'no_answer', timedOut: true, status: null } as const;
        if (faults.strikes('no-connection')) return [soon, { kind: 'not_sent', timedOut: false }];
        if (faults.strikes('slow-answer')) return [timeoutMs, noAnswer];
        if (faults.strikes('cut-line')) return [soon, { ...noAnswer, timedOut: false }];
        if (faults.strikes('server-error')) return [soon, answer(503, '')];
        if (faults.strikes('garbled')) return [soon, answer(200, '<html>Please log in</html>')];
        return [soon, answer(200, '%PDF-1.7\n%%EOF\n')];
      };
      const [ms, what] = outcome();
      timeline.after(ms, () => {
        note(`a file is fetched: ${what.kind === 'response' ? what.status : what.kind}`);
        settle(what);
      });
    });

interface Journey {
  readonly model: ProviderModel;
  readonly incoming: Incoming;
  readonly timeoutMs: number;
}

const travel = (
  network: Network,
  called: Called,
  { model, incoming, timeoutMs }: Journey,
  settle: (outcome: CallOutcome) => void,
): void => {
  const { site, watcher } = network;
  const { timeline, chance, note } = site;
  const fate = fateOf(network, called);
  const label = `${called.account.provider} ${called.meaning.operation} ${called.meaning.id}`;
  const act = (): Reply => {
    const reply = model.answer(site, called.account, incoming, called.meaning);
    note(`${label} is carried out: ${reply.status}`);
    watcher.replied(called, reply);
    return reply;
  };
  const noAnswer = (ms: number, timedOut: boolean): void =>
    timeline.after(ms, () => {
      note(`${label}: no answer`);
      watcher.answered(called, null);
      settle({ kind: 'no_answer', timedOut });
    });
  const answer = (reply: Reply, ms: number): void =>
    timeline.after(ms, () => {
      const response = responseOf(reply, called.machine.now());
      note(`${label} is answered: ${reply.status}`);
      watcher.answered(called, response);
      settle({ kind: 'response', response });
    });
  const there = chance.happens('slow way', 0.05)
    ? chance.between('there', 0, 3_000)
    : chance.between('there', 1, 60);
  const back = chance.happens('slow way', 0.05)
    ? chance.between('back', 0, 5_000)
    : chance.between('back', 1, 300);
  switch (fate.kind) {
    case 'not_sent':
      timeline.after(there, () => {
        note(`${label}: no connection`);
        watcher.notSent(called);
        settle({ kind: 'not_sent' });
      });
      return;
    case 'lost':
      noAnswer(timeoutMs, true);
      return;
    case 'cut':
      timeline.after(there, act);
      noAnswer(there + back, false);
      return;
    case 'late':
      timeline.after(timeoutMs + latenessOf(site, called), act);
      noAnswer(timeoutMs, true);
      return;
    case 'slow':
      timeline.after(there, act);
      noAnswer(timeoutMs, true);
      return;
    case 'instead':
      timeline.after(there, () => {
        watcher.replied(called, fate.reply);
        answer(fate.reply, back);
      });
      return;
    case 'after_act':
      timeline.after(there, () => {
        act();
        answer(fate.reply, back);
      });
      return;
    case 'well':
      if (there + back > timeoutMs) {
        timeline.after(there, act);
        noAnswer(timeoutMs, true);
        return;
      }
      timeline.after(there, () => answer(act(), back));
      return;
  }
};

/** What is created late is so while a look still counts with it; what is cancelled, whenever. */
const latenessOf = ({ chance, timeline }: Site, { meaning, incoming }: Called): number =>
  meaning.operation === 'create'
    ? chance.spread('lateness', 1_000, Math.max(1_001, incoming.settledAt - timeline.now - 15_000))
    : chance.spread('lateness', 1_000, 600_000);

type Fate =
  | { readonly kind: 'well' | 'not_sent' | 'lost' | 'cut' | 'late' | 'slow' }
  /** Answered without being carried out. */
  | { readonly kind: 'instead'; readonly reply: Reply }
  /** Carried out, and answered otherwise. */
  | { readonly kind: 'after_act'; readonly reply: Reply };

const fateOf = (network: Network, { account, meaning }: Called): Fate => {
  const { site } = network;
  const { faults, chance } = site;
  const model = models[account.provider];
  const spell = spellOn(network, account);
  if (spell !== null) return underSpell(network, model, spell);
  if (faults.strikes('no-connection')) return { kind: 'not_sent' };
  if (faults.strikes('lost-request')) return { kind: 'lost' };
  if (faults.strikes('cut-line')) return { kind: 'cut' };
  if (faults.strikes('late-act')) return { kind: 'late' };
  if (faults.strikes('slow-answer')) return { kind: 'slow' };
  if (faults.strikes('rate-limited')) return { kind: 'instead', reply: limited(site, model) };
  if (faults.strikes('server-error')) {
    const reply = model.error(chance.pick('server error', [500, 502, 503, 504]));
    const isPolite = chance.happens('polite error', 0.2);
    return { kind: 'instead', reply: isPolite ? { ...reply, headers: comeBack(site) } : reply };
  }
  if (faults.strikes('server-error-after-act')) {
    return { kind: 'after_act', reply: model.error(chance.pick('server error', [500, 502, 504])) };
  }
  if (faults.strikes('refused-call')) {
    return { kind: 'instead', reply: model.error(chance.pick('refusal', [401, 402, 403, 405])) };
  }
  if (faults.strikes('garbled')) return { kind: 'instead', reply: garbled };
  if (faults.strikes('garbled-after-act')) return { kind: 'after_act', reply: garbled };
  // One replica that has not heard of it yet. OKdokument answers so of what is deleted, and would be believed.
  if (meaning.operation === 'read' && account.provider !== 'okdokument' && faults.strikes('out-of-sight')) {
    return { kind: 'instead', reply: model.error(404) };
  }
  return { kind: 'well' };
};

const garbled: Reply = { status: 200, body: '<html>Please log in to the network</html>' };

const spellOn = ({ spells, accounts, site, start }: Network, account: SiteAccount): Spell | null => {
  const time = site.timeline.now - start;
  return (
    spells.find(
      ({ account: index, from, until }) => accounts[index] === account && time >= from && time < until,
    ) ?? null
  );
};

const underSpell = ({ site }: Network, model: ProviderModel, { what }: Spell): Fate => {
  switch (what) {
    case 'unreachable':
      return { kind: 'not_sent' };
    case 'silent':
      return { kind: 'lost' };
    case 429:
      return { kind: 'instead', reply: limited(site, model) };
    default:
      return { kind: 'instead', reply: model.error(what) };
  }
};

const limited = (site: Site, model: ProviderModel): Reply => {
  const reply = model.error(429);
  return site.chance.happens('a time to come back', 0.7) ? { ...reply, headers: comeBack(site) } : reply;
};

/** Mostly soon, sometimes after hours, and by a clock of the provider's own that may be days off. */
const comeBack = ({ chance, timeline }: Site): Readonly<Record<string, string>> => {
  const seconds = chance.happens('far away', 0.1)
    ? chance.spread('come back', 7_200, 900_000)
    : chance.spread('come back', 1, 600);
  const at = timeline.now + seconds * 1_000;
  switch (chance.below('come back header', 4)) {
    case 0:
      return { 'retry-after': new Date(at).toUTCString() };
    case 1:
      return { 'x-ratelimit-reset': String(Math.ceil(at / 1_000)) };
    default:
      return { 'retry-after': String(seconds) };
  }
};

const responseOf = ({ status, headers = {}, body }: Reply, receivedAt: Instant): ProviderResponse => ({
  status,
  headers,
  body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
  receivedAt,
});

const addressOf = (network: Network, request: ProviderRequest) => {
  const { url, method, headers, body = '' } = request;
  for (const { provider } of network.accounts) {
    const model = models[provider];
    if (!url.startsWith(`${model.baseUrl}/`)) continue;
    const [address = '', query = ''] = (url.slice(model.baseUrl.length).split('#', 1)[0] ?? '').split('?', 2);
    return { provider, model, incoming: { method, path: address, query, headers, body } };
  }
  return null;
};
