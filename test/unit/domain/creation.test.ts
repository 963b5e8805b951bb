import { describe, expect, test } from 'vitest';
import type { CreateAnswer, FindAnswer } from '../../../shared/domain/answers.ts';
import { requestCreation, resolveCreation } from '../../../shared/domain/creation.ts';
import { decide, type Event } from '../../../shared/domain/decide.ts';
import { isFinished } from '../../../shared/domain/finished.ts';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import { firstStep, type Hint } from '../../../shared/domain/plan.ts';
import { requestCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { at, effectsOf, policy, time, unknown, wish } from './examples.ts';

const wanted = { fingerprint: 'f'.repeat(32), signHandle: 'h'.repeat(22), detailsRevision: 1 };
const blank: SignatureRequest = { ...unknown, providerRequestId: null, status: 'creating' };
const queued = requestCreation(blank, wanted, at(0)).request;
const prid = '2b388914e3ae3b738bd4e2ee2850c677e6dc53d2' as ProviderRequestId;

const run = (request: SignatureRequest, ms: number, event: Event) => decide(request, event, at(ms));
const claimed = run(queued, 10, { type: 'create_claimed' }).request;
const answered = (request: SignatureRequest, ms: number, answer: CreateAnswer) =>
  run(request, ms, { type: 'create_answered', attempt: request.creation?.attempts ?? 0, answer });
const found = (
  request: SignatureRequest,
  ms: number,
  answer: FindAnswer | { kind: 'cannot_look' },
  settledAfterMs = 0,
) =>
  run(request, ms, {
    type: 'find_answered',
    attempt: request.creation?.attempts ?? 0,
    answer,
    settledAfterMs,
    begunAt: time(ms),
  });
const timeout = { type: 'provider-timeout', detail: 'No answer.' } as const;
const unclear: CreateAnswer = { kind: 'unclear', mayHaveActed: true, error: timeout };
const created: CreateAnswer = { kind: 'created', providerRequestId: prid, status: 'sent' };
const stepFor = (request: SignatureRequest, hint: Partial<Hint>, ms: number) =>
  firstStep(request, { version: request.version, cause: 'due', ...hint }, 1, false, policy, time(ms)).type;

describe('a creation', () => {
  test('is durable before anything is called, and waits for its hint or the sweep', () => {
    expect(queued).toMatchObject({
      version: 1,
      status: 'creating',
      creation: { state: 'queued', sent: 'no' },
    });
    expect(queued.wakeAt).toBe(time(policy.recoveryMs));
    expect(stepFor(queued, { cause: 'new' }, 5)).toBe('create');
    expect(stepFor(queued, { cause: 'new', version: 7 }, 5)).toBe('nothing');
    expect(stepFor(queued, { cause: 'sweep' }, policy.recoveryMs)).toBe('create');
  });

  test('is claimed once: a second claim does nothing', () => {
    expect(claimed.creation).toMatchObject({ inFlight: true, attempts: 1 });
    expect(run(claimed, 20, { type: 'create_claimed' })).toMatchObject({ changed: false, effects: [] });
  });

  test('whose claim nobody answered is looked for, never created again', () => {
    expect(stepFor(claimed, { cause: 'new' }, 30)).toBe('nothing');
    expect(stepFor(claimed, { cause: 'sweep' }, 200_000)).toBe('find');
  });

  test('that the provider took has its id and its status', () => {
    const { request } = answered(claimed, 300, created);
    expect(request).toMatchObject({ status: 'sent', providerRequestId: prid, creation: { state: 'sent' } });
    expect(request.history.at(-1)).toMatchObject({
      type: 'created',
      status: { from: 'creating', to: 'sent' },
    });
    expect(request.wakeAt).toBeNull();
  });

  test('of unknown outcome is looked for: found, it is that one', () => {
    const maybe = answered(claimed, 300, unclear).request;
    expect(maybe.creation).toMatchObject({ sent: 'maybe', inFlight: false });
    expect(stepFor(maybe, {}, 2_000)).toBe('find');
    const there = found(maybe, 2_000, { kind: 'found', providerRequestId: prid, status: 'viewed' });
    expect(there.request).toMatchObject({ status: 'viewed', providerRequestId: prid });
  });

  test('that is absent is created again only when absence is certain', () => {
    const maybe = answered(claimed, 300, unclear).request;
    const early = found(maybe, 2_000, { kind: 'absent' }, 600_000).request;
    expect(early.creation).toMatchObject({ sent: 'maybe' });
    expect(early.dueAt).toBe(time(10 + policy.callMs + 600_000));
    expect(stepFor(early, {}, 610_010)).toBe('find');
    const late = found(early, 610_010, { kind: 'absent' }, 600_000).request;
    expect(late.creation).toMatchObject({ sent: 'no', attempts: 1 });
    expect(stepFor(late, {}, 610_011)).toBe('create');
  });

  test('that cannot be looked for stops, visibly, until a person decides', () => {
    const maybe = answered(claimed, 300, unclear).request;
    const stuck = found(maybe, 2_000, { kind: 'cannot_look' }).request;
    expect(stuck).toMatchObject({ status: 'creating', creation: { state: 'undecided' }, dueAt: null });
    expect(stuck.wakeAt).toBe(time(2_000));
    expect(isFinished(stuck)).toBe(false);
    expect(stepFor(stuck, { cause: 'sweep' }, 90_000_000)).toBe('nothing');
    const again = resolveCreation(stuck, { decision: 'send_again' }, at(3_000)).request;
    expect(stepFor(again, { cause: 'new' }, 3_001)).toBe('create');
    const linked = resolveCreation(stuck, { decision: 'link', providerRequestId: prid }, at(3_000)).request;
    expect(linked).toMatchObject({ status: 'unknown', providerRequestId: prid, lookAt: time(3_000) });
    const given = resolveCreation(stuck, { decision: 'give_up' }, at(3_000)).request;
    expect(given).toMatchObject({ status: 'error_sending', creation: { state: 'failed' } });
    expect(isFinished(given)).toBe(true);
  });

  test('that the provider refuses for good has failed', () => {
    const error = { type: 'refused', detail: 'signers: too many' } as const;
    expect(answered(claimed, 300, { kind: 'invalid', error }).request).toMatchObject({
      status: 'error_sending',
      creation: { state: 'failed', error },
    });
  });

  test('is tried again later where the moment is the reason, until the deadline', () => {
    const error = { type: 'provider-unavailable', detail: '503' } as const;
    const later: CreateAnswer = { kind: 'try_again', error, pausesAccount: false };
    const waiting = answered(claimed, 300, later).request;
    expect(waiting.creation).toMatchObject({ sent: 'no', inFlight: false, failures: 1 });
    const last = run(waiting, policy.deadlineMs, { type: 'create_claimed' }).request;
    expect(answered(last, policy.deadlineMs + 11, later).request.creation).toMatchObject({
      state: 'failed',
      error: { type: 'deadline-exceeded' },
    });
  });

  test('whose file can never be fetched is given up', () => {
    const error = { type: 'source-unavailable', detail: 'no answer' } as const;
    const later: CreateAnswer = { kind: 'try_again', error, pausesAccount: false };
    const waiting = answered(queued, 100, later).request;
    expect(waiting.creation).toMatchObject({ state: 'queued', attempts: 0, firstAttemptAt: time(100) });
    expect(answered(waiting, 100 + policy.deadlineMs, later).request).toMatchObject({
      status: 'error_sending',
      creation: { state: 'failed' },
    });
  });

  test('is not judged by a look that began before a later call', () => {
    const maybe = answered(claimed, 300, unclear).request;
    const again = found(maybe, 12_000, { kind: 'absent' }).request;
    const second = run(again, 12_010, { type: 'create_claimed' }).request;
    expect(second.creation).toMatchObject({ inFlight: true, attempts: 2 });
    const begunAt = time(12_005);
    const stale = { type: 'find_answered', answer: { kind: 'absent' }, settledAfterMs: 0, begunAt } as const;
    expect(run(second, 12_020, { ...stale, attempt: 1 }).changed).toBe(false);
    expect(run(second, 12_020, { ...stale, attempt: 2 }).changed).toBe(false);
  });

  test('is read at once if a webhook came before its id was known', () => {
    const notice = { claim: null, trust: 'hint' } as const;
    const told = run(claimed, 200, { type: 'webhook_received', notice }).request;
    const { request, effects } = answered(told, 300, created);
    expect(request.lookAt).toBe(time(300));
    expect(effects).toMatchObject([{ type: 'hint', delayMs: 0 }]);
    expect(stepFor(request, {}, 300)).toBe('look');
  });

  test('that has its turn later keeps its permit', () => {
    const error = { type: 'rate-limited', detail: 'paced' } as const;
    const later = run(queued, 5, { type: 'deferred', until: time(9_000), error, lone: false, permit: true });
    expect(later.effects).toMatchObject([{ type: 'hint', permit: true, delayMs: 8_995 }]);
  });

  test('that never gets through and is never there is given up too', () => {
    const late = policy.deadlineMs;
    const again = found(answered(claimed, 300, unclear).request, late + 20, { kind: 'absent' }).request;
    expect(again).toMatchObject({ status: 'error_sending', creation: { state: 'failed' } });
  });

  test('an answer to an earlier call is not taken for one to a later', () => {
    const error = { type: 'refused', detail: 'no' } as const;
    const late = run(claimed, 400, {
      type: 'create_answered',
      attempt: 0,
      answer: { kind: 'invalid', error },
    });
    expect(late.changed).toBe(false);
  });

  test('that it is there after all counts even when it was given up', () => {
    const maybe = answered(claimed, 300, unclear).request;
    const stuck = found(maybe, 2_000, { kind: 'cannot_look' }).request;
    expect(answered(stuck, 5_000, created).request).toMatchObject({
      creation: { state: 'sent' },
      status: 'sent',
    });
  });
});

describe('a wish to cancel what is being created', () => {
  const cancelled = (request: SignatureRequest, ms: number) =>
    requestCancellation(request, wish, at(ms)).decision.request;

  test('is fulfilled at once while nothing was sent: nothing is ever sent', () => {
    const asked = cancelled(queued, 5);
    expect(stepFor(asked, { cause: 'new' }, 6)).toBe('withdraw');
    expect(run(asked, 6, { type: 'create_claimed' }).changed).toBe(false);
    expect(run(asked, 6, { type: 'withdrawn' }).request).toMatchObject({
      status: 'cancelled',
      creation: { state: 'failed', error: { type: 'not-sent' } },
      cancellation: { state: 'confirmed', evidence: { kind: 'response', status: 'not_sent' } },
    });
  });

  test('waits for the call that is under way, and goes on when it is there', () => {
    const asked = cancelled(claimed, 20);
    expect(run(asked, 21, { type: 'withdrawn' }).changed).toBe(false);
    expect(stepFor(asked, { cause: 'new' }, 21)).toBe('nothing');
    const there = answered(asked, 300, created);
    expect(there.request).toMatchObject({
      status: 'sent',
      cancellation: { state: 'queued' },
      dueAt: time(300),
    });
    expect(effectsOf(there)).toContain('hint');
    expect(stepFor(there.request, {}, 301)).toBe('look');
  });

  test('of unknown outcome is confirmed when it turns out that nothing was created', () => {
    const maybe = answered(cancelled(claimed, 20), 300, unclear).request;
    expect(stepFor(maybe, { cause: 'new' }, 301)).toBe('find');
    expect(found(maybe, 12_000, { kind: 'absent' }).request).toMatchObject({
      status: 'cancelled',
      cancellation: { state: 'confirmed' },
    });
  });

  test('fails where nobody can find out', () => {
    const maybe = answered(cancelled(claimed, 20), 300, unclear).request;
    expect(found(maybe, 2_000, { kind: 'cannot_look' }).request).toMatchObject({
      creation: { state: 'undecided' },
      cancellation: { state: 'failed', error: { type: 'outcome-unknown' } },
    });
  });

  test('that nobody could decide about is settled by giving the creation up', () => {
    const maybe = answered(cancelled(claimed, 20), 300, unclear).request;
    const stuck = found(maybe, 2_000, { kind: 'cannot_look' }).request;
    const given = resolveCreation(stuck, { decision: 'give_up' }, at(3_000)).request;
    expect(given).toMatchObject({ cancellation: { state: 'rejected', error: { type: 'not-sent' } } });
    expect(isFinished(given)).toBe(true);
  });

  test('does not shorten the time of the call that is under way', () => {
    expect(cancelled(claimed, 20).dueAt).toBe(claimed.dueAt);
  });

  test('is rejected where the provider never took the request', () => {
    const error = { type: 'refused', detail: 'no' } as const;
    expect(answered(cancelled(claimed, 20), 300, { kind: 'invalid', error }).request).toMatchObject({
      status: 'error_sending',
      creation: { state: 'failed' },
      cancellation: { state: 'rejected', error: { type: 'not-sent' } },
    });
  });
});

test('a paused account puts a creation off, and does not forget it', () => {
  const error = { type: 'account-paused', detail: 'paused' } as const;
  const deferred = run(queued, 5, {
    type: 'deferred',
    until: time(120_000) as Instant,
    error,
    lone: false,
    permit: false,
  });
  expect(deferred.request.dueAt).toBe(time(120_000));
  expect(stepFor(deferred.request, {}, 120_000)).toBe('create');
});
