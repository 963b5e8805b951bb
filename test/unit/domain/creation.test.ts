import { describe, expect, test } from 'vitest';
import type { CreateAnswer, FindAnswer } from '../../../shared/domain/answers.ts';
import { requestCreation, resolveCreation } from '../../../shared/domain/creation.ts';
import { decide, type Event } from '../../../shared/domain/decide.ts';
import { isFinished } from '../../../shared/domain/finished.ts';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import { firstStep, type Hint, mayBegin } from '../../../shared/domain/plan.ts';
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
    expect(stepFor(queued, { cause: 'webhook' }, 5)).toBe('nothing');
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
    expect(early.dueAt).toBe(time(10 + 58_000 + 600_000));
    expect(stepFor(early, {}, 658_010)).toBe('find');
    const late = found(early, 658_010, { kind: 'absent' }, 600_000).request;
    expect(late.creation).toMatchObject({ sent: 'no', attempts: 1 });
    expect(stepFor(late, {}, 658_011)).toBe('create');
  });

  test('whose call began as late as its claim allows is not absent before that call has settled', () => {
    for (const callMs of [10_000, 40_000, 120_000]) {
      const slow = { ...policy, callMs };
      const by = (ms: number) => ({ ...at(ms), policy: slow });
      const taken = decide(queued, { type: 'create_claimed' }, by(10)).request;
      let begun = Number(taken.dueAt);
      while (!mayBegin(taken, slow, begun as Instant)) begun -= 1;
      const ended = begun + callMs - Number(time(0));
      const look = (ms: number): Event => ({
        type: 'find_answered',
        attempt: 1,
        answer: { kind: 'absent' },
        settledAfterMs: 60_000,
        begunAt: time(ms),
      });
      const early = decide(taken, look(ended + 59_999), by(ended + 59_999)).request;
      expect(early.creation).toMatchObject({ sent: 'maybe' });
      const late = decide(taken, look(ended + 60_001), by(ended + 60_001)).request;
      expect(late.creation).toMatchObject({ sent: 'no' });
    }
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
    const again = found(maybe, 60_000, { kind: 'absent' }).request;
    const second = run(again, 60_010, { type: 'create_claimed' }).request;
    expect(second.creation).toMatchObject({ inFlight: true, attempts: 2 });
    const begunAt = time(60_005);
    const stale = { type: 'find_answered', answer: { kind: 'absent' }, settledAfterMs: 0, begunAt } as const;
    expect(run(second, 60_020, { ...stale, attempt: 1 }).changed).toBe(false);
    expect(run(second, 60_020, { ...stale, attempt: 2 }).changed).toBe(false);
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

describe('the answer to a create call', () => {
  const down = { type: 'provider-unavailable', detail: '503', providerStatus: 503 } as const;

  test('that limits the rate pauses the account, also where it is too late for this creation', () => {
    const limited = { type: 'rate-limited', detail: '429' } as const;
    const answer = {
      kind: 'try_again',
      error: limited,
      retryAt: time(90_000_000),
      pausesAccount: true,
    } as const;
    const pauses = [expect.objectContaining({ type: 'pause_account', reason: 'rate-limited' })];
    const pausesOf = ({ effects }: { readonly effects: readonly { readonly type: string }[] }) =>
      effects.filter(({ type }) => type === 'pause_account');
    const maybe = answered(claimed, 300, unclear).request;
    // Withdrawn by it, given up by it, made by another worker, claimed anew by one, settled by the look of one.
    const unwanted = requestCancellation(claimed, wish, at(100)).decision.request;
    expect(pausesOf(answered(unwanted, 300, answer))).toEqual(pauses);
    expect(pausesOf(answered(claimed, policy.deadlineMs + 20, answer))).toEqual(pauses);
    const made = answered(claimed, 300, created).request;
    expect(pausesOf(answered(made, 400, answer))).toEqual(pauses);
    expect(pausesOf(found(made, 400, answer))).toEqual(pauses);
    expect(pausesOf(found(claimed, 400, answer))).toEqual(pauses);
    expect(pausesOf(found(maybe, policy.deadlineMs + 20, answer))).toEqual(pauses);
  });

  test('that limits the rate puts it off as long as it says, and pauses the account', () => {
    const limited = { type: 'rate-limited', detail: '429' } as const;
    for (const kind of ['refused', 'try_again'] as const) {
      const answer = { kind, error: limited, retryAt: time(30_000), pausesAccount: true } as const;
      const decision = answered(claimed, 300, answer);
      expect(decision.effects).toEqual([
        { type: 'hint', cause: 'due', delayMs: 29_700 },
        { type: 'pause_account', until: time(30_000), reason: 'rate-limited' },
      ]);
      expect(decision.request).toMatchObject({
        dueAt: time(30_000),
        creation: { state: 'queued', inFlight: false, failures: 1, error: limited },
      });
    }
  });

  test('that is unclear, but certainly created nothing, is an ordinary failure', () => {
    const decision = answered(claimed, 300, { kind: 'unclear', mayHaveActed: false, error: down });
    expect(decision.request.creation).toMatchObject({
      sent: 'no',
      inFlight: false,
      failures: 1,
      error: down,
    });
    expect(decision.effects.map(({ type }) => type)).toEqual(['hint']);
  });

  test('that is unclear, of what was not claimed, created nothing either', () => {
    expect(answered(queued, 300, unclear).request.creation).toMatchObject({ sent: 'no', failures: 1 });
  });

  test('that never came is looked up after a back-off that grows', () => {
    const maybe = answered(claimed, 300, unclear);
    expect(maybe.request.creation).toMatchObject({ failures: 1, error: timeout });
    expect(maybe.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 500 }]);
  });

  test('says past the deadline what last stood in the way', () => {
    const waiting = answered(claimed, 300, { kind: 'try_again', error: down, pausesAccount: false }).request;
    const last = run(waiting, policy.deadlineMs, { type: 'create_claimed' }).request;
    const ended = answered(last, policy.deadlineMs + 11, {
      kind: 'try_again',
      error: down,
      pausesAccount: false,
    });
    expect(ended.request.creation).toEqual({
      state: 'failed',
      fingerprint: wanted.fingerprint,
      attempts: 2,
      firstAttemptAt: time(10),
      error: {
        type: 'deadline-exceeded',
        detail: 'It could not be sent before the deadline. Last: 503',
        providerStatus: 503,
      },
    });
  });

  test('that never came is said past the deadline to be none', () => {
    const late = found(claimed, policy.deadlineMs + 11, { kind: 'absent' }).request;
    expect(late.creation).toHaveProperty('error', {
      type: 'deadline-exceeded',
      detail: 'It could not be sent before the deadline. Last: no answer',
    });
    expect(Object.keys(late.creation?.state === 'failed' ? late.creation.error : {})).toEqual([
      'type',
      'detail',
    ]);
  });

  test('that it is there, under another id, changes nothing once it is known to be there', () => {
    const there = answered(claimed, 300, created).request;
    const other = { ...created, providerRequestId: 'other' as ProviderRequestId };
    expect(answered(there, 400, other).changed).toBe(false);
    expect(answered({ ...unknown, version: 1 }, 400, created).changed).toBe(false);
  });

  test('counts only for the call that it is the answer to', () => {
    const refusal = { type: 'refused', detail: 'no' } as const;
    const refusing = (attempt: number) =>
      run(claimed, 400, { type: 'create_answered', attempt, answer: { kind: 'invalid', error: refusal } });
    expect([0, 1, 2].map((attempt) => refusing(attempt).changed)).toEqual([false, true, false]);
  });
});

