/** Reads for an open wish: when they allow a call, when the next one is, and what they say of the account. */
import { describe, expect, test } from 'vitest';
import type { CancelAnswer, ReadAnswer } from '../../../shared/domain/answers.ts';
import { decide, type Event } from '../../../shared/domain/decide.ts';
import { mayBegin } from '../../../shared/domain/plan.ts';
import type { Policy, ProofRules } from '../../../shared/domain/policy.ts';
import { requestReminder } from '../../../shared/domain/reminder.ts';
import { retryCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import {
  at,
  byProbe,
  byRead,
  byWindow,
  effectsOf,
  policy,
  queued,
  start,
  time,
  unknown,
} from './examples.ts';

const unavailable = { type: 'provider-unavailable', detail: '503', providerStatus: 503 } as const;
const missing = { type: 'not-found', detail: '404' } as const;
const open: ReadAnswer = { kind: 'status', status: 'sent' };
const run = (request: SignatureRequest, ms: number, event: Event, proof: ProofRules = byWindow) =>
  decide(request, event, at(ms, proof));
const answered = (
  request: SignatureRequest,
  ms: number,
  answer: CancelAnswer,
  proof: ProofRules = byWindow,
) => run(request, ms, { type: 'cancel_answered', wish: start, answer }, proof);
const read = (
  request: SignatureRequest,
  ms: number,
  answer: ReadAnswer,
  proof: ProofRules = byWindow,
  right: 'lone' | 'claim' | 'none' = 'claim',
) => run(request, ms, { type: 'status_read', answer, right, begunAt: time(ms) }, proof);
const failing = (ms: number, retryAt?: number) =>
  answered(queued, ms, {
    kind: 'try_again',
    error: unavailable,
    pausesAccount: false,
    ...(retryAt !== undefined && { retryAt: time(retryAt) }),
  }).request;

describe('a read that was refused, or failed', () => {
  test('waits as long as the provider says, and pauses the account where that concerns all of it', () => {
    for (const kind of ['refused', 'try_again'] as const) {
      const answer = { kind, error: unavailable, retryAt: time(30_000), pausesAccount: true } as const;
      const decision = read(queued, 100, answer);
      expect(decision.request).toMatchObject({
        dueAt: time(30_000),
        cancellation: {
          state: 'queued',
          failures: 1,
          error: unavailable,
          firstAttemptAt: time(100),
          attempts: 0,
        },
      });
      expect(decision.effects).toEqual([
        { type: 'pause_account', until: time(30_000), reason: 'provider-unavailable' },
        { type: 'hint', cause: 'due', delayMs: 29_900 },
      ]);
    }
    const alone = read(queued, 100, { kind: 'try_again', error: unavailable, pausesAccount: false });
    expect(effectsOf(alone)).toEqual(['hint']);
    expect(effectsOf(read(queued, 100, { kind: 'unclear', error: unavailable }))).toEqual(['hint']);
  });

  test('backs off with each failure', () => {
    const once = read(queued, 100, { kind: 'unclear', error: unavailable }).request;
    expect(once.dueAt).toBe(time(600));
    expect(read(once, 600, { kind: 'unclear', error: unavailable }).request.dueAt).toBe(time(1_600));
  });

  test('keeps the time of the first attempt, from which the deadline counts', () => {
    const once = read(queued, 100, { kind: 'unclear', error: unavailable }).request;
    const twice = read(once, 600, { kind: 'unclear', error: unavailable }).request;
    expect(twice.cancellation?.firstAttemptAt).toBe(time(100));
    expect(read(twice, 5_000, open).request.cancellation?.firstAttemptAt).toBe(time(100));
  });

  test('finds a claim that ran out: its call may have acted, and is over', () => {
    const claimed = read(queued, 60_000, open).request;
    const blind = read(claimed, 120_000, { kind: 'unclear', error: unavailable }).request;
    expect(blind.cancellation).toMatchObject({ sent: 'maybe', inFlight: false });
  });

  test('lets a provider be called blindly only where it does not say to stay away', () => {
    const blind = (answer: ReadAnswer) => effectsOf(read(queued, 100, answer, byProbe));
    expect(blind({ kind: 'unclear', error: unavailable })).toEqual(['send']);
    expect(blind({ kind: 'try_again', error: unavailable, pausesAccount: false })).toEqual(['send']);
    expect(blind({ kind: 'try_again', error: unavailable, pausesAccount: true })).toEqual([
      'pause_account',
      'hint',
    ]);
    expect(blind({ kind: 'refused', error: unavailable, pausesAccount: false })).toEqual(['hint']);
    // And not before the time of the next call.
    const waiting = failing(100, 600_000);
    expect(effectsOf(read(waiting, 200, { kind: 'unclear', error: unavailable }, byProbe))).toEqual(['hint']);
  });
});

test('past the deadline no call is made blindly either: the wish is given up', () => {
  const tried = answered(
    queued,
    100,
    { kind: 'try_again', error: unavailable, pausesAccount: false },
    byProbe,
  ).request;
  const late = read(tried, 100 + policy.deadlineMs, { kind: 'unclear', error: unavailable }, byProbe);
  expect(late).toMatchObject({
    effects: [],
    request: { cancellation: { state: 'failed', error: { type: 'deadline-exceeded' } } },
  });
});

describe('a call that is claimed right before the deadline', () => {
  const deadline = 100 + policy.deadlineMs;
  const claimed = read(failing(100), deadline - 1, open);

  test('has all the time of a claim: cut short, it would be counted and never made', () => {
    expect(effectsOf(claimed)).toEqual(['send']);
    expect(mayBegin(claimed.request, policy, time(deadline))).toBe(true);
  });

  test('holds off the end until it is over', () => {
    const dueAt = deadline - 1 + policy.recoveryMs;
    expect(claimed.request.dueAt).toBe(time(dueAt));
    expect(stateAfter(claimed.request, dueAt - 1)).toBe('queued');
    expect(stateAfter(claimed.request, dueAt)).toBe('failed');
  });

  test('and that was taken is proven no later than the deadline, wherever the sweep has moved it meanwhile', () => {
    const swept = {
      ...read(failing(100), deadline - 1, open, byRead).request,
      wakeAt: claimed.request.dueAt,
    };
    const taken = answered(swept, deadline - 1, { kind: 'accepted' }, byRead).request;
    expect(taken).toMatchObject({ dueAt: time(deadline), cancellation: { state: 'submitted' } });
  });

  test('ends at once when it has an answer that is none', () => {
    const later = { kind: 'try_again', error: unavailable, pausesAccount: false } as const;
    const waiting = answered(claimed.request, deadline - 1, later).request;
    expect(waiting.dueAt).toBe(time(deadline));
    expect(answered(claimed.request, deadline, later).request.cancellation?.state).toBe('failed');
  });

  const stateAfter = (request: SignatureRequest, ms: number) =>
    read(request, ms, open).request.cancellation?.state;
});

describe('a look that a webhook asked for, and that failed', () => {
  const blind: ReadAnswer = { kind: 'unclear', error: unavailable };

  test('leaves the first call its time: it needs no claim, and may be under way', () => {
    const looked = read(queued, 100, blind, byWindow, 'none').request;
    expect(looked).toMatchObject({ dueAt: queued.dueAt, cancellation: { error: unavailable } });
    const unnamed = read(queued, 100, { kind: 'status', status: 'unknown' }, byRead, 'none').request;
    expect(unnamed.dueAt).toBe(queued.dueAt);
    const later = {
      kind: 'try_again',
      error: unavailable,
      retryAt: time(90_000),
      pausesAccount: true,
    } as const;
    expect(read(queued, 100, later, byWindow, 'none').request.dueAt).toBe(time(90_000));
  });

  test('begins no deadline that could end the wish while that call is under way', () => {
    const short = { ...at(100), policy: { ...policy, deadlineMs: 1_000 } };
    const event = { type: 'status_read', answer: blind, right: 'none', begunAt: time(100) } as const;
    const looked = decide(queued, event, short).request;
    expect(looked).toMatchObject({ dueAt: queued.dueAt, cancellation: { firstAttemptAt: null } });
  });

  test('is repeated soon once calls are claimed: what it was to see may be the proof', () => {
    const submitted = answered(queued, 50, { kind: 'accepted' }).request;
    expect(read(submitted, 100, blind, byWindow, 'none').request.dueAt).toBe(time(600));
  });
});

describe('a read that began before the last step', () => {
  const landing = (request: SignatureRequest, begunAt: number, ms: number, answer: ReadAnswer = open) =>
    run(request, ms, { type: 'status_read', answer, right: 'claim', begunAt: time(begunAt) });
  // Two workers look; one sends, its connection breaks, and then the answer to the other one's look comes in.
  const claimed = read(queued, 60_000, open).request;
  const broken = answered(claimed, 60_100, {
    kind: 'unclear',
    mayHaveActed: true,
    error: unavailable,
  }).request;

  test('sends nothing: it says nothing of what that step did', () => {
    expect(landing(broken, 59_900, 68_000)).toEqual({ request: broken, changed: false, effects: [] });
    expect(effectsOf(landing(broken, 60_100, 68_000))).toEqual(['send']);
    expect(landing(broken, 59_900, 68_000, { kind: 'not_found', error: missing }).effects).toEqual([]);
  });

  test('proves all the same', () => {
    const proof = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' } as const;
    expect(landing(broken, 59_900, 68_000, proof).request.cancellation?.state).toBe('confirmed');
    expect(landing(broken, 59_900, 68_000, { kind: 'status', status: 'signed' }).request.status).toBe(
      'signed',
    );
  });

  test('may be the first of a wish: clocks differ, and nothing was done yet', () => {
    expect(effectsOf(landing(queued, -50, 100))).toEqual(['send']);
  });
});

describe('a read of an open request', () => {
  test('waits for the time of the next call', () => {
    const waiting = failing(100, 600_000);
    const looked = read(waiting, 200, open);
    expect(looked.request).toMatchObject({ dueAt: time(600_000), existed: true, status: 'sent' });
    expect(looked.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 599_800 }]);
    expect(effectsOf(read(waiting, 600_000, open))).toEqual(['send']);
  });

  test('waits for the next proof read where that is sooner', () => {
    const submitted = answered(queued, 0, { kind: 'accepted' }, byRead).request;
    expect(read(submitted, 4_999, open, byRead).request.dueAt).toBe(time(5_000));
    expect(read(submitted, 3_599_999, open, byRead).request.dueAt).toBe(time(3_600_000));
  });

  test('of a wish that began again waits by its own failures, not for proof of what was accepted before', () => {
    const submitted = answered(queued, 0, { kind: 'accepted' }, byRead).request;
    const failed = run(submitted, 1_000, { type: 'given_up', error: unavailable }).request;
    const again = retryCancellation(failed, at(1_500)).request;
    const later = {
      kind: 'try_again',
      error: unavailable,
      retryAt: time(60_000),
      pausesAccount: false,
    } as const;
    const waiting = answered(again, 1_600, later, byRead).request;
    expect(read(waiting, 1_700, open, byRead).request.dueAt).toBe(time(60_000));
  });

  test('is never due after the deadline', () => {
    const waiting = failing(0, 3_000_000);
    const near = { ...at(2_000_000), policy: { ...policy, deadlineMs: 2_500_000 } };
    const event = { type: 'status_read', answer: open, right: 'claim', begunAt: time(2_000_000) } as const;
    expect(decide(waiting, event, near).request.dueAt).toBe(time(2_500_000));
  });

  test('forgets the 404 of an earlier cancel: it is there', () => {
    const unclear = answered(queued, 100, { kind: 'unclear', mayHaveActed: false, error: missing }).request;
    const there = read(unclear, 200, open).request;
    expect(read(there, 300, { kind: 'not_found', error: missing }).request.cancellation?.state).toBe(
      'queued',
    );
  });

  test('whose status has no name that we know may have ended: no call where that matters', () => {
    const decision = read(queued, 100, { kind: 'status', status: 'unknown' }, byRead);
    expect(decision.request.cancellation).toMatchObject({
      error: { type: 'unexpected-answer', detail: 'The provider names a status that is not known.' },
    });
    expect(effectsOf(read(queued, 100, { kind: 'status', status: 'unknown' }))).toEqual(['send']);
  });
});

