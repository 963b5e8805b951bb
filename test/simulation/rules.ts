/** What must hold at every step of every run, checked from outside: on what is stored, called, answered, shown and logged. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Policy } from '../../shared/domain/policy.ts';
import type { LogFields } from '../../shared/log.ts';
import type { ProviderRequest, ProviderResponse } from '../../shared/providers/provider.ts';
import { type ProviderName, providers } from '../../shared/providers/registry.ts';
import { comeBackAt } from '../../shared/providers/retry-after.ts';
import type { Item } from '../../shared/store/attributes.ts';
import type { Machine } from './machine.ts';
import type { Called, Watcher } from './network.ts';
import {
  isGone,
  isLive,
  type Made,
  type Reply,
  type SiteAccount,
  type SiteDocument,
  signerAddress,
} from './providers/site.ts';
import { opened } from './sealing.ts';
import type { Written } from './store/memory-dynamodb.ts';
import type { Timeline } from './timeline.ts';
import { type Mark, markIn } from './wishes.ts';

export const ruleNames = [
  'a version grows by one',
  'a final state stays',
  'a wish does not vanish',
  'confirmed has evidence of its provider',
  'confirmed is so at the provider',
  'rejected is so at the provider',
  'a status is so at the provider',
  'a wake time is not too late',
  'one wish makes one document',
  'what is sent is there',
  'what failed is not there',
  'undecided is what cannot be found',
  'the same key is the same request',
  'only what somebody asked for is cancelled',
  'a look comes before a second creation',
  'a look comes before a second cancel',
  'no finished contract is cancelled',
  'a pause is kept',
  'a time to come back is kept',
  'the limit is kept',
  'a forged callback changes nothing',
  'a tenant sees its own alone',
  'an answer fits what is stored',
  'nothing secret is logged',
  'nothing secret is stored',
  'the history leads to the state',
  'no function throws',
  'an accepted wish ends in time',
  'an accepted creation ends in time',
  'a deadline is kept',
  'what failed is counted',
] as const;
export type Rule = (typeof ruleNames)[number];

export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
  /** Milliseconds since the run began. */
  readonly at: number;
}

interface Surroundings {
  readonly timeline: Timeline;
  readonly policy: Policy;
  readonly skewMs: number;
  readonly accounts: readonly SiteAccount[];
  readonly secrets: readonly string[];
  readonly note: (text: string) => void;
}

/** What a provider has seen of one request. */
interface Seen {
  cancelSentAt: number;
  /** A second copy of a message that did not say so: two workers may both think that they are the first. */
  isDoubled: boolean;
  lookedAt: number;
  /** How each worker's last look found it, where that told something. */
  readonly looks: Map<Machine, { readonly at: number; readonly isLive: boolean }>;
}

interface Pause {
  readonly writtenAt: number;
  readonly until: number;
  /** The breaker is open, and stays so after the pause: whoever has claimed the one probe may call. */
  readonly isBreaker: boolean;
  readonly prober: Machine | null;
}

interface Told {
  readonly machine: Machine;
  readonly invocation: number;
  readonly account: SiteAccount;
  readonly until: number;
}

/** Between the reading of a limit and the call, by the clocks of different workers. */
const minuteMs = 60_000;
/** As far as a provider's own word is followed: the domain's bound. */
const longestPauseMs = 3_600_000;

export class Rules implements Watcher {
  violation: Violation | null = null;
  /** How often each state of a cancellation was written. */
  readonly reached = new Map<string, number>();
  readonly #given: Surroundings;
  readonly #start: number;
  readonly #seen = new Map<string, Seen>();
  readonly #pauses = new Map<string, Pause>();
  readonly #calls = new Map<string, number[]>();
  readonly #asked = new Set<string>();
  readonly #last = new Map<string, Hot>();
  /** What was asked for, by the key of its request and its fingerprint. */
  readonly #bodies = new Map<string, Body>();
  /** Where the creation of each wish stands. */
  readonly #creations = new Map<string, CreationState>();
  readonly #creates = new Map<string, Creates>();
  #told: Told[] = [];
  /** Who writes just now, and what was read of a forged callback. */
  writer: Machine | null = null;
  readonly forged = new Set<Machine>();

