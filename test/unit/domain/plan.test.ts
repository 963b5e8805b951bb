/** Which step a hint allows: above all, who may send a cancel without having looked. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../../shared/domain/decide.ts';
import { requestLook } from '../../../shared/domain/follow.ts';
import { firstStep, type Hint } from '../../../shared/domain/plan.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { requestReminder } from '../../../shared/domain/reminder.ts';
import { retryCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { hintCauses } from '../../../shared/domain/transition.ts';
import { at, policy, queued, start, time, unknown } from './examples.ts';

interface Circumstances {
  readonly cause?: Hint['cause'];
  readonly version?: number;
  readonly receives?: number;
  readonly looksFirst?: boolean;
  readonly ms?: number;
  readonly policy?: Policy;
}
/** By default the hint of the call that wrote the wish, at its first receipt, at once. */
const step = (request: SignatureRequest, given: Circumstances = {}) =>
  firstStep(
    request,
    { cause: given.cause ?? 'new', version: given.version ?? request.version },
    given.receives ?? 1,
    given.looksFirst ?? false,
    given.policy ?? policy,
    time(given.ms ?? 5),
  );

const error = { type: 'provider-unavailable', detail: '503' } as const;
const look = (right: 'lone' | 'claim' | 'none') => ({ type: 'look', right });
const nothing = { type: 'nothing' };
const others = hintCauses.filter((cause) => cause !== 'new');

const tried = decide(
  queued,
  {
    type: 'cancel_answered',
    wish: start,
    answer: { kind: 'try_again', error, pausesAccount: false, retryAt: time(600_000) },
  },
  at(100),
).request;
const perhapsSent = decide(
  queued,
  { type: 'cancel_answered', wish: start, answer: { kind: 'unclear', mayHaveActed: true, error } },
  at(100),
).request;
const claimed = decide(
  queued,
  { type: 'status_read', answer: { kind: 'status', status: 'sent' }, right: 'claim', begunAt: time(60_000) },
  at(60_000),
).request;
const submitted = decide(
  queued,
  { type: 'cancel_answered', wish: start, answer: { kind: 'accepted' } },
  at(100),
).request;
const failed = decide(submitted, { type: 'given_up', error }, at(1_000)).request;
const confirmed = decide(
  submitted,
  { type: 'webhook_received', notice: { trust: 'proof', claim: { status: 'cancelled', ref: null } } },
  at(200),
).request;

describe('a cancel without a look', () => {
  test('is sent on the hint of the call that wrote the wish', () => {
    expect(step(queued)).toEqual({ type: 'send' });
  });

  test.each(others)('is not sent on a hint with the cause %s, whenever it comes', (cause) => {
    for (const ms of [0, 5, 60_000, 90_000_000]) {
      expect(step(queued, { cause, ms }).type).not.toBe('send');
    }
  });

  test('is not sent on a redelivery: the first receipt may have sent it', () => {
    expect(step(queued, { receives: 2 })).toEqual(look('none'));
    // The first one's call has had its time.
    expect(step(queued, { receives: 2, ms: policy.recoveryMs })).toEqual(look('claim'));
  });

  test('is not sent where something has happened since the wish was written', () => {
    const notice = { trust: 'hint', claim: null } as const;
    const hinted = decide(queued, { type: 'webhook_received', notice }, at(2)).request;
    expect(step(hinted, { version: queued.version })).toEqual(look('claim'));
    // What was written of the wish may lie apart by then.
    const long = { ...hinted, history: hinted.history.slice(1), hasOlderHistory: true };
    expect(step(long, { version: queued.version })).toEqual(look('claim'));
  });

  test('is not sent so late that the sweep may come in between', () => {
    const margin = policy.callMs + 2_000;
    expect(step(queued, { ms: policy.recoveryMs - margin - 1 })).toEqual({ type: 'send' });
    expect(step(queued, { ms: policy.recoveryMs - margin })).toEqual(look('claim'));
  });

  test('may be sent for half the recovery time where a call can last longer than that', () => {
    const slow = { ...policy, callMs: 120_000 };
    expect(step(queued, { policy: slow, ms: 29_999 })).toEqual({ type: 'send' });
    expect(step(queued, { policy: slow, ms: 30_000 })).toEqual(look('claim'));
  });

  test('is not sent after any call of ours, whatever became of it', () => {
    for (const request of [tried, perhapsSent, claimed, submitted]) {
      expect(step(request, { ms: 101 }).type).not.toBe('send');
    }
  });

  test('is not sent where the provider must be read first: its hint may send after the look', () => {
    expect(step(queued, { looksFirst: true })).toEqual(look('lone'));
    expect(step(queued, { looksFirst: true, receives: 2 })).toEqual(look('none'));
  });
});