describe('a claim on a cancel call', () => {
  test('stands as long as a call and its writing down may last', () => {
    const claimed = read(queued, 60_000, open).request;
    expect(claimed.dueAt).toBe(time(60_000 + policy.recoveryMs));
    const slow: Policy = { ...policy, callMs: 120_000 };
    const event = { type: 'status_read', answer: open, right: 'claim', begunAt: time(60_000) } as const;
    expect(decide(queued, event, { ...at(60_000), policy: slow }).request.dueAt).toBe(time(182_000));
  });

  test('is due when it has run out, and not a moment before', () => {
    const claimed = read(queued, 60_000, open).request;
    expect(read(claimed, 119_999, open).changed).toBe(false);
    expect(effectsOf(read(claimed, 120_000, open))).toEqual(['send']);
    const deferred = { type: 'deferred', error: unavailable, lone: false, permit: false } as const;
    expect(run(claimed, 119_999, { ...deferred, until: time(200_000) }).changed).toBe(false);
    expect(run(claimed, 120_000, { ...deferred, until: time(200_000) }).changed).toBe(true);
  });

  test('is written by a lone hint only where what was cancelled looks like what never was', () => {
    expect(read(queued, 50, open, byWindow, 'lone')).toEqual({
      request: queued,
      changed: false,
      effects: [{ type: 'send' }],
    });
    for (const answer of [open, { kind: 'not_found', error: missing }] as const) {
      expect(read(queued, 50, answer, byProbe, 'lone')).toMatchObject({
        changed: true,
        request: { cancellation: { attempts: 1, inFlight: true } },
        effects: [{ type: 'send' }],
      });
    }
  });

  test('is not written by a look that may not send', () => {
    expect(read(queued, 90_000, open, byWindow, 'none')).toEqual({
      request: queued,
      changed: false,
      effects: [],
    });
  });
});

