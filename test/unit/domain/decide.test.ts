import { describe, expect, test } from 'vitest';
import type { CancelAnswer, ReadAnswer } from '../../../shared/domain/answers.ts';
import { decide } from '../../../shared/domain/decide.ts';
import type { ProofRules } from '../../../shared/domain/policy.ts';
import { requestCancellation, retryCancellation } from '../../../shared/domain/request.ts';
import { isOpenCancellation, type SignatureRequest } from '../../../shared/domain/signature-request.ts';
import {
  at,
  byProbe,
  byRead,
  byWindow,
  effectsOf,
  policy,
  queued,
  start,
  stateOf,
  time,
  unknown,
  wish,
} from './examples.ts';

const unavailable = {
  type: 'provider-unavailable',
  detail: 'The provider answered 503.',
  providerStatus: 503,
} as const;
const notFound = { type: 'not-found', detail: 'The provider answered 404.', providerStatus: 404 } as const;
const timeout = { type: 'provider-timeout', detail: 'No answer.' } as const;

const answered = (
  request: SignatureRequest,
  answer: CancelAnswer,
  ms: number,
  proof: ProofRules = byWindow,
  dice = 0.5,
) => decide(request, { type: 'cancel_answered', wish: start, answer }, at(ms, proof, dice));
const read = (
  request: SignatureRequest,
  answer: ReadAnswer,
  ms: number,
  proof: ProofRules = byWindow,
  right: 'lone' | 'claim' | 'none' = 'claim',
) => decide(request, { type: 'status_read', answer, right, begunAt: time(ms) }, at(ms, proof));
const proofCallback = (request: SignatureRequest, ms: number) =>
  decide(
    request,
    { type: 'webhook_received', notice: { trust: 'proof', claim: { status: 'cancelled', ref: null } } },
    at(ms),
  );

const submitted = answered(queued, { kind: 'accepted' }, 100).request;

describe('a wish', () => {
  test('begins queued, due after the recovery time, and alone may send', () => {
    const { outcome, decision } = requestCancellation(unknown, wish, at(0));
    expect(outcome).toBe('accepted');
    expect(decision.request).toMatchObject({ version: 1, dueAt: time(60_000), wakeAt: time(60_000) });
    expect(decision.effects).toEqual([{ type: 'hint', cause: 'new', delayMs: 0 }]);
  });

  test('asked twice is the same wish: nothing is written and nobody is hinted', () => {
    for (const request of [queued, submitted]) {
      const { outcome, decision } = requestCancellation(request, { ...wish, reason: 'another' }, at(500));
      expect(outcome).toBe('joined');
      expect(decision).toEqual({ request, changed: false, effects: [] });
    }
  });

  test('for a request that ended otherwise is refused, for a cancelled one already fulfilled', () => {
    expect(requestCancellation({ ...unknown, status: 'signed' }, wish, at(0)).outcome).toBe(
      'not_cancellable',
    );
    expect(requestCancellation({ ...unknown, status: 'cancelled' }, wish, at(0)).outcome).toBe(
      'already_cancelled',
    );
  });

  test('for the workflow replaces a confirmed one for the packet, not the other way round', () => {
    const packet = requestCancellation(unknown, { ...wish, scope: 'signature_packet' }, at(0)).decision
      .request;
    const done = read(packet, { kind: 'proof', status: 'cancelled', requestStatus: 'sent' }, 10).request;
    expect(requestCancellation(done, wish, at(20)).outcome).toBe('accepted');
    expect(requestCancellation(queued, { ...wish, scope: 'signature_packet' }, at(20)).outcome).toBe(
      'joined',
    );
  });

  test('that failed starts over when it is asked for again, its deadline too', () => {
    const failed = decide(submitted, { type: 'given_up', error: unavailable }, at(1_000)).request;
    const again = retryCancellation(failed, at(2_000));
    expect(again.request).toMatchObject({
      cancellation: { state: 'queued', attempts: 1, firstAttemptAt: null, error: null, sent: 'yes' },
      wakeAt: time(62_000),
    });
    expect(again.effects).toEqual([{ type: 'hint', cause: 'retry', delayMs: 0 }]);
    expect(retryCancellation(submitted, at(2_000)).changed).toBe(false);
  });
});