describe('a look for what may have been created', () => {
  const maybe = answered(claimed, 300, unclear).request;
  const down = { type: 'provider-unavailable', detail: '503' } as const;

  test('that cannot tell it from others leaves it to a person', () => {
    const { request } = found(maybe, 2_000, { kind: 'ambiguous', detail: 'Two alike.' });
    expect(request).toMatchObject({
      creation: { state: 'undecided', error: { type: 'outcome-unknown', detail: 'Two alike.' } },
    });
  });

  test('that is impossible says so, with what is known of the call', () => {
    expect(found(maybe, 2_000, { kind: 'cannot_look' }).request.creation).toMatchObject({
      error: {
        type: 'outcome-unknown',
        detail: 'Whether it was created is not known, and it cannot be looked for. No answer.',
      },
    });
    const crashed = found(claimed, 90_000, { kind: 'cannot_look' }).request;
    expect(crashed.creation).toMatchObject({
      error: { detail: 'Whether it was created is not known, and it cannot be looked for.' },
    });
  });

  test('that failed is repeated later, as the provider says, and creates nothing meanwhile', () => {
    const answer = { kind: 'try_again', error: down, retryAt: time(40_000), pausesAccount: true } as const;
    const later = found(maybe, 2_000, answer);
    expect(later.request).toMatchObject({
      dueAt: time(40_000),
      creation: { state: 'queued', sent: 'maybe', inFlight: false, failures: 2, error: down },
    });
    expect(later.effects).toEqual([
      { type: 'hint', cause: 'due', delayMs: 38_000 },
      { type: 'pause_account', until: time(40_000), reason: 'provider-unavailable' },
    ]);
    const refused = found(maybe, 2_000, { kind: 'refused', error: down, pausesAccount: false });
    expect(refused).toMatchObject({ request: { dueAt: time(3_000) }, effects: [{ type: 'hint' }] });
    const blind = found(maybe, 2_000, { kind: 'unclear', error: down });
    expect(blind).toMatchObject({ request: { dueAt: time(3_000) }, effects: [{ type: 'hint' }] });
  });

  test('that never succeeds ends at the deadline, undecided', () => {
    const late = found(maybe, policy.deadlineMs + 10, { kind: 'unclear', error: down }).request;
    expect(late.creation).toMatchObject({ state: 'undecided', error: down });
    const early = found(maybe, policy.deadlineMs + 9, { kind: 'unclear', error: down }).request;
    expect(early.creation).toMatchObject({ state: 'queued' });
  });

  test('that came too early leaves the reason as it was, and is repeated when absence is certain', () => {
    const early = found(maybe, 2_000, { kind: 'absent' }, 600_000);
    expect(early.request.creation).toMatchObject({ error: timeout, failures: 2 });
    expect(early.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 656_010 }]);
  });

  test('that shows that there is nothing lets it be created at once', () => {
    const late = found(maybe, 700_000, { kind: 'absent' }, 600_000);
    expect(late.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 0 }]);
    expect(late.request).toMatchObject({ dueAt: time(700_000), creation: { sent: 'no', inFlight: false } });
  });

  test('says nothing while another call is under way, or of a later one, unless it is there', () => {
    const absent = { kind: 'absent' } as const;
    expect(found(claimed, 60_000, absent).changed).toBe(false);
    expect(found(claimed, 60_010, absent, 0).changed).toBe(true);
    const earlier = { attempt: 0, settledAfterMs: 0, begunAt: time(90_000) };
    expect(run(maybe, 90_000, { type: 'find_answered', answer: absent, ...earlier }).changed).toBe(false);
    const there = { kind: 'found', providerRequestId: prid, status: 'sent' } as const;
    expect(run(maybe, 90_000, { type: 'find_answered', answer: there, ...earlier }).request).toMatchObject({
      providerRequestId: prid,
    });
    expect(found(claimed, 60_000, there).changed).toBe(true);
  });

  test('for what is no longer to be created is nothing', () => {
    const there = answered(claimed, 300, created).request;
    expect(found(there, 400, { kind: 'absent' }).changed).toBe(false);
  });
});