describe('a 404 on the read', () => {
  test('is remembered as what stands in the way, and the cancel is tried', () => {
    const claimed = read(queued, 60_000, { kind: 'not_found', error: missing }).request;
    expect(claimed.cancellation).toMatchObject({ error: missing, inFlight: true });
  });

  test('before the time of the next call waits for it', () => {
    const waiting = failing(100, 600_000);
    expect(read(waiting, 200, { kind: 'not_found', error: missing }).request).toMatchObject({
      dueAt: time(600_000),
      cancellation: { error: missing },
    });
  });

  test('past the deadline ends the wish', () => {
    const waiting = failing(100, 600_000);
    const late = read(waiting, 100 + policy.deadlineMs, { kind: 'not_found', error: missing }).request;
    expect(late.cancellation).toMatchObject({ state: 'failed', error: { type: 'deadline-exceeded' } });
  });
});

describe('a deferral', () => {
  const deferral = { type: 'deferred', error: unavailable, lone: false, permit: false } as const;

  test('is spread over a tenth of the pause, a second at least', () => {
    const dueAt = (until: number, dice: number) =>
      decide(queued, { ...deferral, until: time(until) }, at(0, byWindow, dice)).request.dueAt;
    expect(dueAt(600_000, 0)).toBe(time(600_000));
    expect(dueAt(600_000, 0.5)).toBe(time(630_000));
    expect(dueAt(2_000, 0.5)).toBe(time(2_500));
  });

  test('past the deadline ends the wish', () => {
    const waiting = failing(100, 600_000);
    const late = run(waiting, 100 + policy.deadlineMs, { ...deferral, until: time(90_000_000) }).request;
    expect(late.cancellation).toMatchObject({ state: 'failed' });
  });

  test('is never due after the deadline', () => {
    const waiting = failing(100, 600_000);
    const late = run(waiting, policy.deadlineMs, { ...deferral, until: time(policy.deadlineMs + 900_000) });
    expect(late.request.dueAt).toBe(time(policy.deadlineMs + 100));
  });

  test('too far away for a message is the sweep’s', () => {
    expect(run(queued, 0, { ...deferral, until: time(2_000_000) }).effects).toEqual([]);
  });

  test('of a reminder moves the reminder', () => {
    const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
    const asked = requestReminder(sent, null, at(0)).request;
    expect(run(asked, 10, { ...deferral, until: time(30_000) }).request.dueAt).toBe(time(30_000));
  });
});