describe('an accepted cancel', () => {
  test('waits for proof until the window, and leaves the wake time alone', () => {
    expect(submitted).toMatchObject({
      cancellation: { state: 'submitted', attempts: 1, sent: 'yes', submittedAt: time(100) },
      dueAt: time(3_600_100),
      wakeAt: time(60_000),
    });
  });

  test('is read at once where the provider is read, without touching the index', () => {
    const decision = answered(queued, { kind: 'accepted' }, 100, byRead);
    expect(effectsOf(decision)).toEqual(['look']);
    expect(decision.request.wakeAt).toEqual(queued.wakeAt);
  });

  test('is read after 5 s, 30 s and 2 min, then at the window', () => {
    let request = answered(queued, { kind: 'accepted' }, 0, byRead).request;
    const dues: number[] = [];
    for (const ms of [200, 5_000, 30_000, 120_000]) {
      request = read(request, { kind: 'status', status: 'sent' }, ms, byRead).request;
      dues.push((request.dueAt ?? 0) - start);
    }
    expect(dues).toEqual([5_000, 30_000, 120_000, 3_600_000]);
  });

  test('still open at the window is submitted again, claimed first', () => {
    const decision = read(submitted, { kind: 'status', status: 'sent' }, 3_600_100);
    expect(effectsOf(decision)).toEqual(['send']);
    expect(decision.request.cancellation).toMatchObject({ state: 'submitted', inFlight: true, attempts: 2 });
    const again = answered(decision.request, { kind: 'accepted' }, 3_600_200).request;
    expect(again.cancellation).toMatchObject({ attempts: 2, inFlight: false, submittedAt: time(3_600_200) });
  });

  test('still open past the deadline fails, and says what was last in the way', () => {
    const decision = read(submitted, { kind: 'status', status: 'sent' }, policy.deadlineMs + 100);
    expect(decision.request).toMatchObject({
      cancellation: { state: 'failed', error: { type: 'deadline-exceeded' } },
      dueAt: null,
      wakeAt: time(policy.deadlineMs + 100),
    });
  });
});

