/** What every written change brings with it: an entry of the history, and the times at which somebody looks. */
import { describe, expect, test } from 'vitest';
import { decide, type Event } from '../../../shared/domain/decide.ts';
import { requestLook } from '../../../shared/domain/follow.ts';
import type { ProviderRequestId } from '../../../shared/domain/ids.ts';
import { requestCancellation, retryCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { hintFor, markTold, markUntold, transition } from '../../../shared/domain/transition.ts';
import { at, policy, queued, start, time, unknown, wish } from './examples.ts';

const error = { type: 'provider-unavailable', detail: '503' } as const;
const run = (request: SignatureRequest, ms: number, event: Event) => decide(request, event, at(ms));
const answered = (
  request: SignatureRequest,
  ms: number,
  answer: Extract<Event, { type: 'cancel_answered' }>['answer'],
) => run(request, ms, { type: 'cancel_answered', wish: start, answer });
const read = (
  request: SignatureRequest,
  ms: number,
  answer: Extract<Event, { type: 'status_read' }>['answer'],
) => run(request, ms, { type: 'status_read', answer, right: 'claim', begunAt: time(ms) });
const failing = (request: SignatureRequest, ms: number) =>
  answered(request, ms, { kind: 'try_again', error, pausesAccount: false }).request;

const submitted = answered(queued, 100, { kind: 'accepted' }).request;
const failed = run(submitted, 1_000, { type: 'given_up', error }).request;
const proof = {
  type: 'webhook_received',
  notice: { trust: 'proof', claim: { status: 'cancelled', ref: null } },
} as const;
const deferred = { type: 'deferred', until: time(9_000), error, lone: false, permit: false } as const;
const last = (request: SignatureRequest) => request.history.at(-1);

describe('the history says', () => {
  const open: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
  const perhaps = { kind: 'unclear', mayHaveActed: true, error } as const;
  test.each([
    ['requested', null, 'queued', queued],
    ['accepted', 'queued', 'submitted', submitted],
    ['delayed', 'queued', 'queued', failing(queued, 100)],
    ['delayed', 'queued', 'queued', answered(queued, 100, perhaps).request],
    ['delayed', 'queued', 'queued', read(queued, 100, { kind: 'unclear', error }).request],
    ['deferred', 'queued', 'queued', run(queued, 100, deferred).request],
    ['proof_kept', 'queued', 'queued', run(queued, 100, proof).request],
    [
      'hinted',
      'queued',
      'queued',
      run(queued, 100, { ...proof, notice: { trust: 'hint', claim: null } }).request,
    ],
    ['confirmed', 'submitted', 'confirmed', run(submitted, 200, proof).request],
    ['rejected', 'submitted', 'rejected', read(submitted, 200, { kind: 'status', status: 'signed' }).request],
    ['failed', 'submitted', 'failed', failed],
    ['retried', 'failed', 'queued', retryCancellation(failed, at(2_000)).request],
    ['status_changed', null, null, read(open, 100, { kind: 'status', status: 'viewed' }).request],
    ['imported', null, null, requestLook(unknown, at(0)).request],
    ['hinted', null, null, run(open, 100, { ...proof, notice: { trust: 'hint', claim: null } }).request],
  ] as const)('%s, from %s to %s', (type, from, to, request) => {
    expect(last(request)).toMatchObject({ type, from, to, version: request.version, count: 1 });
  });

  test('what was seen, where and when', () => {
    expect(last(run(submitted, 200, proof).request)?.evidence).toEqual({
      kind: 'webhook',
      status: 'cancelled',
      at: time(200),
    });
    expect(last(run(queued, 100, proof).request)?.evidence).toEqual({
      kind: 'webhook',
      status: 'cancelled',
      at: time(100),
    });
    expect(last(read(submitted, 200, { kind: 'status', status: 'signed' }).request)?.evidence).toEqual({
      kind: 'poll',
      status: 'signed',
      at: time(200),
    });
    expect(last(submitted)?.evidence).toBeNull();
  });

  test('what the status became, where it changed', () => {
    expect(last(run(submitted, 200, proof).request)?.status).toEqual({ from: 'unknown', to: 'cancelled' });
    expect(last(submitted)?.status).toBeNull();
  });

  test('of a look while a wish waits only what it changed', () => {
    const waiting = failing(queued, 100);
    const viewed = read(waiting, 150, { kind: 'status', status: 'viewed' }).request;
    expect(last(viewed)).toMatchObject({
      type: 'status_changed',
      evidence: { kind: 'poll', status: 'viewed', at: time(150) },
      status: { from: 'unknown', to: 'viewed' },
    });
    const same = read(viewed, 160, { kind: 'status', status: 'viewed' });
    expect(same.changed).toBe(true);
    expect(same.request.history).toEqual(viewed.history);
    const missing = { type: 'not-found', detail: '404' } as const;
    expect(read(viewed, 160, { kind: 'not_found', error: missing }).request.history).toEqual(viewed.history);
  });

  test('nothing of a second look that somebody asks for', () => {
    const imported = requestLook(unknown, at(0)).request;
    expect(requestLook(imported, at(10)).request.history).toEqual(imported.history);
  });
});

describe('a repeated entry', () => {
  const once = failing(queued, 100);
  const thrice = failing(failing(once, 2_000), 4_000);

  test('is folded into the last one: an hour of outage is one line', () => {
    expect(thrice.history).toHaveLength(2);
    expect(last(thrice)).toMatchObject({
      type: 'delayed',
      at: time(100),
      lastAt: time(4_000),
      count: 3,
      version: thrice.version,
    });
    expect(thrice.history[0]).toEqual(queued.history[0]);
  });

  test('is one of the same kind, in the same state, and of nothing that a client is told of', () => {
    expect(run(thrice, 5_000, deferred).request.history).toHaveLength(3);
    const accepted = answered(thrice, 5_000, { kind: 'accepted' }).request;
    expect(failing(accepted, 6_000).history).toHaveLength(4);
    const open: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
    const viewed = transition(open, { status: 'viewed' }, { type: 'status_changed' }, time(1)).request;
    const noted = transition(open, {}, { type: 'status_changed' }, time(1)).request;
    const change = { status: 'signed' } as const;
    expect(transition(noted, change, { type: 'status_changed' }, time(2)).request.history).toHaveLength(2);
    expect(transition(viewed, {}, { type: 'status_changed' }, time(2)).request.history).toHaveLength(2);
    expect(transition(noted, {}, { type: 'status_changed' }, time(2)).request.history).toHaveLength(1);
  });

  test('is not one that changed the state before: only what is accepted once more is', () => {
    const accept = (request: SignatureRequest, ms: number) =>
      answered(request, ms, { kind: 'accepted' }).request;
    const thrice = accept(accept(submitted, 3_600_200), 7_200_300);
    expect(thrice.history).toMatchObject([
      { type: 'requested' },
      { type: 'accepted', from: 'queued', to: 'submitted', count: 1 },
      { type: 'accepted', from: 'submitted', to: 'submitted', count: 2 },
    ]);
  });

  test('of a change from one state to another is another entry', () => {
    const again = (request: SignatureRequest) => run(request, 9_000, { type: 'given_up', error }).request;
    const twice = again(retryCancellation(again(queued), at(8_000)).request);
    expect(twice.history.map(({ type }) => type)).toEqual(['requested', 'failed', 'retried', 'failed']);
    const reentered = { type: 'failed', from: 'queued', to: 'failed' } as const;
    expect(twice.history.filter(({ type }) => type === 'failed')).toMatchObject([reentered, reentered]);
  });
});

describe('a hint', () => {
  test('is a message where one can wait that long, and else the sweep’s', () => {
    expect(hintFor(time(900_000), time(0))).toEqual([{ type: 'hint', cause: 'due', delayMs: 900_000 }]);
    expect(hintFor(time(900_001), time(0))).toEqual([]);
    expect(hintFor(time(-5), time(0))).toEqual([{ type: 'hint', cause: 'due', delayMs: 0 }]);
  });
});

describe('the time at which the sweep looks', () => {
  test('of what failed is that of its failure, whatever is written afterwards', () => {
    expect(failed.wakeAt).toBe(time(1_000));
    const later = answered(failed, 5_000, { kind: 'accepted' });
    expect(later).toMatchObject({ changed: true, request: { wakeAt: time(1_000) } });
  });

  test('of what failed and was looked at for something else is the end of that', () => {
    const looking = requestLook(failed, at(2_000)).request;
    expect(looking.wakeAt).toBe(time(2_000 + policy.recoveryMs));
    const gone = run(looking, 3_000, { type: 'given_up', error }).request;
    expect(gone).toMatchObject({ lookAt: null, wakeAt: time(3_000) });
  });

  test('of what begins to wait is its own time, not that of an earlier failure', () => {
    expect(retryCancellation(failed, at(2_000)).request.wakeAt).toBe(time(2_000 + policy.recoveryMs));
  });

  test('is pulled forward and never pushed back by a decision', () => {
    expect(submitted).toMatchObject({ dueAt: time(3_600_100), wakeAt: time(60_000) });
    const sooner = answered(queued, 100, { kind: 'unclear', mayHaveActed: true, error }).request;
    expect(sooner.wakeAt).toBe(sooner.dueAt);
  });
});

describe('a look that was planned', () => {
  const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent', followed: true };
  const planned = requestLook(sent, at(0)).request;

  test('falls with the reason for it', () => {
    const signed = read(planned, 10, { kind: 'status', status: 'signed' }).request;
    expect(signed).toMatchObject({ lookAt: null, looksAgain: false, wakeAt: null });
    // By an end that has nothing to do with looks, too.
    const ended = transition(planned, { status: 'signed' }, null, time(10)).request;
    expect(ended).toMatchObject({ lookAt: null, wakeAt: null });
    const again = transition({ ...planned, looksAgain: true }, { status: 'signed' }, null, time(10)).request;
    expect(again.looksAgain).toBe(false);
  });

  test('is kept while the request may change', () => {
    expect(transition(planned, { hintedAt: time(9) }, null, time(10)).request.lookAt).toBe(planned.lookAt);
  });

  test('that is asked for now is taken in any case, unless there is no name to ask by', () => {
    const signed: SignatureRequest = { ...sent, status: 'signed' };
    expect(requestLook(signed, at(10)).request.lookAt).toBe(time(10 + policy.recoveryMs));
    const nameless: SignatureRequest = { ...signed, providerRequestId: null };
    expect(requestLook(nameless, at(10)).request).toMatchObject({ lookAt: null, wakeAt: null });
  });
});

describe('what is yet to be told', () => {
  const done = run(submitted, 200, proof);
  const marked = markUntold(submitted, done, at(200)).request;

  test('keeps the item in sight until it is', () => {
    expect(done.request.wakeAt).toBeNull();
    expect(marked).toMatchObject({ untold: done.request.version, wakeAt: submitted.wakeAt });
    expect(markTold(marked, time(300))).toEqual({ ...marked, untold: null, wakeAt: null });
  });

  test('is looked for soon, and no later than what the item waits for anyway', () => {
    const accepted = answered(queued, 50_000, { kind: 'accepted' });
    expect(markUntold(queued, accepted, at(50_000)).request.wakeAt).toBe(time(60_000));
    const later = { ...accepted, request: { ...accepted.request, wakeAt: time(3_600_000) } };
    expect(markUntold(queued, later, at(50_000)).request.wakeAt).toBe(time(50_000 + policy.recoveryMs));
    const gone = { ...done, request: { ...done.request, wakeAt: null } };
    expect(markUntold(failed, gone, at(2_000)).request.wakeAt).toBe(time(2_000 + policy.recoveryMs));
  });

  test('begins with the first version that was not told', () => {
    const more = transition(marked, { hintedAt: time(210) }, null, time(210));
    expect(markUntold(marked, more, at(210))).toBe(more);
    expect(more.request.untold).toBe(done.request.version);
  });

  test('is nothing where nothing changed', () => {
    const same = run(done.request, 300, proof);
    expect(same.changed).toBe(false);
    expect(markUntold(done.request, same, at(300))).toBe(same);
  });

  test('and waits for nothing else is in sight at once', () => {
    const idle: SignatureRequest = { ...unknown, version: 1, status: 'signed' };
    expect(transition(idle, { untold: 2 }, null, time(50)).request.wakeAt).toBe(time(50));
  });

  test('leaves what failed at the time of its failure when it was told', () => {
    const told = markTold(
      markUntold(submitted, run(submitted, 1_000, { type: 'given_up', error }), at(1_000)).request,
      time(1_100),
    );
    expect(told).toMatchObject({ untold: null, wakeAt: time(1_100) });
  });
});

test('an id that the provider tells is kept, also where nothing else is new', () => {
  const own = 'c0ffee' as ProviderRequestId;
  const open: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
  const event = (
    status: 'sent' | 'viewed',
    canonicalId: ProviderRequestId,
    right: 'lone' | 'none' = 'none',
  ): Event => ({
    type: 'status_read',
    answer: { kind: 'status', status },
    right,
    begunAt: time(9),
    canonicalId,
  });
  expect(run(open, 10, event('sent', own)).request).toMatchObject({
    providerRequestId: own,
    version: 2,
    status: 'sent',
  });
  expect(run(open, 10, event('viewed', own)).request).toMatchObject({
    providerRequestId: own,
    version: 2,
    status: 'viewed',
  });
  const known = run(open, 10, event('sent', unknown.providerRequestId ?? own));
  expect(known).toMatchObject({ changed: false });
  expect(known.request).toBe(open);
  const plain: Event = {
    type: 'status_read',
    answer: { kind: 'status', status: 'viewed' },
    right: 'none',
    begunAt: time(9),
  };
  expect(run(open, 10, plain).request.providerRequestId).toBe(unknown.providerRequestId);
  const lone = requestCancellation(open, wish, at(20)).decision.request;
  const sends = decide(lone, event('sent', own, 'lone'), at(30));
  expect(sends).toMatchObject({
    changed: true,
    effects: [{ type: 'send' }],
    request: { providerRequestId: own },
  });
});
