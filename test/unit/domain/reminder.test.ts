/** What becomes of a reminder; that it is sent once is in follow.test.ts. */
import { describe, expect, test } from 'vitest';
import type { RemindAnswer } from '../../../shared/domain/answers.ts';
import { decide, type Event } from '../../../shared/domain/decide.ts';
import type { SignerId } from '../../../shared/domain/details.ts';
import { requestReminder } from '../../../shared/domain/reminder.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { at, policy, queued, time, unknown } from './examples.ts';

const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
const signer = 'sg_2' as SignerId;
const asked = requestReminder(sent, signer, at(100));
const run = (request: SignatureRequest, ms: number, event: Event) => decide(request, event, at(ms));
const claimed = run(asked.request, 101, { type: 'reminder_claimed' }).request;
const answered = (request: SignatureRequest, answer: RemindAnswer, requestedAt = time(100)) =>
  run(request, 500, { type: 'reminder_answered', requestedAt, answer });
const error = { type: 'provider-timeout', detail: 'No answer.' } as const;

describe('a wish to remind', () => {
  test('is written down with a time, and hinted', () => {
    expect(asked.request.reminder).toEqual({
      state: 'queued',
      signer,
      requestedAt: time(100),
      inFlight: false,
    });
    expect(asked.request.dueAt).toBe(time(100 + policy.recoveryMs));
    expect(asked.effects).toEqual([{ type: 'hint', cause: 'new', delayMs: 0 }]);
  });

  test('joins the one that is queued already', () => {
    expect(requestReminder(asked.request, null, at(200)).changed).toBe(false);
  });

  test('is nothing for what is not open, or is being cancelled', () => {
    expect(requestReminder({ ...sent, status: 'signed' }, null, at(200)).changed).toBe(false);
    expect(requestReminder(queued, null, at(200)).changed).toBe(false);
  });
});

describe('the answer', () => {
  test('that it was sent ends it', () => {
    const { request } = answered(claimed, { kind: 'reminded' });
    expect(request.reminder).toEqual({ state: 'sent', signer, requestedAt: time(100), at: time(500) });
    expect(request.history.at(-1)).toMatchObject({ type: 'reminded' });
    expect(request).toMatchObject({ dueAt: null, wakeAt: null });
  });

  test('of refusal says why, and when it may be asked again where that is known', () => {
    const because = { type: 'refused', detail: 'too early' } as const;
    const { request } = answered(claimed, { kind: 'refused', error: because });
    expect(request.reminder).toEqual({
      state: 'refused',
      signer,
      requestedAt: time(100),
      at: time(500),
      error: because,
      retryAt: null,
    });
    expect(request.history.at(-1)).toMatchObject({ type: 'reminder_refused' });
  });

  test('that never came leaves it unclear: it is not sent again', () => {
    expect(answered(claimed, { kind: 'unclear', error }).request.reminder).toEqual({
      state: 'unclear',
      signer,
      requestedAt: time(100),
      at: time(500),
      error,
      retryAt: null,
    });
  });

  test('to an earlier reminder, or to one that has ended, is not taken for this one', () => {
    expect(answered(claimed, { kind: 'reminded' }, time(99)).changed).toBe(false);
    const over = answered(claimed, { kind: 'reminded' }).request;
    expect(answered(over, { kind: 'unclear', error }).changed).toBe(false);
    expect(answered(sent, { kind: 'reminded' }).changed).toBe(false);
  });
});

describe('a claim', () => {
  test('stands as long as a call and its writing down may last', () => {
    expect(claimed.dueAt).toBe(time(101 + policy.recoveryMs));
    const slow = { ...at(101), policy: { ...policy, callMs: 120_000 } };
    const long = decide(asked.request, { type: 'reminder_claimed' }, slow).request;
    expect(long.dueAt).toBe(time(101 + 122_000));
    expect(run(claimed, 100 + policy.recoveryMs, { type: 'reminder_claimed' }).changed).toBe(false);
    const over = run(claimed, 101 + policy.recoveryMs, { type: 'reminder_claimed' }).request;
    expect(over.reminder).toMatchObject({
      state: 'unclear',
      signer,
      requestedAt: time(100),
      error: { type: 'outcome-unknown', detail: 'Whether the reminder was sent is not known.' },
      retryAt: null,
    });
  });

  test('of no reminder is nothing', () => {
    expect(run(sent, 101, { type: 'reminder_claimed' }).changed).toBe(false);
  });
});

describe('what is no longer open', () => {
  test('drops its reminder, and says so', () => {
    const { request } = run(asked.request, 300, { type: 'reminder_dropped' });
    expect(request.reminder).toEqual({
      state: 'refused',
      signer,
      requestedAt: time(100),
      at: time(300),
      error: { type: 'refused', detail: 'The request is no longer open for signature.' },
      retryAt: null,
    });
    expect(request.wakeAt).toBeNull();
    expect(run(request, 400, { type: 'reminder_dropped' }).changed).toBe(false);
    expect(run(sent, 400, { type: 'reminder_dropped' }).changed).toBe(false);
  });
});