describe('an open wish', () => {
  test.each(['due', 'sweep', 'webhook', 'retry', 'new'] as const)(
    'whose time has come is looked at on a hint with the cause %s, and may then send',
    (cause) => {
      expect(step(submitted, { cause, ms: 3_600_100, version: 1 })).toEqual(look('claim'));
    },
  );

  test('whose time has not come is left alone: its hint was early, or is a repeated one', () => {
    for (const cause of ['due', 'sweep', 'new'] as const) {
      expect(step(submitted, { cause, ms: 3_600_099 })).toEqual(nothing);
    }
  });

  test('is looked at early when a webhook has come, which sends nothing', () => {
    expect(step(queued, { cause: 'webhook' })).toEqual(look('none'));
  });

  test('is looked at when somebody waits for it, which sends only what is due', () => {
    expect(step(queued, { cause: 'refresh' })).toEqual({ ...look('none'), refresh: true });
    expect(step(queued, { cause: 'refresh', ms: 60_000 })).toEqual({ ...look('claim'), refresh: true });
  });

  test('that is retried is looked at once, and may then send', () => {
    const again = retryCancellation(failed, at(2_000)).request;
    expect(step(again, { cause: 'retry', ms: 2_001 })).toEqual(look('claim'));
    expect(step(again, { cause: 'retry', ms: 2_001, version: again.version - 1 })).toEqual(nothing);
    expect(step(again, { cause: 'due', ms: 2_001 })).toEqual(nothing);
  });

  test('of what the provider never got a name for is given up', () => {
    expect(step({ ...queued, providerRequestId: null })).toEqual({ type: 'give_up' });
  });
});

describe('what nobody cancels', () => {
  const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent', followed: true };

  test('is looked at on a webhook while it may change', () => {
    expect(step(sent, { cause: 'webhook' })).toEqual(look('none'));
    expect(step({ ...sent, status: 'signed' }, { cause: 'webhook' })).toEqual(nothing);
  });

  test('is looked at when somebody waits for it, also when it has ended', () => {
    const refreshed = { ...look('none'), refresh: true };
    expect(step({ ...sent, status: 'signed' }, { cause: 'refresh' })).toEqual(refreshed);
    expect(step(confirmed, { cause: 'refresh' })).toEqual(refreshed);
  });

  test('is looked at when its look is due, and not before', () => {
    const waiting = requestLook(sent, at(0)).request;
    expect(step(waiting, { cause: 'sweep', ms: 59_999 })).toEqual(nothing);
    expect(step(waiting, { cause: 'sweep', ms: 60_000 })).toEqual(look('none'));
  });

  test('but was given up is looked at when the provider has something to say, and on no other hint', () => {
    expect(step(failed, { cause: 'webhook' })).toEqual(look('none'));
    for (const cause of ['new', 'due', 'sweep', 'retry'] as const) {
      expect(step(failed, { cause, ms: 90_000_000 })).toEqual(nothing);
    }
  });

  test('has no read without the name that the provider gave it', () => {
    expect(step({ ...sent, providerRequestId: null }, { cause: 'refresh' })).toEqual(nothing);
  });
});

describe('a reminder', () => {
  const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
  const asked = requestReminder(sent, null, at(0)).request;
  const underWay = decide(asked, { type: 'reminder_claimed' }, at(5)).request;

  test('is sent on its own hint, or when its time has come', () => {
    expect(step(asked)).toEqual({ type: 'remind' });
    expect(step(asked, { cause: 'sweep', ms: 59_999 })).toEqual(nothing);
    expect(step(asked, { cause: 'sweep', ms: 60_000 })).toEqual({ type: 'remind' });
  });

  test('that is under way is left alone until its claim has run out', () => {
    expect(step(underWay)).toEqual(nothing);
    expect(step(underWay, { cause: 'sweep', ms: 60_005 })).toEqual({ type: 'remind' });
  });

  test('does not keep anybody from looking', () => {
    expect(step(underWay, { cause: 'webhook' })).toEqual(look('none'));
  });

  test('of what has ended is dropped', () => {
    expect(step({ ...asked, status: 'signed' })).toEqual({ type: 'drop_reminder' });
  });
});