  constructor(given: Surroundings) {
    this.#given = given;
    this.#start = given.timeline.now;
  }

  broken(rule: Rule, detail: string): void {
    this.#given.note(`BROKEN: ${rule}: ${detail}`);
    this.violation ??= { rule, detail, at: this.#given.timeline.now - this.#start };
  }

  /** Somebody may be about to ask for it. */
  asks(account: SiteAccount, id: string): void {
    this.#asked.add(`${account.uid}/${id}`);
  }

  /** The same of what is being created, or was. */
  asksFor(wish: string): void {
    this.#asked.add(`wish ${wish}`);
  }

  #isAsked(account: SiteAccount, id: string): boolean {
    const made = account.documents.get(id)?.made;
    return this.#asked.has(`${account.uid}/${id}`) || (!!made && this.#asked.has(`wish ${made.mark.wish}`));
  }

  doubled(uid: string, id: string): void {
    this.#seenOf(`${uid}/${id}`).isDoubled = true;
  }

  // What is stored.

  written({ key, before, after }: Written): void {
    if (key.startsWith('account#')) {
      this.#accountWritten(before, after);
      return;
    }
    const [request = '', part = ''] = key.split('\n');
    if (part.startsWith('creation#')) {
      const text = after?.sealed?.S === undefined ? '' : opened(after.sealed.S);
      const mark = markIn(text);
      if (mark !== null) {
        const fingerprint = part.slice('creation#'.length);
        this.#bodies.set(`${request} ${fingerprint}`, { mark, hasOwnId: text.includes('"external_id"') });
      }
      return;
    }
    if (part !== 'hot') return;
    if (this.writer !== null && this.forged.has(this.writer)) {
      this.broken('a forged callback changes nothing', key);
    }
    if (before !== undefined && before.alias === undefined && after === undefined) {
      this.broken('a wish does not vanish', `${key} was deleted`);
      return;
    }
    if (after === undefined || after.alias !== undefined) return;
    const now = hotOf(after);
    const past =
      before === undefined || before.alias !== undefined ? null : (this.#last.get(key) ?? hotOf(before));
    this.#last.set(key, now);
    this.#versions(past, now);
    this.#wake(now);
    if (past !== null && past.version === now.version) return;
    this.#creation(request, past, now);
    if (past?.cancellation !== null && past !== null) this.#after(past, past.cancellation, now);
    const state = now.cancellation?.state ?? 'none';
    if (state === past?.cancellation?.state && now.cancellation?.wish === past.cancellation.wish) {
      this.#status(past, now);
      return;
    }
    this.reached.set(state, (this.reached.get(state) ?? 0) + 1);
    this.#given.note(`${request} is ${state} (${now.status})`);
    if (now.cancellation?.state === 'confirmed') this.#confirmed(now, now.cancellation);
    if (now.cancellation?.state === 'rejected') this.#rejected(now, now.cancellation);
    this.#status(past, now);
  }

  #versions(past: Hot | null, now: Hot): void {
    const grown = now.version - (past?.version ?? 0);
    const moved = past !== null && grown === 0 && now.body === past.body;
    if (grown !== 1 && !moved) {
      this.broken('a version grows by one', `from ${past?.version ?? 0} to ${now.version}`);
    }
  }