describe('the history of a creation', () => {
  const last = (request: SignatureRequest) => request.history.at(-1)?.type;
  const refusal = { type: 'refused', detail: 'no' } as const;
  const maybe = answered(claimed, 300, unclear).request;
  const later: CreateAnswer = { kind: 'try_again', error: timeout, pausesAccount: false };

  test('has an entry for each thing that happened to it, and none for a claim', () => {
    expect(last(queued)).toBe('creation_requested');
    expect(claimed.history).toEqual(queued.history);
    expect(last(answered(claimed, 300, later).request)).toBe('creation_delayed');
    expect(last(maybe)).toBe('creation_delayed');
    expect(last(found(maybe, 2_000, { kind: 'absent' }, 600_000).request)).toBe('creation_delayed');
    expect(last(found(maybe, 90_000, { kind: 'absent' }).request)).toBe('creation_delayed');
    expect(last(found(maybe, 2_000, { kind: 'cannot_look' }).request)).toBe('creation_undecided');
    expect(last(answered(claimed, 300, { kind: 'invalid', error: refusal }).request)).toBe('creation_failed');
    const paused = {
      type: 'deferred',
      until: time(9_000),
      error: timeout,
      lone: false,
      permit: false,
    } as const;
    expect(last(run(queued, 5, paused).request)).toBe('deferred');
  });
});

