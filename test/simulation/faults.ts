/** What goes wrong in a run, counted, and left out one by one where a failing run is made shorter. */
import type { Chance } from './chance.ts';

export const faultKinds = [
  // Messages.
  'lost-message',
  'doubled-message',
  'uncounted-double',
  'late-message',
  'undeleted-message',
  // Workers and what they use.
  'crash-before',
  'crash-after',
  'store-refuses',
  'store-loses-answer',
  'store-repeats-write',
  'queue-refuses',
  'index-lags',
  'sweep-missed',
  'lost-api-answer',
  // Calls to providers.
  'no-connection',
  'lost-request',
  'cut-line',
  'slow-answer',
  'late-act',
  'rate-limited',
  'server-error',
  'server-error-after-act',
  'refused-call',
  'garbled',
  'garbled-after-act',
  'out-of-sight',
  'silently-dropped',
  // Callbacks.
  'lost-callback',
  'doubled-callback',
  'late-callback',
] as const;
export type FaultKind = (typeof faultKinds)[number];
export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>;

/** One fault of one run: its kind, and which of the occasions for it. */
export type FaultName = `${FaultKind}#${number}`;

export class Faults {
  readonly struck: FaultName[] = [];
  /** From then on everything works. */
  readonly #until: number;
  readonly #rates: FaultRates;
  readonly #chance: Chance;
  readonly #leftOut: ReadonlySet<string>;
  readonly #now: () => number;
  readonly #occasions = new Map<FaultKind, number>();

  constructor(given: {
    readonly chance: Chance;
    readonly rates: FaultRates;
    readonly until: number;
    readonly leftOut: ReadonlySet<string>;
    readonly now: () => number;
  }) {
    this.#chance = given.chance;
    this.#rates = given.rates;
    this.#until = given.until;
    this.#leftOut = given.leftOut;
    this.#now = given.now;
  }

  /** Whether it goes wrong this time. */
  strikes(kind: FaultKind): boolean {
    const rate = this.#rates[kind];
    if (rate === undefined || this.#now() >= this.#until) return false;
    const occasion = (this.#occasions.get(kind) ?? 0) + 1;
    this.#occasions.set(kind, occasion);
    if (!this.#chance.happens(kind, rate)) return false;
    const name: FaultName = `${kind}#${occasion}`;
    if (this.#leftOut.has(name)) return false;
    this.struck.push(name);
    return true;
  }
}