  #after(past: Hot, cancellation: HotCancellation, now: Hot): void {
    if (now.cancellation === null) {
      this.broken('a wish does not vanish', `${cancellation.state} became nothing`);
      return;
    }
    const isFinal = cancellation.state === 'confirmed' || cancellation.state === 'rejected';
    if (!isFinal || now.cancellation.body === cancellation.body) return;
    const isWider =
      cancellation.state === 'confirmed' &&
      cancellation.scope === 'signature_packet' &&
      now.cancellation.scope === 'workflow' &&
      now.cancellation.wish !== cancellation.wish;
    if (!isWider) {
      this.broken(
        'a final state stays',
        `${cancellation.state} became ${now.cancellation.state} (version ${past.version})`,
      );
    }
  }

  /** The sweep moves it to no later than a recovery period from now; anything else to no later than what is due. */
  #wake({ cancellation, creation, shard, wake, due, look }: Hot): void {
    const state = creation?.state === 'queued' ? 'queued' : cancellation?.state;
    const isOpen = state === 'queued' || state === 'submitted';
    if (isOpen && (due === null || wake === null || !shard?.startsWith('open#'))) {
      this.broken('a wake time is not too late', `${state} without a time, or in no shard`);
      return;
    }
    if ((state === 'failed' || creation?.state === 'undecided') && wake === null) {
      this.broken('a wake time is not too late', 'failed, and in sight of nobody');
      return;
    }
    if (wake === null || (!isOpen && look === null)) return;
    const { timeline, policy, skewMs } = this.#given;
    // A look outside of a cancellation waits for what is under way.
    const needed = (isOpen ? due : look) ?? Number.POSITIVE_INFINITY;
    const latest = Math.max(needed, timeline.now + policy.recoveryMs + skewMs);
    if (wake > latest) {
      this.broken('a wake time is not too late', `${wake - latest} ms after what is due`);
    }
  }

  /** A creation goes on to one end, and what it says there is so. */
  #creation(request: string, past: Hot | null, { creation, prid, uid }: Hot): void {
    const before = past?.creation ?? null;
    if (creation === null) {
      if (before !== null) this.broken('a wish does not vanish', `a ${before.state} creation`);
      return;
    }
    const { state, fingerprint } = creation;
    if (before !== null && before.fingerprint !== fingerprint) {
      this.broken('the same key is the same request', `${request} has another body`);
    }
    const isOver = before?.state === 'sent' || before?.state === 'failed';
    if (isOver && (before.state !== state || past?.prid !== prid)) {
      this.broken('a final state stays', `${before.state} ${past?.prid} became ${state} ${prid}`);
    }
    if (before?.state === state) return;
    this.reached.set(`creation ${state}`, (this.reached.get(`creation ${state}`) ?? 0) + 1);
    const body = this.#bodies.get(`${request} ${fingerprint}`);
    if (body === undefined) {
      this.broken('a wish does not vanish', `${request} has no body`);
      return;
    }
    const { wish, variant } = body.mark;
    this.#given.note(`${request} is ${state}: wish ${wish}${variant}`);
    this.#creations.set(wish, state);
    const documents = this.#madeFor(wish);
    if (state === 'sent') {
      const made = this.#documentOf(uid, prid)?.made;
      if (made?.mark.wish !== wish || made.mark.variant !== variant) {
        this.broken('what is sent is there', `wish ${wish}${variant} as ${prid}, which is ${whatIs(made)}`);
      }
    }
    if (state === 'failed') {
      const [there] = documents;
      if (there !== undefined) {
        this.broken('what failed is not there', `wish ${wish} is ${there.id}, ${there.status}`);
      }
    }
    if (state === 'undecided') this.#undecided(uid, body, creation, documents);
  }

  /** Nothing can be looked for, what is found could be another's or is hidden, or nobody got to it before the deadline. */
  #undecided(
    uid: string,
    { mark, hasOwnId }: Body,
    { begun }: HotCreation,
    documents: readonly SiteDocument[],
  ): void {
    const { accounts, policy, skewMs, timeline } = this.#given;
    const account = accounts.find((one) => one.uid === uid);
    const isAmbiguous = hasOwnId && account !== undefined && ambiguous.has(account.provider);
    const isPast = begun !== null && timeline.now + 2 * skewMs >= begun + policy.deadlineMs;
    if (account?.ids !== 'shown' || isAmbiguous || isPast) return;
    this.broken(
      'undecided is what cannot be found',
      `wish ${mark.wish}, of which there are ${documents.length}`,
    );
  }

  #madeFor(wish: string): readonly SiteDocument[] {
    return this.#given.accounts.flatMap(({ documents }) =>
      [...documents.values()].filter(({ made }) => made?.mark.wish === wish),
    );
  }

  /** Whether it is written down that it is there. */
  isKnown({ made }: SiteDocument): boolean {
    return made === null || this.#creations.get(made.mark.wish) === 'sent';
  }

  /** A document has come to be. */
  made(document: SiteDocument): void {
    const { made, account } = document;
    if (made === null) return;
    const { wish } = made.mark;
    const all = this.#madeFor(wish);
    if (all.length > 1) {
      this.broken('one wish makes one document', `wish ${wish}: ${all.map(({ id }) => id).join(', ')}`);
    }
    if (this.#creations.get(wish) === 'failed') {
      this.broken('what failed is not there', `wish ${wish} is ${account.accountId}/${document.id} now`);
    }
  }

  #confirmed({ uid, prid, creation }: Hot, { evidence, scope, sent }: HotCancellation): void {
    const found = this.#documentOf(uid, prid);
    const provider = this.#given.accounts.find((account) => account.uid === uid)?.provider;
    // Withdrawn: that it is not there is a rule of its own.
    if (evidence?.status === 'not_sent' && creation?.state === 'failed' && sent === 'no') return;
    const isKnown = evidence !== null && provider !== undefined;
    if (!isKnown || !kindsOf[provider].includes(evidence.kind)) {
      this.broken('confirmed has evidence of its provider', `${provider}: ${evidence?.kind}`);
      return;
    }
    if (evidence.kind === 'webhook' && sent === 'no') {
      this.broken('confirmed has evidence of its provider', 'a webhook, and nothing was sent');
      return;
    }
    const isSo =
      found !== undefined &&
      (evidence.status === 'deleted'
        ? isGone(found) || found.status === 'expired'
        : scope === 'signature_packet'
          ? found.status === 'taken_back' || found.status === 'cancelled'
          : found.status === 'cancelled');
    if (!isSo) {
      this.broken(
        'confirmed is so at the provider',
        `${provider} ${prid}: ${found?.status ?? 'unknown there'}, by ${evidence.kind} ${evidence.status}`,
      );
    }
  }

  #rejected({ uid, prid, creation }: Hot, { error, scope }: HotCancellation): void {
    if (error === 'not-sent' && creation?.state === 'failed') return;
    const found = this.#documentOf(uid, prid);
    const because = `${error} ${prid}: ${found?.status ?? 'unknown there'}`;
    // What was signed first, and was deleted by us after that, was signed.
    if (error === 'not-found' && found?.cancelledByUs.has(scope)) {
      this.broken('rejected is so at the provider', `${because}, by our own call`);
      return;
    }
    if (!isTrueOf(error, found, scope)) this.broken('rejected is so at the provider', because);
  }

  #status(past: Hot | null, { status, uid, prid, cancellation, creation }: Hot): void {
    if (past?.status === status || past === null) return;
    // Withdrawn: nothing is there.
    if (status === 'cancelled' && creation?.state === 'failed') return;
    const found = this.#documentOf(uid, prid);
    const isSo =
      status === 'cancelled'
        ? found !== undefined && (isGone(found) || found.status === 'expired')
        : status === 'signed' || status === 'declined' || status === 'expired'
          ? found?.past.has(status)
          : true;
    if (!isSo) {
      this.broken(
        'a status is so at the provider',
        `${prid} shows ${status} and is ${found?.status ?? 'unknown there'} (${cancellation?.state ?? 'no wish'})`,
      );
    }
  }

  #accountWritten(before: Item | undefined, after: Item | undefined): void {
    const uid = after?.uid?.S;
    if (uid === undefined) return;
    const [was, is] = [numberIn(before?.paused_until), numberIn(after?.paused_until)];
    if (is === was) return;
    if (is === null) {
      this.#pauses.delete(uid);
      return;
    }
    const isProbe =
      numberIn(before?.trips) !== null &&
      numberIn(before?.trips) === numberIn(after?.trips) &&
      before?.pause_reason?.S === after?.pause_reason?.S;
    const { now } = this.#given.timeline;
    const isBreaker = numberIn(after?.trips) !== null;
    this.#pauses.set(uid, { writtenAt: now, until: is, isBreaker, prober: isProbe ? this.writer : null });
    const longest = Math.max(longestPauseMs, this.#given.policy.retryCapMs);
    if (is > now + longest + this.#given.skewMs) {
      this.broken('a time to come back is kept', `a pause of ${is - now} ms`);
    }
    // Whatever was told to anybody is kept if it is as long as the pause that stands.
    this.#told = this.#told.filter(({ account, until }) => account.uid !== uid || until > is);
  }

  // What is called.

  calls({ machine, account, meaning, incoming, sentAt }: Called): void {
    if (machine.role === 'dispatch') this.#pauseKept(machine, account);
    if (meaning.operation === 'token' || meaning.operation === 'key') return;
    if (machine.role !== 'dispatch') {
      this.broken('only what somebody asked for is cancelled', `${machine.role} called ${meaning.operation}`);
      return;
    }
    const { operation } = meaning;
    this.#limitKept(account, operation === 'cancel' || operation === 'create' ? operation : 'read');
    const key = `${account.uid}/${meaning.id}`;
    const seen = this.#seenOf(key);
    if (operation === 'find') {
      for (const creates of this.#creates.values())
        if (creates.uid === account.uid) creates.lookedAt = sentAt;
      return;
    }
    if (operation === 'create') {
      this.#secondCreate(account, meaning.id, incoming.body, sentAt);
      return;
    }
    if (meaning.operation === 'metadata') {
      // It names the file that somebody claimed to be the request's.
      for (const [other, looked] of this.#seen)
        if (other.startsWith(`${account.uid}/`)) looked.lookedAt = sentAt;
      return;
    }
    if (meaning.operation === 'read') {
      seen.lookedAt = sentAt;
      return;
    }
    if (!this.#isAsked(account, meaning.id)) this.broken('only what somebody asked for is cancelled', key);
    if (seen.cancelSentAt >= seen.lookedAt && seen.cancelSentAt >= 0 && !seen.isDoubled) {
      this.broken('a look comes before a second cancel', key);
    }
    seen.cancelSentAt = sentAt;
    const isStrict = account.provider === 'ironclad' || account.provider === 'truto';
    const look = seen.looks.get(machine);
    if (isStrict && !(look?.isLive && sentAt - look.at < longestVisitMs)) {
      this.broken('no finished contract is cancelled', key);
    }
  }

  /** OKdokument is asked for the very id; the others for a list. */
  #secondCreate(account: SiteAccount, id: string, body: string, sentAt: number): void {
    const wish = markIn(body)?.wish ?? '';
    const creates = this.#creates.get(wish) ?? { uid: account.uid, sentAt: -1, lookedAt: -1 };
    this.#creates.set(wish, creates);
    const lookedAt = Math.max(
      creates.lookedAt,
      id === '' ? -1 : this.#seenOf(`${account.uid}/${id}`).lookedAt,
    );
    if (creates.sentAt >= 0 && creates.sentAt >= lookedAt) {
      this.broken('a look comes before a second creation', `wish ${wish}`);
    }
    creates.sentAt = sentAt;
  }

  #createIsUndone(body: string): void {
    const creates = this.#creates.get(markIn(body)?.wish ?? '');
    if (creates !== undefined) creates.sentAt = -1;
  }

  callsAstray(provider: ProviderName, { method, url }: ProviderRequest): void {
    this.broken(
      'only what somebody asked for is cancelled',
      `${provider}: ${method} ${url} with unknown credentials`,
    );
  }

  replied({ machine, account, meaning }: Called, reply: Reply): void {
    if (meaning.operation !== 'read') return;
    // One answer may lead to a second place, and both are one look.
    if (reply.status !== 200 && reply.status !== 302 && reply.status !== 404) return;
    const document = account.documents.get(meaning.id);
    const isFinished = reply.status !== 404 && document?.status === 'signed';
    const look = { at: this.#given.timeline.now, isLive: !isFinished };
    this.#seenOf(`${account.uid}/${meaning.id}`).looks.set(machine, look);
  }

  notSent({ account, meaning, incoming }: Called): void {
    if (meaning.operation === 'create') this.#createIsUndone(incoming.body);
    if (meaning.operation === 'cancel') this.#seenOf(`${account.uid}/${meaning.id}`).cancelSentAt = -1;
  }

  answered({ machine, account, meaning, incoming }: Called, response: ProviderResponse | null): void {
    const isRefused = response !== null && refusals.has(response.status);
    if (meaning.operation === 'create' && isRefused) this.#createIsUndone(incoming.body);
    // Refused without being carried out, for all that anybody can tell: the next one is no second cancel.
    if (meaning.operation === 'cancel' && isRefused) {
      this.#seenOf(`${account.uid}/${meaning.id}`).cancelSentAt = -1;
    }
    if (machine.role !== 'dispatch' || response === null) return;
    // A second place that only knows the signers has a limit of its own, and is not needed.
    const isAside = account.provider === 'ironclad' && meaning.scope === 'signature_packet';
    const isLimit = response.status === 429 && !isAside;
    const at = isLimit ? comeBackAt(response) : null;
    if (at === null) return;
    const { now } = this.#given.timeline;
    const until = Math.min(at, now + longestPauseMs) - 2 * this.#given.skewMs - toleranceMs;
    this.#told.push({ machine, invocation: machine.startedAt, account, until });
  }

  /** An invocation ends well: all that it was told about the account must be written by now. */
  ended(machine: Machine): void {
    const { now } = this.#given.timeline;
    for (const told of this.#told) {
      if (told.machine !== machine || machine.isTroubled) continue;
      const until = this.#pauses.get(told.account.uid)?.until ?? 0;
      if (told.until > now && until < told.until) {
        this.broken(
          'a time to come back is kept',
          `${told.account.accountId} is open ${told.until - Math.max(now, until)} ms too early`,
        );
      }
    }
    this.#told = this.#told.filter((told) => told.machine !== machine);
  }

  #pauseKept(machine: Machine, account: SiteAccount): void {
    const pause = this.#pauses.get(account.uid);
    if (pause === undefined || pause.prober === machine) return;
    if (machine.startedAt <= pause.writtenAt) return;
    if (pause.isBreaker) this.broken('a pause is kept', `${account.accountId}: not the one probe`);
    if (machine.now() < pause.until) {
      this.broken(
        'a pause is kept',
        `${account.accountId} is paused for ${pause.until - machine.now()} ms more`,
      );
    }
  }

  #limitKept(account: SiteAccount, operation: 'cancel' | 'read' | 'create'): void {
    const { bucket, perMinute } = providers[account.provider].limits[operation];
    const key = `${account.uid}/${bucket}`;
    const calls = this.#calls.get(key) ?? [];
    const { now } = this.#given.timeline;
    calls.push(now);
    this.#calls.set(key, calls);
    const first = calls[calls.length - perMinute - 1];
    if (first !== undefined && now - first < minuteMs) {
      this.broken('the limit is kept', `${account.provider}: more than ${perMinute} calls in a minute`);
    }
  }

  // What is said.

  logged(level: string, event: string, fields: LogFields = {}): void {
    // How long something really took is no part of the run.
    const { ms: _real, ...told } = fields;
    const line = JSON.stringify(told);
    this.#given.note(`  log ${level} ${event} ${line}`);
    if (this.#hasCredential(line) || line.includes(signerAddress))
      this.broken('nothing secret is logged', event);
  }

  /** Signers have an item of their own; the hot item and the history have none of them. */
  stored(key: string, item: Item): void {
    const text = JSON.stringify(item);
    if (this.#hasCredential(text) || (!key.endsWith('\ndetails') && text.includes(signerAddress))) {
      this.broken('nothing secret is stored', key);
    }
  }

  #hasCredential(text: string): boolean {
    return this.#given.secrets.some((secret) => text.includes(secret));
  }

  #seenOf(key: string): Seen {
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    const fresh: Seen = { cancelSentAt: -1, isDoubled: false, lookedAt: -1, looks: new Map() };
    this.#seen.set(key, fresh);
    return fresh;
  }

  #documentOf(uid: string, prid: string): SiteDocument | undefined {
    return this.#given.accounts.find((account) => account.uid === uid)?.documents.get(prid);
  }
}