describe('what a person decides', () => {
  const stuck = found(answered(claimed, 300, unclear).request, 2_000, { kind: 'cannot_look' }).request;

  test('to send it again begins anew, with the number of the next call', () => {
    const again = resolveCreation(stuck, { decision: 'send_again' }, at(3_000));
    expect(again.request).toMatchObject({
      creation: { state: 'queued', sent: 'no', inFlight: false, attempts: 1, failures: 0, error: null },
      dueAt: time(3_000 + policy.recoveryMs),
    });
    expect(again.request.history.at(-1)).toMatchObject({ type: 'creation_requested' });
    expect(again.effects).toEqual([{ type: 'hint', cause: 'new', delayMs: 0 }]);
    expect(again.request.creation?.firstAttemptAt).toBeNull();
  });

  test('to link it has it read at once', () => {
    const linked = resolveCreation(stuck, { decision: 'link', providerRequestId: prid }, at(3_000));
    expect(linked.request.creation).toEqual({
      state: 'sent',
      fingerprint: wanted.fingerprint,
      attempts: 1,
      firstAttemptAt: time(10),
    });
    expect(linked.request.history.at(-1)).toMatchObject({ type: 'created' });
    expect(linked.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 0 }]);
  });

  test('is nothing where the machine can still find out, or there is nothing to decide', () => {
    for (const request of [queued, claimed, unknown]) {
      expect(resolveCreation(request, { decision: 'give_up' }, at(3_000)).changed).toBe(false);
    }
  });
});

describe('the account of a creation', () => {
  const gone = { type: 'account-deleted', detail: 'gone' } as const;
  const paused = { type: 'account-paused', detail: 'paused' } as const;
  const deferral = {
    type: 'deferred',
    until: time(120_000),
    error: paused,
    lone: false,
    permit: false,
  } as const;

  test('that is gone ends it: failed if nothing was sent, undecided if something may have been', () => {
    const given = (request: SignatureRequest) => run(request, 500, { type: 'given_up', error: gone }).request;
    expect(given(queued)).toMatchObject({
      status: 'error_sending',
      creation: { state: 'failed', error: gone },
    });
    expect(given(claimed).creation).toMatchObject({ state: 'undecided', error: gone });
    expect(given(answered(claimed, 300, unclear).request).creation).toMatchObject({ state: 'undecided' });
  });

  test('that is paused does not cut a claim short', () => {
    expect(run(claimed, 20, deferral).changed).toBe(false);
    expect(run(claimed, 60_009, deferral).changed).toBe(false);
    expect(run(claimed, 60_010, deferral).changed).toBe(true);
  });

  test('that is paused hides nothing that the provider said', () => {
    expect(run(queued, 20, deferral).request.creation).toMatchObject({ error: paused });
    const maybe = answered(claimed, 300, unclear).request;
    expect(run(maybe, 400, deferral).request.creation).toMatchObject({ error: timeout });
  });

  test('that is paused for longer than the deadline lets it end', () => {
    const down = { type: 'provider-unavailable', detail: '503' } as const;
    const waiting = answered(claimed, 300, { kind: 'try_again', error: down, pausesAccount: false }).request;
    const late = { ...deferral, until: time(policy.deadlineMs + 60_000) };
    expect(run(waiting, policy.deadlineMs + 10, late).request.creation).toMatchObject({
      state: 'failed',
      error: paused,
    });
    expect(run(waiting, policy.deadlineMs + 9, late).request.creation).toMatchObject({ state: 'queued' });
  });
});

