import { describe, expect, test } from 'vitest';
import type { ReadAnswer } from '../../../shared/domain/answers.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { isFinished } from '../../../shared/domain/finished.ts';
import { further, lookIntervalMs, requestLook } from '../../../shared/domain/follow.ts';
import { firstStep, type Hint } from '../../../shared/domain/plan.ts';
import { requestReminder } from '../../../shared/domain/reminder.ts';
import { requestCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { at, byWindow, policy, time, unknown, wish } from './examples.ts';

const silent = { ...byWindow, isSilent: true };
const imported = requestLook(unknown, at(0)).request;
const status = (value: 'sent' | 'viewed' | 'signed' | 'finalizing'): ReadAnswer => ({
  kind: 'status',
  status: value,
});
const read = (request: SignatureRequest, ms: number, answer: ReadAnswer, begun = ms - 1, proof = byWindow) =>
  decide(request, { type: 'status_read', answer, right: 'none', begunAt: time(begun) }, at(ms, proof));
const webhook = (request: SignatureRequest, ms: number) =>
  decide(request, { type: 'webhook_received', notice: { claim: null, trust: 'hint' } }, at(ms));
const stepFor = (request: SignatureRequest, cause: Hint['cause'], ms: number) =>
  firstStep(request, { version: request.version, cause }, 1, false, policy, time(ms)).type;
const sent = read(imported, 10, status('sent')).request;

describe('a followed request', () => {
  test('is read as soon as it is imported, and found by the sweep if that got lost', () => {
    expect(imported).toMatchObject({ version: 1, followed: true, wakeAt: time(policy.recoveryMs) });
    expect(stepFor(imported, 'refresh', 1)).toBe('look');
    expect(stepFor(imported, 'sweep', policy.recoveryMs)).toBe('look');
    expect(sent).toMatchObject({ status: 'sent', readAt: time(10), lookAt: null, wakeAt: null });
  });

  test('is read again slowly where the provider is silent', () => {
    const { request } = read(imported, 10, status('sent'), 9, silent);
    expect(request.lookAt).toBe(time(10 + policy.followMs));
    expect(request.wakeAt).toBe(time(policy.recoveryMs));
    expect(stepFor(request, 'sweep', policy.recoveryMs)).toBe('nothing');
    expect(stepFor(request, 'sweep', 10 + policy.followMs)).toBe('look');
  });

  test('is read sooner while its status is only passing, and less and less often', () => {
    const early = read(imported, 10, status('finalizing'), 9, silent).request;
    expect(early.lookAt).toBe(time(10 + lookIntervalMs));
    const late = read(early, 3_600_000, status('finalizing'), 3_599_000, silent).request;
    expect(late.lookAt).toBe(time(7_200_000));
  });

  test('is read after its expiry', () => {
    const expires = time(50_000_000);
    const { request } = read(imported, 10, {
      kind: 'status',
      status: 'sent',
      details: { expiresAt: expires },
    });
    expect(request.lookAt).toBe(time(50_300_000));
  });

  test('that is gone after its expiry has expired, unless somebody wanted it gone', () => {
    const expires = time(50_000_000);
    const known = read(imported, 10, {
      kind: 'status',
      status: 'sent',
      details: { expiresAt: expires },
    }).request;
    const gone: ReadAnswer = { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' };
    expect(read(known, 50_300_000, gone).request.status).toBe('expired');
    expect(read(known, 40_000_000, gone).request.status).toBe('cancelled');
  });

  test('that could not be read says why, and is read again', () => {
    const error = { type: 'provider-unavailable', detail: '503' } as const;
    const { request } = read(imported, 10, { kind: 'try_again', error, pausesAccount: false });
    expect(request).toMatchObject({ readError: error, status: 'unknown' });
    expect(request.lookAt).toBe(time(10 + lookIntervalMs));
    expect(read(request, 70_000, status('sent')).request.readError).toBeNull();
  });

  test('that is not there says so, and is not looked for again by itself', () => {
    const error = { type: 'not-found', detail: '404' } as const;
    const { request } = read(imported, 10, { kind: 'not_found', error });
    expect(request).toMatchObject({ readError: error, lookAt: null, wakeAt: null });
  });
});

describe('webhooks that only say "look"', () => {
  test('lead to a look at once, and the time of it is written down', () => {
    const first = webhook(sent, 100_000);
    expect(first.effects).toMatchObject([{ type: 'hint', cause: 'webhook', delayMs: 0 }]);
    expect(first.request.wakeAt).toBe(time(100_000 + policy.recoveryMs));
  });

  test('within a minute lead to one more look, at its end, however many they are', () => {
    const first = webhook(sent, 100_000).request;
    const second = webhook(first, 101_000);
    expect(second.request).toMatchObject({ looksAgain: true, lookAt: time(160_000) });
    expect(webhook(second.request, 102_000).changed).toBe(false);
  });

  test('that come while a look is under way are not lost with it', () => {
    const first = webhook(sent, 100_000).request;
    const second = webhook(first, 101_000).request;
    const looked = read(second, 101_500, status('viewed'), 100_500).request;
    expect(looked).toMatchObject({ status: 'viewed', looksAgain: true, lookAt: time(160_000) });
    expect(stepFor(looked, 'due', 160_000)).toBe('look');
    const last = read(looked, 160_200, status('signed'), 160_100).request;
    expect(last).toMatchObject({ status: 'signed', looksAgain: false, lookAt: null, wakeAt: null });
  });

  test('wait for an account that is paused', () => {
    const first = webhook(sent, 100_000).request;
    const error = { type: 'account-paused', detail: 'paused' } as const;
    const deferred = decide(
      first,
      { type: 'deferred', until: time(400_000), error, lone: false, permit: false },
      at(100_100),
    ).request;
    expect(deferred.lookAt).toBe(time(400_000));
    expect(stepFor(deferred, 'due', 400_000)).toBe('look');
  });
});

describe('the order in which answers come', () => {
  test.each([
    ['viewed', 'sent', 'viewed'],
    ['sent', 'viewed', 'viewed'],
    ['signed', 'viewed', 'signed'],
    ['declined', 'signed', 'declined'],
    ['finalizing', 'viewed', 'finalizing'],
    ['finalizing', 'signed', 'signed'],
    ['sent', 'unknown', 'sent'],
    ['cancelled', 'sent', 'cancelled'],
  ] as const)('%s, then told %s, is %s', (before, told, after) => {
    expect(further(before, told)).toBe(after);
  });

  test('a read that began earlier and lands later takes nothing back', () => {
    const viewed = read(sent, 20, status('viewed')).request;
    expect(read(viewed, 30, status('sent'), 5).changed).toBe(false);
  });
});

describe('details', () => {
  const seen = (request: SignatureRequest, ms: number, detailsRevision: number, answer = status('sent')) =>
    decide(
      request,
      { type: 'status_read', answer, right: 'none', begunAt: time(ms), detailsRevision },
      at(ms),
    );

  test('that changed are in the history even when the status stayed', () => {
    const { request, changed } = seen(sent, 100, 2);
    expect(changed).toBe(true);
    expect(request).toMatchObject({ detailsRevision: 2, version: sent.version + 1 });
    expect(request.history.at(-1)).toMatchObject({ type: 'signers_changed', version: request.version });
    expect(seen(request, 200, 2).changed).toBe(false);
    expect(seen(request, 200, 1).changed).toBe(false);
  });

  test('that changed with the status are one entry', () => {
    const { request } = seen(sent, 100, 2, status('viewed'));
    expect(request).toMatchObject({ detailsRevision: 2, status: 'viewed', version: sent.version + 1 });
    expect(request.history.filter(({ version }) => version === request.version)).toHaveLength(1);
  });
});

describe('a reminder', () => {
  const asked = requestReminder(sent, null, at(100)).request;
  const run = (request: SignatureRequest, ms: number, event: Parameters<typeof decide>[1]) =>
    decide(request, event, at(ms));

  test('is claimed before it is sent, and never sent twice', () => {
    expect(stepFor(asked, 'new', 101)).toBe('remind');
    const claimed = run(asked, 101, { type: 'reminder_claimed' });
    expect(claimed.effects).toMatchObject([{ type: 'remind' }]);
    expect(stepFor(claimed.request, 'new', 102)).toBe('nothing');
    const late = run(claimed.request, 300_000, { type: 'reminder_claimed' });
    expect(late.effects).toEqual([]);
    expect(late.request.reminder).toMatchObject({ state: 'unclear' });
  });

  test('that came too early says when', () => {
    const claimed = run(asked, 101, { type: 'reminder_claimed' }).request;
    const error = { type: 'refused', detail: 'too early' } as const;
    const answer = { kind: 'refused', error, retryAt: time(600_000) } as const;
    const { request } = run(claimed, 102, { type: 'reminder_answered', requestedAt: time(100), answer });
    expect(request.reminder).toMatchObject({ state: 'refused', retryAt: time(600_000) });
    expect(request.wakeAt).toBeNull();
  });

  test('is dropped when the request is to be cancelled', () => {
    const { request } = requestCancellation(asked, wish, at(110)).decision;
    expect(request.reminder).toMatchObject({ state: 'refused' });
    // Its hint, which may come yet, is not one that allows a cancel.
    expect(run(request, 111, { type: 'reminder_claimed' }).changed).toBe(false);
  });

  test('is not asked for any more once a cancellation is', () => {
    const cancelled = requestCancellation(sent, wish, at(90)).decision.request;
    expect(requestReminder(cancelled, null, at(100)).changed).toBe(false);
  });
});

describe('what is not at the provider', () => {
  const missing = { type: 'not-found', detail: '404' } as const;
  const gone = read(imported, 10, { kind: 'not_found', error: missing }, 9, silent).request;

  test('is finished: it can be erased, and is not looked for again by itself', () => {
    expect(gone).toMatchObject({ lookAt: null, wakeAt: null });
    expect(isFinished(gone)).toBe(true);
  });

  test('but was, may only be out of sight: it is looked for again, and is not finished', () => {
    const seen = read(imported, 10, status('sent'), 9, silent).request;
    const hidden = read(seen, 20, { kind: 'not_found', error: missing }, 19, silent).request;
    expect(hidden).toMatchObject({ status: 'sent', readError: missing, lookAt: time(20 + policy.followMs) });
    expect(isFinished(hidden)).toBe(false);
    expect(read(hidden, 30, status('viewed')).request).toMatchObject({ status: 'viewed', readError: null });
  });

  test('can be there after all', () => {
    const again = requestLook(gone, at(50)).request;
    expect(isFinished(read(again, 100, status('sent')).request)).toBe(false);
  });

  test('ends one that is followed, if that is what its cancellation found', () => {
    const asked = requestCancellation(sent, wish, at(100)).decision.request;
    const answer = { kind: 'unclear', mayHaveActed: false, error: missing } as const;
    const first = decide(asked, { type: 'cancel_answered', wish: time(100), answer }, at(110)).request;
    const { request } = read(first, 120, { kind: 'not_found', error: missing });
    expect(request.cancellation?.state).toBe('rejected');
    expect(isFinished(request)).toBe(true);
  });

  test('was destroyed there, whoever wanted it', () => {
    const { request } = read(sent, 100, { kind: 'ended', as: 'destroyed', detail: 'erased' });
    expect(request.readError).toMatchObject({ type: 'already-ended' });
    expect(isFinished(request)).toBe(true);
  });
});

describe('a refresh', () => {
  const refresh = (request: SignatureRequest, ms: number, answer: ReadAnswer) =>
    decide(
      request,
      { type: 'status_read', answer, right: 'none', begunAt: time(ms - 1), refresh: true },
      at(ms),
    ).request;

  test('of one that is being cancelled is read now, and says so', () => {
    const asked = requestCancellation(sent, wish, at(100)).decision.request;
    expect(firstStep(asked, { version: 9, cause: 'refresh' }, 1, false, policy, time(101))).toEqual({
      type: 'look',
      right: 'none',
      refresh: true,
    });
    expect(refresh(asked, 102, status('sent')).readAt).toBe(time(102));
  });

  test('of a finished one is written down too', () => {
    const signed = read(sent, 50, status('signed')).request;
    expect(refresh(signed, 102, status('signed')).readAt).toBe(time(102));
  });

  test('of a finished one is not lost with its message', () => {
    const signed = read(sent, 50, status('signed')).request;
    const asked = requestLook(signed, at(60)).request;
    expect(asked.wakeAt).toBe(time(60 + policy.recoveryMs));
    expect(refresh(asked, 70, status('signed'))).toMatchObject({ lookAt: null, wakeAt: null });
  });
});

test('a look that has to wait does not hurry the cancel that may be under way', () => {
  const asked = requestCancellation(sent, wish, at(100)).decision.request;
  const error = { type: 'rate-limited', detail: 'paced' } as const;
  const event = { type: 'deferred', until: time(2_000), error, lone: false, permit: false } as const;
  const looking = decide(asked, { ...event, onlyLook: true }, at(110)).request;
  expect(looking).toMatchObject({ dueAt: asked.dueAt, cancellation: { error: null } });
});

test('a call that is reserved is taken with its permit', () => {
  const error = { type: 'rate-limited', detail: 'paced' } as const;
  const event = { type: 'deferred', until: time(30_000), error, lone: false, permit: true } as const;
  for (const waiting of [requestReminder(sent, null, at(100)).request, requestLook(sent, at(100)).request]) {
    expect(decide(waiting, event, at(110)).effects).toMatchObject([{ type: 'hint', permit: true }]);
  }
});

test('what was given up is not looked at for ever where nothing can be found out', () => {
  const asked = requestCancellation(unknown, wish, at(0)).decision.request;
  const error = { type: 'outcome-unknown', detail: 'No way to tell.' } as const;
  const failed = decide(asked, { type: 'given_up', error }, at(1_000)).request;
  const hinted = webhook(failed, 2_000).request;
  expect(hinted.lookAt).not.toBeNull();
  const looked = read(hinted, 2_100, { kind: 'undecidable', error }).request;
  expect(looked).toMatchObject({ cancellation: { state: 'failed' }, lookAt: null, wakeAt: time(2_100) });
  // A provider that only does not answer is asked again.
  const unclear = read(hinted, 2_100, {
    kind: 'unclear',
    error: { type: 'provider-timeout', detail: '' },
  }).request;
  expect(unclear.lookAt).toBe(time(2_100 + lookIntervalMs));
});