describe('giving up', () => {
  const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent' };

  test('ends a reminder that waits', () => {
    const asked = requestReminder(sent, null, at(0)).request;
    const given = run(asked, 10, { type: 'given_up', error: unavailable }).request;
    expect(given.reminder).toMatchObject({ state: 'refused' });
  });

  test('ends a look that waits, and says why', () => {
    const waiting: SignatureRequest = { ...sent, lookAt: time(60_000), wakeAt: time(60_000) };
    const given = run(waiting, 10, { type: 'given_up', error: unavailable }).request;
    expect(given).toMatchObject({ lookAt: null, readError: unavailable, wakeAt: null });
  });

  test('is nothing where nothing waits', () => {
    expect(run(sent, 10, { type: 'given_up', error: unavailable }).changed).toBe(false);
  });
});

describe('what a webhook claims', () => {
  const notice = (claim: { status: 'signed' | 'expired' | 'cancelled'; ref: null } | null) =>
    ({ type: 'webhook_received', notice: { trust: 'hint', claim } }) as const;
  const signed = { status: 'signed', ref: null } as const;

  test('is kept with the first word, until a read settles it', () => {
    const claimed = run(queued, 100, notice(signed)).request;
    expect(claimed.claim).toEqual(signed);
    const more = run(claimed, 200, notice({ status: 'expired', ref: null }));
    expect(more.changed).toBe(false);
    expect(run(claimed, 90_000, notice({ status: 'expired', ref: null })).request.claim).toEqual(signed);
  });

  test('is news also within a minute of a look, but hurries nobody then', () => {
    const looked = run(queued, 100, notice(null)).request;
    const news = run(looked, 200, notice(signed));
    expect(news).toMatchObject({ effects: [], request: { claim: signed } });
  });

  test('of a cancellation is no news: only a read, or proof, counts', () => {
    expect(run(queued, 100, notice({ status: 'cancelled', ref: null })).request.claim).toBeNull();
  });

  test('is no proof, whatever it claims, unless it was verified', () => {
    const submitted = answered(queued, 50, { kind: 'accepted' }).request;
    expect(run(submitted, 100, notice({ status: 'cancelled', ref: null })).request.cancellation?.state).toBe(
      'submitted',
    );
    const verified = { trust: 'proof', claim: signed } as const;
    expect(
      run(submitted, 100, { type: 'webhook_received', notice: verified }).request.cancellation?.state,
    ).toBe('submitted');
    const silent = { trust: 'proof', claim: null } as const;
    expect(
      run(submitted, 100, { type: 'webhook_received', notice: silent }).request.cancellation?.state,
    ).toBe('submitted');
  });

  test('is forgotten when a read refutes it, and is not looked for again', () => {
    expect(read(queued, 100, { kind: 'claim_refuted' }).changed).toBe(false);
  });

  test('is settled by a read that shows it open, and began after it', () => {
    const claimed = run(failing(50, 600_000), 100, notice(signed)).request;
    const readBegun = (begunAt: number, answer: ReadAnswer) =>
      run(claimed, 300, { type: 'status_read', answer, right: 'claim', begunAt: time(begunAt) }).request
        .claim;
    expect(readBegun(101, open)).toBeNull();
    expect(readBegun(100, open)).toEqual(signed);
    expect(readBegun(101, { kind: 'status', status: 'unknown' })).toEqual(signed);
    expect(readBegun(101, { kind: 'unclear', error: unavailable })).toEqual(signed);
    const unhinted: SignatureRequest = { ...claimed, hintedAt: null };
    const late = { type: 'status_read', answer: open, right: 'claim', begunAt: time(101) } as const;
    expect(run(unhinted, 300, late).request.claim).toBeNull();
  });
});

test('a webhook for what is being created is remembered once: whoever writes the id reads it then', () => {
  const creation = {
    state: 'queued',
    fingerprint: 'f',
    attempts: 1,
    firstAttemptAt: time(0),
    sent: 'no',
    inFlight: true,
    lastAttemptAt: time(0),
    failures: 0,
    error: null,
  } as const;
  const creating: SignatureRequest = { ...unknown, status: 'creating', version: 1, creation };
  const told = { type: 'webhook_received', notice: { trust: 'hint', claim: null } } as const;
  const first = run(creating, 100, told);
  expect(first.request.hintedAt).toBe(time(100));
  expect(run(first.request, 200, told).changed).toBe(false);
});