describe('a claim on a creation', () => {
  test('follows no call whose outcome is unknown, and no wish to cancel', () => {
    const maybe = answered(claimed, 300, unclear).request;
    expect(run(maybe, 90_000, { type: 'create_claimed' }).changed).toBe(false);
  });

  test('stands as long as a call and its writing down may last', () => {
    expect(claimed.dueAt).toBe(time(10 + policy.recoveryMs));
    const slow = { ...at(10), policy: { ...policy, callMs: 120_000 } };
    expect(decide(queued, { type: 'create_claimed' }, slow).request.dueAt).toBe(time(10 + 122_000));
  });

  test('is what allows the call', () => {
    expect(run(queued, 10, { type: 'create_claimed' }).effects).toEqual([{ type: 'create' }]);
  });

  test('keeps the time of the first call, and takes that of the last', () => {
    const down = { type: 'provider-unavailable', detail: '503' } as const;
    const waiting = answered(claimed, 300, { kind: 'try_again', error: down, pausesAccount: false }).request;
    const second = run(waiting, 5_000, { type: 'create_claimed' }).request;
    expect(second.creation).toMatchObject({
      attempts: 2,
      firstAttemptAt: time(10),
      lastAttemptAt: time(5_000),
    });
  });
});

test('what was asked for is followed, and kept with its details, from the beginning', () => {
  expect(queued).toMatchObject({ followed: true, signHandle: wanted.signHandle, detailsRevision: 1 });
  expect(requestCreation(blank, wanted, at(0)).effects).toEqual([{ type: 'hint', cause: 'new', delayMs: 0 }]);
});

test('what was created is looked at when its provider, or its expiry, makes it necessary', () => {
  const silent = { ...at(300), proof: { ...at(300).proof, isSilent: true } };
  const event = { type: 'create_answered', attempt: 1, answer: created } as const;
  expect(decide(claimed, event, silent).request.lookAt).toBe(time(300 + policy.followMs));
  const expiring = { ...created, details: { expiresAt: time(500_000) } } as const;
  const decision = answered(claimed, 300, expiring);
  expect(decision.request).toMatchObject({
    expiresAt: time(500_000),
    lookAt: time(800_000),
    existed: true,
    readAt: time(300),
  });
  expect(decision.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 799_700 }]);
  expect(answered(claimed, 300, created).effects).toEqual([]);
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
    expect(found(maybe, 60_000, { kind: 'absent' }).request).toMatchObject({
      status: 'cancelled',
      cancellation: { state: 'confirmed' },
    });
  });

  test('of unknown outcome is looked for when its time has come: each copy of a hint would lead to another', () => {
    const maybe = answered(cancelled(claimed, 20), 300, unclear).request;
    const early = found(maybe, 2_000, { kind: 'absent' }, 600_000).request;
    const dueAt = 10 + 58_000 + 600_000;
    for (const cause of ['due', 'sweep', 'webhook'] as const) {
      expect(stepFor(early, { cause }, dueAt - 1)).toBe('nothing');
      expect(stepFor(early, { cause }, dueAt)).toBe('find');
    }
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

  test('is fulfilled without a further call where the one that was under way certainly created nothing', () => {
    const down = { type: 'provider-unavailable', detail: '503' } as const;
    const asked = cancelled(claimed, 20);
    const answer = { kind: 'try_again', error: down, pausesAccount: false } as const;
    expect(answered(asked, 300, answer).request).toMatchObject({
      status: 'cancelled',
      creation: {
        state: 'failed',
        error: { type: 'not-sent', detail: 'It was cancelled before it was sent.' },
      },
      cancellation: { state: 'confirmed', evidence: { kind: 'response', status: 'not_sent' } },
    });
  });

  test('withdraws nothing that may have been sent, and nothing without such a wish', () => {
    const maybe = answered(cancelled(claimed, 20), 300, unclear).request;
    expect(run(maybe, 400, { type: 'withdrawn' }).changed).toBe(false);
    expect(run(queued, 400, { type: 'withdrawn' }).changed).toBe(false);
    const sent = answered(cancelled(claimed, 20), 300, created).request;
    expect(run(sent, 400, { type: 'withdrawn' }).changed).toBe(false);
  });

  test('of what was given up is over with it, and says why', () => {
    const refusal = { type: 'refused', detail: 'no' } as const;
    const rejected = answered(cancelled(claimed, 20), 300, { kind: 'invalid', error: refusal }).request;
    expect(rejected.cancellation).toMatchObject({ error: { detail: 'The request was never sent: no' } });
    expect(rejected.history.at(-1)?.evidence).toEqual({
      kind: 'response',
      status: 'error_sending',
      at: time(300),
    });
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
