/** One simulated provider's memory: requests, accounts, switches, faults, counted calls; and its timers. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Fault } from './faults.ts';
import { type Collection, type Journal, openJournal } from './journal.ts';
import { openSeal } from './seal.ts';
import type { SwitchTable, SwitchValue, ValueOf } from './switches.ts';

export interface SimulatedRequest {
  readonly id: string;
  /** The account that it belongs to; null: any that asks. */
  readonly account: string | null;
  readonly status: string;
  /** Which one it had when it was cancelled, where the provider still shows something of it. */
  readonly statusBefore: string | null;
  readonly createdAt: number;
  /** When a queued cancellation takes effect. */
  readonly cancelAt: number | null;
  /** The reason that came with the cancel. */
  readonly cancelReason: string | null;
  readonly switches: Readonly<Record<string, SwitchValue>>;
  readonly faults: readonly Fault[];
  readonly title: string;
  readonly callbackUrl: string | null;
  readonly documentId: string | null;
}

export interface SimulatedAccount {
  readonly id: string;
  readonly sealedKey: string;
  readonly callbackUrl: string | null;
  readonly failedCallbacks: number;
  /** For providers whose accounts can be in one. */
  readonly status?: string;
}

export interface CountedCall {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  readonly requestId: string | null;
  readonly at: string;
  /** 0: no answer was given. */
  readonly status: number;
  /** The trace that the caller says it belongs to, if any. */
  readonly trace: { readonly traceparent?: string; readonly tracestate?: string };
  /** Whether the provider did what was asked, whatever it answered. */
  readonly acted: boolean;
}

export interface CallbackAttempts {
  readonly id: string;
  readonly requestId: string | null;
  readonly account: string | null;
  readonly event: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The status of each attempt; 0: no answer. */
  readonly attempts: readonly number[];
  /** Null: delivered, or given up. */
  readonly nextAt: number | null;
  readonly delivered: boolean;
}

export class World<S extends SwitchTable = SwitchTable> {
  readonly switches: S;
  readonly requests: Collection<SimulatedRequest>;
  readonly accounts: Collection<SimulatedAccount>;
  readonly callbacks: Collection<CallbackAttempts>;
  /** What a provider remembers beside these, under names of its own. */
  readonly collection: Journal['collection'];
  readonly #calls: Collection<CountedCall>;
  readonly #set: Collection<SwitchValue>;
  readonly #faults: Collection<readonly Fault[]>;
  readonly #seal: ReturnType<typeof openSeal>;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #perMinute = new Map<string, { minute: number; count: number }>();
  #callCount: number;
  #stopped = false;

  constructor(name: string, switches: S, dataDir: string | null) {
    const journal = openJournal(dataDir === null ? null : join(dataDir, `${name}.jsonl`));
    this.switches = switches;
    this.requests = journal.collection('requests');
    this.accounts = journal.collection('accounts');
    this.callbacks = journal.collection('callbacks');
    this.collection = journal.collection;
    this.#calls = journal.collection('calls');
    this.#set = journal.collection('switches');
    this.#faults = journal.collection('faults');
    this.#seal = openSeal(dataDir);
    this.#callCount = this.#calls.all().length;
  }

  /** A switch as it stands for a request: its own value, else the general one, else the default. */
  value<N extends string & keyof S>(name: N, request: SimulatedRequest | null = null): ValueOf<S, N> {
    // Only values that fit the table are ever stored.
    return (request?.switches[name] ?? this.#set.get(name) ?? this.switches[name]?.default) as ValueOf<S, N>;
  }

  set(values: Readonly<Record<string, SwitchValue>>): void {
    for (const [name, value] of Object.entries(values)) this.#set.put(name, value);
  }

  get faults(): readonly Fault[] {
    return this.#faults.get('all') ?? [];
  }

  setFaults(faults: readonly Fault[]): void {
    this.#faults.put('all', faults);
  }

  /** The first fault that fits: the request's own before the general ones. Counts it as used. */
  takeFault(operation: string, requestId: string | null): Fault | null {
    const request = requestId === null ? undefined : this.requests.get(requestId);
    const own = request && take(request.faults, operation);
    if (request && own) {
      this.update(request.id, { faults: own.left });
      return own.fault;
    }
    const general = take(this.faults, operation);
    if (general) this.setFaults(general.left);
    return general?.fault ?? null;
  }

  seed(
    request: Partial<SimulatedRequest> & { readonly id: string; readonly status: string },
  ): SimulatedRequest {
    const seeded: SimulatedRequest = {
      account: null,
      createdAt: Date.now(),
      cancelAt: null,
      cancelReason: null,
      statusBefore: null,
      switches: {},
      faults: [],
      title: 'Contract',
      callbackUrl: null,
      documentId: null,
      ...request,
    };
    this.requests.put(seeded.id, seeded);
    return seeded;
  }

  update(id: string, change: Partial<SimulatedRequest>): SimulatedRequest | null {
    const request = this.requests.get(id);
    if (!request) return null;
    const updated = { ...request, ...change };
    this.requests.put(id, updated);
    return updated;
  }

  /** The account of an API key; the first call with a key opens it. */
  accountOf(key: string): SimulatedAccount {
    const id = createHash('sha256').update(`simulated account ${key}`).digest('hex').slice(0, 40);
    const known = this.accounts.get(id);
    if (known) return known;
    const account = { id, sealedKey: this.#seal.seal(key), callbackUrl: null, failedCallbacks: 0 };
    this.accounts.put(id, account);
    return account;
  }

  keyOf(account: SimulatedAccount): string {
    return this.#seal.open(account.sealedKey);
  }

  count(call: CountedCall): void {
    this.#callCount += 1;
    this.#calls.put(String(this.#callCount), call);
  }

  get calls(): readonly CountedCall[] {
    return this.#calls.all();
  }

  /** Counts a call against a limit per clock minute. `resetsAt` is in Unix seconds. */
  countPerMinute(account: string, limit: number): { left: number; resetsAt: number; over: boolean } {
    const minute = Math.floor(Date.now() / 60_000);
    const before = this.#perMinute.get(account);
    const count = (before?.minute === minute ? before.count : 0) + 1;
    this.#perMinute.set(account, { minute, count });
    return { left: Math.max(0, limit - count), resetsAt: (minute + 1) * 60, over: count > limit };
  }

  later(at: number, then: () => void | Promise<void>): void {
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void then();
      },
      Math.max(0, at - Date.now()),
    );
    this.#timers.add(timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

export const newHexId = (digits: number): string => randomBytes(digits / 2).toString('hex');

const take = (faults: readonly Fault[], operation: string) => {
  const at = faults.findIndex(({ on }) => on === operation || on === 'any');
  const fault = faults[at];
  if (!fault) return null;
  const rest = faults.toSpliced(at, 1);
  if (fault.times === 0) return { fault, left: faults };
  return {
    fault,
    left: fault.times > 1 ? rest.toSpliced(at, 0, { ...fault, times: fault.times - 1 }) : rest,
  };
};
