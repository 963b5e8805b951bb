/** A wish that nobody ends is given up by the sweep, and never under a call that is under way. */
import { expect, test } from 'vitest';
import { sweep } from '../../../functions/sweep/sweep.ts';
import { decide } from '../../../shared/domain/decide.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { at, queued, start, time, policy as usual } from '../domain/examples.ts';

/** A call may last longer than the sweep waits for anybody. */
const policy: Policy = { ...usual, recoveryMs: 1_000, callMs: 20_000, deadlineMs: 10_000 };
const unavailable = { type: 'provider-unavailable', detail: '503', providerStatus: 503 } as const;
const tried = decide(
  queued,
  {
    type: 'cancel_answered',
    wish: start,
    answer: { kind: 'try_again', error: unavailable, pausesAccount: false },
  },
  { ...at(100), policy },
).request;
const claimed = decide(
  tried,
  {
    type: 'status_read',
    answer: { kind: 'status', status: 'sent' },
    right: 'claim',
    begunAt: time(9_000),
  },
  { ...at(9_000), policy },
).request;

const afterSweep = async (request: SignatureRequest, ms: number): Promise<SignatureRequest> => {
  let stored = request;
  let isFound = false;
  const report = await sweep({
    requests: {
      due: async () => {
        const entries = isFound ? [] : [{ tenant: request.tenant, id: request.id }];
        isFound = true;
        return { entries, next: undefined };
      },
      get: async () => stored,
      put: async (next) => {
        stored = next;
        return true;
      },
      moveWake: async () => true,
      countFailed: async () => 0,
    },
    sendHint: async () => undefined,
    telling: { isWanted: async () => false, sendHint: async () => undefined },
    policy,
    now: () => time(ms),
    dice: () => 0,
    log: () => undefined,
    remainingMs: () => 60_000,
  });
  expect(report.seen).toBe(1);
  return stored;
};

test('past the deadline by far it is given up', async () => {
  expect((await afterSweep(tried, 15_200)).cancellation?.state).toBe('failed');
});

test('while a claimed call may be under way it is not, and afterwards it is', async () => {
  expect(claimed).toMatchObject({ dueAt: time(31_000), cancellation: { inFlight: true } });
  expect((await afterSweep(claimed, 15_200)).cancellation?.state).toBe('queued');
  expect((await afterSweep(claimed, 31_000)).cancellation?.state).toBe('failed');
});