/** Where an id of the client's own stands in place of ours, what is found could be somebody else's. */
const ambiguous: ReadonlySet<ProviderName> = new Set(['box-sign', 'ironclad', 'truto']);

const whatIs = (made: Made | null | undefined): string =>
  made === undefined || made === null ? 'none of ours' : `for wish ${made.mark.wish}${made.mark.variant}`;

const refusals: ReadonlySet<number> = new Set([401, 402, 403, 405, 429, 503]);

/** A look and the cancel after it are in one invocation. */
const longestVisitMs = 60_000;
/** Times are told in whole seconds. */
const toleranceMs = 1_000;

/** DESIGN's `confirmed_by`, and what an answer of 410 proves at first contact. */
const kindsOf: Readonly<Record<ProviderName, readonly string[]>> = {
  'dropbox-sign': ['webhook', 'poll', 'response'],
  'box-sign': ['response', 'poll'],
  okdokument: ['response', 'poll'],
  ironclad: ['poll'],
  truto: ['poll'],
};

const isTrueOf = (error: string | null, found: SiteDocument | undefined, scope: string): boolean => {
  switch (error) {
    case 'already-signed':
      return found?.past.has('signed') === true;
    case 'already-declined':
      return found?.past.has('declined') === true;
    case 'already-expired':
      return found?.past.has('expired') === true;
    case 'already-ended':
      return found?.past.has('destroyed') === true;
    case 'not-found':
      if (found === undefined || found.status === 'destroyed') return true;
      if (scope === 'signature_packet') return !isLive(found);
      // OKdokument: over before it was ever seen.
      return found.account.provider === 'okdokument' && !isLive(found);
    default:
      return false;
  }
};

