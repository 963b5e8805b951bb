/** What a sweep reaches that has less time than there is work. */
import { expect, test } from 'vitest';
import { sweep } from '../../../functions/sweep/sweep.ts';
import { decide } from '../../../shared/domain/decide.ts';
import type { RequestId, Tenant } from '../../../shared/domain/ids.ts';
import { shardOf } from '../../../shared/store/request-item.ts';
import { at, policy, queued, start, time } from '../domain/examples.ts';

const tenant = 'demo' as Tenant;
const idEndingIn = (digit: number) => `sr_${'0'.repeat(31)}${digit}` as RequestId;
const accepted = { type: 'cancel_answered', wish: start, answer: { kind: 'accepted' } } as const;
/** Taken long ago, and nothing proves it: each pass has to look at it. */
const unconfirmed = { ...decide(queued, accepted, at(0)).request, id: idEndingIn(0) };
/** Its hint was lost. */
const lost = { ...queued, id: idEndingIn(3) };
const inFirstShard = 1_000;

/** How many hints for the lost one a number of passes sends, each of which has time for a part of one shard. */
const hintsAfter = async (passes: number): Promise<number> => {
  let hints = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    let left = 60_000;
    await sweep({
      requests: {
        due: async (shard) => {
          const isThere = [unconfirmed, lost].find((request) => shardOf(request) === shard);
          const length = isThere === undefined ? 0 : isThere === lost ? 1 : inFirstShard;
          const entries = Array.from({ length }, () => ({ tenant, id: (isThere ?? lost).id }));
          return { entries, next: undefined };
        },
        get: async (_tenant, id) => {
          left -= 60;
          return id === lost.id ? lost : unconfirmed;
        },
        put: async () => true,
        moveWake: async () => true,
        countFailed: async () => 0,
      },
      sendHint: async (_provider, { id }) => {
        if (id === lost.id) hints += 1;
      },
      telling: { isWanted: async () => false, sendHint: async () => undefined },
      policy,
      now: () => time(2 * policy.confirmationWindowMs),
      dice: () => pass / passes,
      log: () => undefined,
      remainingMs: () => left,
    });
  }
  return hints;
};

test('a shard with more than one pass can do does not keep the others from it', async () => {
  expect(shardOf(lost)).not.toBe(shardOf(unconfirmed));
  expect(await hintsAfter(8)).toBeGreaterThan(0);
});
