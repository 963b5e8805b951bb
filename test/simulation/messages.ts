/** The queues: messages that come twice, late, in another order or never, and come back when nobody deleted them. */
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Timeline } from './timeline.ts';

export interface Message {
  readonly body: string;
  receives: number;
  isDeleted: boolean;
}

export interface Surroundings {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly note: (text: string) => void;
  /** A worker that is free takes them; null when there is none. */
  readonly workerFor: (
    provider: string,
  ) => ((messages: readonly Message[]) => Promise<readonly Message[]>) | null;
  /** A second copy that says it is the first. */
  readonly doubledUncounted: (body: string) => void;
}

/** Six times dispatch's time-out, and as often as the redrive policy lets it come back. */
const visibilityMs = 360_000;
const mostReceives = 5;
/** Lambda hands over so many at once, at most. */
const batchSize = 5;

export const messageQueues = (surroundings: Surroundings) => {
  const { timeline, chance, faults, note } = surroundings;
  const waiting = new Map<string, Message[]>();

  const send = (provider: string, body: string, delaySeconds: number): void => {
    note(`  message ${body} in ${delaySeconds} s`);
    if (faults.strikes('lost-message')) {
      note('  message lost');
      return;
    }
    const late = faults.strikes('late-message') ? chance.spread('late message', 1_000, 1_500_000) : 0;
    const ms = delaySeconds * 1_000 + late + chance.spread('message', 2, 400);
    arrive(provider, { body, receives: 0, isDeleted: false }, ms);
    if (faults.strikes('doubled-message')) {
      // The second copy counts on: it has been handed out before.
      arrive(provider, { body, receives: 1, isDeleted: false }, ms + chance.spread('second copy', 1, 60_000));
    }
    if (faults.strikes('uncounted-double')) {
      surroundings.doubledUncounted(body);
      arrive(provider, { body, receives: 0, isDeleted: false }, ms + chance.spread('second copy', 1, 2_000));
    }
  };

  const arrive = (provider: string, message: Message, ms: number): void =>
    timeline.after(ms, () => {
      if (message.isDeleted) return;
      const queue = waiting.get(provider) ?? [];
      waiting.set(provider, queue);
      queue.push(message);
      if (queue.length === 1) handOut(provider, queue);
    });

  const handOut = (provider: string, queue: Message[]): void => {
    const work = surroundings.workerFor(provider);
    if (work === null) {
      timeline.after(chance.between('no worker', 50, 600), () => handOut(provider, queue));
      return;
    }
    const batch = queue.splice(0, batchSize);
    if (queue.length > 0) timeline.after(0, () => handOut(provider, queue));
    for (const message of batch) {
      message.receives += 1;
      if (message.receives <= mostReceives) arrive(provider, message, visibilityMs);
    }
    const live = batch.filter(({ receives }) => receives <= mostReceives);
    void work(live).then((done) => {
      for (const message of done) {
        if (faults.strikes('undeleted-message')) note('  message not deleted');
        else message.isDeleted = true;
      }
    });
  };

  return { send };
};