const creationStates = ['queued', 'sent', 'failed', 'undecided'] as const;
type CreationState = (typeof creationStates)[number];

interface HotCreation {
  readonly state: CreationState;
  readonly fingerprint: string;
  /** When its deadline began to run. */
  readonly begun: number | null;
}

interface Body {
  readonly mark: Mark;
  readonly hasOwnId: boolean;
}

/** The last call that may have made something, and the last look since any. */
interface Creates {
  readonly uid: string;
  sentAt: number;
  lookedAt: number;
}

interface HotCancellation {
  readonly state: string;
  readonly scope: 'workflow' | 'signature_packet';
  readonly wish: number | null;
  readonly sent: string | undefined;
  readonly evidence: { readonly kind: string; readonly status: string } | null;
  readonly error: string | null;
  readonly body: string;
}

/** An item as it stands in the table, read here without the store's own code. */
interface Hot {
  readonly version: number;
  readonly status: string;
  readonly uid: string;
  readonly prid: string;
  readonly shard: string | undefined;
  readonly wake: number | null;
  readonly due: number | null;
  readonly look: number | null;
  readonly creation: HotCreation | null;
  readonly cancellation: HotCancellation | null;
  /** What only a transition changes. */
  readonly body: string;
}

const hotOf = (item: Item): Hot => {
  const { v, status, uid, prid, shard, wake, due, look, creation, cancellation, history } = item;
  return {
    version: numberIn(v) ?? 0,
    status: status?.S ?? '',
    uid: uid?.S ?? '',
    prid: prid?.S ?? '',
    shard: shard?.S,
    wake: numberIn(wake),
    due: numberIn(due),
    look: numberIn(look),
    creation: creationIn(creation?.M),
    cancellation: cancellationIn(cancellation?.M),
    body: `${status?.S} ${due?.N} ${look?.N} ${history?.S}`,
  };
};

