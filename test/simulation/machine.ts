/**
 * One process that runs a function: with a clock of its own, and everything outside of it a wait away. It may die at any wait,
 * and what it had in memory dies with it; what it had sent out is on its way all the same.
 */
import type { Instant } from '../../shared/domain/ids.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Timeline } from './timeline.ts';

export type Role = 'api' | 'dispatch' | 'webhook' | 'sweep';

/** Where a run is to die: the wait by its number, counted over all processes. */
export interface CrashPoint {
  readonly at: number;
  readonly when: 'before' | 'after';
}

export interface Surroundings {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly skewMs: number;
  readonly crash: CrashPoint | null;
  /** How many waits there were. */
  readonly waits: { count: number };
  readonly note: (text: string) => void;
}

/** A part of AWS that does not answer, or answers with a fault of its own. */
export class Trouble extends Error {
  override readonly name = 'TimeoutError';
}

export class Machine {
  readonly role: Role;
  readonly name: string;
  isDead = false;
  isBusy = false;
  /** Something that it used failed in this invocation. */
  isTroubled = false;
  /** When this invocation began, and when it is stopped, in true time. */
  startedAt = 0;
  #endsAt = Number.POSITIVE_INFINITY;
  readonly #offset: number;
  readonly #surroundings: Surroundings;

  constructor(role: Role, name: string, surroundings: Surroundings) {
    const { chance, skewMs } = surroundings;
    this.role = role;
    this.name = name;
    this.#surroundings = surroundings;
    this.#offset = chance.between('clock', -skewMs, skewMs);
  }

  /** By its own clock. */
  now = (): Instant => (this.#surroundings.timeline.now + this.#offset) as Instant;

  dice = (): number => this.#surroundings.chance.roll('dice');

  /** Its own timer: no place to die. */
  sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.#surroundings.timeline.after(ms, () => {
        if (!this.isDead) resolve();
      });
    });

  begin(timeoutMs: number): void {
    const { now } = this.#surroundings.timeline;
    this.isBusy = true;
    this.isTroubled = false;
    this.startedAt = now;
    this.#endsAt = now + timeoutMs;
  }

  remainingMs = (): number => this.#endsAt - this.#surroundings.timeline.now;

  die(why: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#surroundings.note(`${this.name} dies ${why}`);
  }

  /** @param start does something outside, and says how it came out: at once, later or never */
  wait<T>(
    what: string,
    start: (settle: (value: T) => void, fail: (error: unknown) => void) => void,
  ): Promise<T> {
    if (this.isDead) return forever();
    const place = this.#placeToDie();
    if (place === 'before') {
      this.die(`before ${what}`);
      return forever();
    }
    return new Promise((resolve, reject) => {
      const unlessDead = (go: () => void): void => {
        if (place === 'after') this.die(`after ${what}`);
        else if (this.remainingMs() < 0) this.die(`of its time-out, waiting for ${what}`);
        if (!this.isDead) go();
      };
      start(
        (value) => unlessDead(() => resolve(value)),
        (error) => unlessDead(() => reject(error)),
      );
    });
  }

  /** Something outside that is done after so much time, and answers at once. */
  reach<T>(what: string, ms: number, act: () => T): Promise<T> {
    return this.wait<T>(what, (settle, fail) => {
      this.#surroundings.timeline.after(ms, () => {
        let value: T;
        try {
          value = act();
        } catch (error) {
          if (error instanceof Trouble) this.isTroubled = true;
          fail(error);
          return;
        }
        settle(value);
      });
    });
  }

  #placeToDie(): 'before' | 'after' | null {
    const { crash, waits, faults } = this.#surroundings;
    waits.count += 1;
    if (crash !== null) return waits.count === crash.at ? crash.when : null;
    if (faults.strikes('crash-before')) return 'before';
    return faults.strikes('crash-after') ? 'after' : null;
  }
}

const forever = (): Promise<never> => new Promise(() => undefined);