describe('proof', () => {
  test('by webhook confirms what was sent', () => {
    const { request } = proofCallback(submitted, 900);
    expect(request).toMatchObject({
      status: 'cancelled',
      cancellation: {
        state: 'confirmed',
        evidence: { kind: 'webhook', status: 'cancelled', at: time(900) },
      },
      dueAt: null,
      wakeAt: null,
    });
  });

  test('before our own answer is written is kept, and confirms with it', () => {
    const kept = proofCallback(queued, 50);
    expect(stateOf(kept)).toBe('queued');
    expect(kept.request.version).toBe(queued.version + 1);
    const decision = answered(kept.request, { kind: 'accepted' }, 80);
    expect(decision.request.cancellation).toMatchObject({
      state: 'confirmed',
      attempts: 1,
      evidence: { kind: 'webhook', at: time(50) },
    });
    expect(stateOf(answered(kept.request, { kind: 'unclear', mayHaveActed: true, error: timeout }, 80))).toBe(
      'confirmed',
    );
  });

  test('that is kept proves nothing when our call was not carried out', () => {
    const kept = proofCallback(queued, 50).request;
    const limited = answered(kept, { kind: 'try_again', error: unavailable, pausesAccount: false }, 80);
    expect(stateOf(limited)).toBe('queued');
  });

  test('by webhook for what Rescind has not sent only makes it look', () => {
    const failed = decide(queued, { type: 'given_up', error: unavailable }, at(10)).request;
    expect(effectsOf(proofCallback(failed, 20))).toEqual(['hint']);
    expect(effectsOf(proofCallback({ ...unknown, version: 1, status: 'sent' }, 20))).toEqual(['hint']);
  });

  test('after failure confirms, a completion after failure rejects', () => {
    const failed = decide(submitted, { type: 'given_up', error: unavailable }, at(1_000)).request;
    expect(stateOf(proofCallback(failed, 2_000))).toBe('confirmed');
    expect(
      stateOf(read(failed, { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' }, 2_000)),
    ).toBe('confirmed');
    expect(stateOf(read(failed, { kind: 'status', status: 'signed' }, 2_000))).toBe('rejected');
  });

  test('of a completion rejects, whatever we sent', () => {
    const decision = read(submitted, { kind: 'status', status: 'signed' }, 500);
    expect(decision.request).toMatchObject({
      status: 'signed',
      cancellation: { state: 'rejected', error: { type: 'already-signed' } },
    });
  });

  test('changes nothing once the state is final', () => {
    const confirmed = proofCallback(submitted, 900).request;
    const rejected = read(submitted, { kind: 'status', status: 'signed' }, 500).request;
    for (const request of [confirmed, rejected]) {
      expect(proofCallback(request, 1_000).changed).toBe(false);
      expect(answered(request, { kind: 'accepted' }, 1_000).changed).toBe(false);
      expect(decide(request, { type: 'given_up', error: unavailable }, at(1_000)).changed).toBe(false);
      expect(
        decide(
          request,
          { type: 'deferred', until: time(5_000), error: unavailable, lone: false, permit: false },
          at(1_000),
        ).changed,
      ).toBe(false);
    }
    expect(read(confirmed, { kind: 'status', status: 'signed' }, 1_000).changed).toBe(false);
  });
});

describe('an unclear cancel', () => {
  const unclear = answered(queued, { kind: 'unclear', mayHaveActed: true, error: timeout }, 100);

  test('is looked up at once, and not sent again before its back-off', () => {
    expect(effectsOf(unclear)).toEqual(['look']);
    expect(unclear.request.cancellation).toMatchObject({
      sent: 'maybe',
      attempts: 1,
      failures: 1,
      resendAt: time(600),
    });
    const stillThere = read(unclear.request, { kind: 'status', status: 'sent' }, 200);
    expect(effectsOf(stillThere)).toEqual(['hint']);
    expect(stillThere.request.dueAt).toBe(time(600));
    expect(effectsOf(read(stillThere.request, { kind: 'status', status: 'sent' }, 600))).toEqual(['send']);
  });

  test('that had acted is confirmed by the read', () => {
    const decision = read(
      unclear.request,
      { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' },
      200,
    );
    expect(decision.request.cancellation).toMatchObject({
      state: 'confirmed',
      evidence: { kind: 'poll', status: 'deleted' },
    });
  });
});

describe('404', () => {
  const cancel404 = answered(queued, { kind: 'unclear', mayHaveActed: false, error: notFound }, 100);

  test('on the cancel and on the read rejects', () => {
    const decision = read(cancel404.request, { kind: 'not_found', error: notFound }, 200);
    expect(decision.request.cancellation).toMatchObject({
      state: 'rejected',
      error: { type: 'not-found', providerStatus: 404 },
    });
  });

  test('on the read alone makes us try the cancel', () => {
    const decision = read(queued, { kind: 'not_found', error: notFound }, 60_000);
    expect(effectsOf(decision)).toEqual(['send']);
    const both = answered(
      decision.request,
      { kind: 'unclear', mayHaveActed: false, error: notFound },
      60_100,
    );
    expect(stateOf(read(both.request, { kind: 'not_found', error: notFound }, 60_200))).toBe('rejected');
  });

  test('after a cancel that may have acted is no proof of anything: a person decides', () => {
    const sent = answered(queued, { kind: 'unclear', mayHaveActed: true, error: timeout }, 100).request;
    const gone = answered(
      { ...sent, dueAt: time(600) },
      { kind: 'unclear', mayHaveActed: false, error: notFound },
      700,
    );
    const decision = read(gone.request, { kind: 'not_found', error: notFound }, 800);
    expect(decision.request.cancellation).toMatchObject({
      state: 'failed',
      error: { type: 'outcome-unknown' },
    });
  });
});

describe('a refusal', () => {
  test('waits for the time that the provider names, and pauses the account', () => {
    const limited = {
      type: 'rate-limited',
      detail: 'The provider answered 429.',
      providerStatus: 429,
    } as const;
    const decision = answered(
      queued,
      { kind: 'try_again', error: limited, retryAt: time(30_000), pausesAccount: true },
      100,
    );
    expect(decision.effects).toEqual([
      { type: 'pause_account', until: time(30_000), reason: 'rate-limited' },
      { type: 'hint', cause: 'due', delayMs: 29_900 },
    ]);
    expect(decision.request.cancellation).toMatchObject({
      state: 'queued',
      attempts: 1,
      sent: 'no',
      error: limited,
    });
  });

  test('does not believe in a reset that is hours away', () => {
    const decision = answered(
      queued,
      { kind: 'try_again', error: unavailable, retryAt: time(1e9), pausesAccount: false },
      0,
    );
    expect(decision.request.dueAt).toBe(time(3_600_000));
    expect(decision.effects).toEqual([]);
  });

  test('backs off with each failure, up to the cap', () => {
    let request = queued;
    const waits: number[] = [];
    let now = 0;
    for (let n = 0; n < 12; n += 1) {
      request = answered(
        request,
        { kind: 'try_again', error: unavailable, pausesAccount: false },
        now,
        byWindow,
        0.999,
      ).request;
      waits.push((request.dueAt ?? 0) - time(now));
      now = (request.dueAt ?? 0) - start;
    }
    expect(waits.slice(0, 4)).toEqual([999, 1998, 3996, 7992]);
    expect(Math.max(...waits)).toBe(Math.floor(0.999 * policy.retryCapMs));
  });

  test('past the deadline is given up', () => {
    const tried = answered(
      queued,
      { kind: 'try_again', error: unavailable, pausesAccount: false },
      0,
    ).request;
    expect(
      stateOf(
        answered(tried, { kind: 'refused', error: unavailable, pausesAccount: false }, policy.deadlineMs),
      ),
    ).toBe('failed');
  });

  test('of a paused account counts no attempt and starts no deadline', () => {
    const decision = decide(
      queued,
      { type: 'deferred', until: time(600_000), error: unavailable, lone: false, permit: false },
      at(0),
    );
    expect(decision.request.cancellation).toMatchObject({
      attempts: 0,
      firstAttemptAt: null,
      error: unavailable,
    });
    expect(decision.request.dueAt).toBeGreaterThanOrEqual(time(600_000));
    expect(decision.request.dueAt).toBeLessThan(time(660_000));
  });
});

describe('a look before the first cancel', () => {
  test('by the lone hint sends without a claim, or with one where existence must be remembered', () => {
    expect(read(queued, { kind: 'status', status: 'sent' }, 50, byRead, 'lone')).toEqual({
      request: queued,
      changed: false,
      effects: [{ type: 'send' }],
    });
    const probed = read(queued, { kind: 'status', status: 'sent' }, 50, byProbe, 'lone');
    expect(probed.request).toMatchObject({
      existed: true,
      cancellation: { inFlight: true, attempts: 1 },
      wakeAt: queued.wakeAt,
    });
  });

  test('by anybody else claims the call, and a second worker does not send', () => {
    const first = read(queued, { kind: 'status', status: 'sent' }, 61_000);
    expect(effectsOf(first)).toEqual(['send']);
    expect(read(first.request, { kind: 'status', status: 'sent' }, 61_050)).toMatchObject({
      changed: false,
      effects: [],
    });
  });

  test('after a crash in the claimed call counts it as perhaps sent', () => {
    const claimed = read(queued, { kind: 'status', status: 'sent' }, 61_000).request;
    const later = read(claimed, { kind: 'status', status: 'sent' }, 130_000);
    expect(later.request.cancellation).toMatchObject({ sent: 'maybe', attempts: 2, inFlight: true });
  });

  test('without a clear answer sends only where the provider allows it', () => {
    const blind: ReadAnswer = { kind: 'unclear', error: timeout };
    expect(effectsOf(read(queued, blind, 50, byProbe, 'lone'))).toEqual(['send']);
    expect(effectsOf(read(queued, blind, 50, byRead, 'lone'))).toEqual(['hint']);
    const limited: ReadAnswer = { kind: 'try_again', error: unavailable, pausesAccount: true };
    expect(effectsOf(read(queued, limited, 50, byProbe, 'lone'))).not.toContain('send');
  });

  test('of a status that nobody knows sends nothing where a contract may be finished', () => {
    expect(effectsOf(read(queued, { kind: 'status', status: 'unknown' }, 50, byRead, 'lone'))).toEqual([
      'hint',
    ]);
  });
});

describe('a webhook that proves little', () => {
  const hint = (
    request: SignatureRequest,
    ms: number,
    claim: { status: 'signed'; ref: string | null } | null,
  ) => decide(request, { type: 'webhook_received', notice: { trust: 'hint', claim } }, at(ms));

  test('makes us look once a minute, however many come', () => {
    const first = hint(submitted, 1_000, null);
    expect(effectsOf(first)).toEqual(['hint']);
    expect(hint(first.request, 60_000, null).changed).toBe(false);
    expect(effectsOf(hint(first.request, 61_000, null))).toEqual(['hint']);
  });

  test('keeps what it claims until a read refutes it', () => {
    const claimed = hint(submitted, 1_000, { status: 'signed', ref: 'doc1' }).request;
    expect(claimed.claim).toEqual({ status: 'signed', ref: 'doc1' });
    const refuted = read(claimed, { kind: 'claim_refuted' }, 1_100);
    expect(refuted.request.claim).toBeNull();
    expect(effectsOf(refuted)).toEqual(['look']);
  });
});

describe('a call that the rate does not allow yet', () => {
  const paced = { type: 'deferred', until: time(5_000), error: unavailable, permit: true } as const;

  test('passes the right to send without a look on, and keeps the sweep away from it', () => {
    const decision = decide(queued, { ...paced, lone: true }, at(0));
    expect(decision.effects).toEqual([{ type: 'hint', cause: 'new', delayMs: 5_000, permit: true }]);
    expect(decision.request.dueAt).toBe(time(65_000));
  });

  test('is due exactly when it is reserved, for everybody else', () => {
    const decision = decide(queued, { ...paced, lone: false }, at(0));
    expect(decision.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 5_000, permit: true }]);
    expect(decision.request.dueAt).toBe(time(5_000));
  });
});

describe('what must not be cut short', () => {
  test('a claim, by a deferral of somebody else', () => {
    const claimed = read(queued, { kind: 'status', status: 'sent' }, 61_000).request;
    const later = {
      type: 'deferred',
      until: time(63_000),
      error: unavailable,
      lone: false,
      permit: false,
    } as const;
    expect(decide(claimed, later, at(61_500)).changed).toBe(false);
  });

  test('a lone call under way, by a look that a webhook asked for', () => {
    const looked = read(queued, { kind: 'status', status: 'sent' }, 1_000, byWindow, 'none');
    expect(looked).toMatchObject({ changed: false, effects: [] });
    expect(stateOf(read(queued, { kind: 'status', status: 'signed' }, 1_000, byWindow, 'none'))).toBe(
      'rejected',
    );
  });

  test('the deadline, by reads that never succeed', () => {
    const refused: ReadAnswer = { kind: 'refused', error: unavailable, pausesAccount: true };
    const first = read(queued, refused, 0, byRead).request;
    expect(first.cancellation?.firstAttemptAt).toBe(time(0));
    expect(stateOf(read(first, refused, policy.deadlineMs, byRead))).toBe('failed');
  });

  test('our own cancel, by a claim that a read had refuted', () => {
    const notice = { trust: 'hint', claim: { status: 'expired', ref: null } } as const;
    const claimed = decide(queued, { type: 'webhook_received', notice }, at(100)).request;
    const sent = read(claimed, { kind: 'status', status: 'sent' }, 60_000).request;
    expect(sent.claim).toBeNull();
    const newer = {
      type: 'status_read',
      answer: { kind: 'status', status: 'sent' },
      right: 'claim',
    } as const;
    const before = decide(claimed, { ...newer, begunAt: time(50) }, at(60_000)).request;
    expect(before.claim).toEqual(notice.claim);
  });
});

test('an answer to another wish is ignored', () => {
  const decision = decide(
    queued,
    { type: 'cancel_answered', wish: time(1), answer: { kind: 'accepted' } },
    at(100),
  );
  expect(decision.changed).toBe(false);
});

test('nothing further can be found out: failed, and a person decides', () => {
  const error = { type: 'outcome-unknown', detail: 'No way to tell.' } as const;
  expect(stateOf(answered(queued, { kind: 'undecidable', error }, 10))).toBe('failed');
  expect(isOpenCancellation(read(submitted, { kind: 'undecidable', error }, 10).request.cancellation)).toBe(
    false,
  );
});