const creationIn = (map: Record<string, AttributeValue> | undefined): HotCreation | null => {
  const state = creationStates.find((known) => known === map?.['state']?.S);
  if (map === undefined || state === undefined) return null;
  return {
    state,
    fingerprint: map['fingerprint']?.S ?? '',
    begun: numberIn(map['firstAttemptAt']),
  };
};

const cancellationIn = (map: Record<string, AttributeValue> | undefined): HotCancellation | null => {
  if (map === undefined) return null;
  const evidence = map['evidence']?.M;
  const state = map['state']?.S ?? '';
  const wish = numberIn(map['requestedAt']);
  const error = map['error']?.M?.['type']?.S ?? null;
  const attempts = numberIn(map['attempts']);
  const at = numberIn(evidence?.['at']);
  return {
    state,
    scope: map['scope']?.S === 'signature_packet' ? 'signature_packet' : 'workflow',
    wish,
    sent: map['sent']?.S,
    evidence:
      evidence === undefined
        ? null
        : { kind: evidence['kind']?.S ?? '', status: evidence['status']?.S ?? '' },
    error,
    body: `${state} ${wish} ${attempts} ${error} ${at} ${evidence?.['kind']?.S} ${evidence?.['status']?.S}`,
  };
};

const numberIn = (value: AttributeValue | undefined): number | null =>
  value?.N === undefined ? null : Number(value.N);
