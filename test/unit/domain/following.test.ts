/** Details of following a request: what a look tells, when the next one is, and what it says of the account. */
import { describe, expect, test } from 'vitest';
import type { ReadAnswer } from '../../../shared/domain/answers.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { further, lookIntervalMs, requestLook } from '../../../shared/domain/follow.ts';
import { requestCancellation } from '../../../shared/domain/request.ts';
import {
  openStatuses,
  requestStatuses,
  type SignatureRequest,
} from '../../../shared/domain/signature-request.ts';
import { at, byWindow, policy, time, unknown, wish } from './examples.ts';

const silent = { ...byWindow, isSilent: true };
const error = { type: 'provider-unavailable', detail: '503' } as const;
const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent', followed: true, readAt: time(0) };
const status = (value: 'sent' | 'viewed' | 'signed' | 'converting' | 'created'): ReadAnswer => ({
  kind: 'status',
  status: value,
});
const read = (request: SignatureRequest, ms: number, answer: ReadAnswer, begun = ms - 1, proof = byWindow) =>
  decide(request, { type: 'status_read', answer, right: 'none', begunAt: time(begun) }, at(ms, proof));
const webhook = (request: SignatureRequest, ms: number, claim: SignatureRequest['claim'] = null) =>
  decide(request, { type: 'webhook_received', notice: { claim, trust: 'hint' } }, at(ms));

describe('a look tells', () => {
  test('a new status, with its evidence', () => {
    const { request } = read(sent, 100, status('viewed'));
    expect(request).toMatchObject({ status: 'viewed', readAt: time(100), existed: true });
    expect(request.history.at(-1)).toMatchObject({
      type: 'status_changed',
      evidence: { kind: 'poll', status: 'viewed', at: time(100) },
      status: { from: 'sent', to: 'viewed' },
    });
  });

  test('the same status again: no entry, and no write but for what was waiting', () => {
    expect(read(sent, 100, status('sent')).changed).toBe(false);
    const waiting = requestLook(sent, at(50)).request;
    const looked = read(waiting, 100, status('sent'));
    expect(looked).toMatchObject({
      changed: true,
      effects: [],
      request: { lookAt: null, readAt: time(100) },
    });
    expect(looked.request.history).toEqual(waiting.history);
  });

  test.each([
    ['a look was planned', { lookAt: time(90) }],
    ['the last one failed', { readError: error }],
    ['a webhook had claimed something', { claim: { status: 'signed', ref: null }, hintedAt: time(500) }],
    ['it is the first of what is followed', { readAt: null }],
  ] as const)('the same status again, and is written down where %s', (_why, changes) => {
    const { changed, request } = read({ ...sent, ...changes }, 100, status('sent'));
    expect(changed).toBe(true);
    expect(request).toMatchObject({ readAt: time(100), readError: null, claim: null, lookAt: null });
  });

  test('the same status again, and plans the next look where the provider is silent', () => {
    const { changed, request, effects } = read(sent, 100, status('sent'), 99, silent);
    expect(changed).toBe(true);
    expect(request.lookAt).toBe(time(100 + policy.followMs));
    expect(effects).toEqual([]);
    const short = { ...at(100, silent), policy: { ...policy, followMs: 300_000 } };
    const event = { type: 'status_read', answer: status('sent'), right: 'none', begunAt: time(99) } as const;
    expect(decide(sent, event, short).effects).toEqual([{ type: 'hint', cause: 'due', delayMs: 300_000 }]);
  });

  test('an expiry, whichever answer says so', () => {
    const expiresAt = time(50_000_000);
    const answers: ReadAnswer[] = [
      { kind: 'status', status: 'viewed', details: { expiresAt } },
      { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled', details: { expiresAt } },
      { kind: 'ended', as: 'declined', detail: 'No.', details: { expiresAt } },
    ];
    for (const answer of answers) expect(read(sent, 100, answer).request.expiresAt).toBe(expiresAt);
    expect(read({ ...sent, expiresAt }, 100, status('viewed')).request.expiresAt).toBe(expiresAt);
  });

  test('an end, whoever wanted it', () => {
    expect(read(sent, 100, { kind: 'ended', as: 'declined', detail: 'No.' }).request.status).toBe('declined');
    const cancelled = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' } as const;
    expect(read(sent, 100, cancelled).request.status).toBe('cancelled');
  });

  test('an expiry only of what is gone, from its time on, with nobody having asked for that', () => {
    const expiring: SignatureRequest = { ...sent, expiresAt: time(1_000) };
    const gone: ReadAnswer = { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' };
    expect(read(expiring, 999, gone).request.status).toBe('cancelled');
    expect(read(expiring, 1_000, gone).request.status).toBe('expired');
    const cancelled = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' } as const;
    expect(read(expiring, 2_000, cancelled).request.status).toBe('cancelled');
    expect(read(expiring, 2_000, status('viewed')).request.status).toBe('viewed');
    const packet = { ...wish, scope: 'signature_packet' } as const;
    const asked = requestCancellation(expiring, packet, at(10)).decision.request;
    const withdrawn = { kind: 'proof', status: 'cancelled', requestStatus: 'sent' } as const;
    const done = read(asked, 20, withdrawn).request;
    expect(done.cancellation?.state).toBe('confirmed');
    expect(read(done, 2_000, gone).request.status).toBe('cancelled');
  });
});

test('what a second call says of the account holds, whatever the first one told', () => {
  const accountPause = { error, retryAt: time(400_000), pausesAccount: true } as const;
  const { request, effects } = read(sent, 100, { kind: 'status', status: 'viewed', accountPause });
  expect(request.status).toBe('viewed');
  expect(effects).toContainEqual({
    type: 'pause_account',
    until: time(400_000),
    reason: 'provider-unavailable',
  });
});

describe('a look that told nothing', () => {
  const waiting = requestLook(sent, at(50)).request;

  test('is repeated after a minute, or as late as the provider says', () => {
    const later = { kind: 'try_again', error, retryAt: time(500_000), pausesAccount: true } as const;
    const put = read(waiting, 100, later);
    expect(put.request).toMatchObject({ lookAt: time(500_000), readError: error, readAt: time(100) });
    expect(put.effects).toEqual([
      { type: 'pause_account', until: time(500_000), reason: 'provider-unavailable' },
      { type: 'hint', cause: 'due', delayMs: 499_900 },
    ]);
    const soon = read(waiting, 100, { kind: 'refused', error, pausesAccount: false });
    expect(soon.request.lookAt).toBe(time(100 + lookIntervalMs));
    expect(soon.effects).toEqual([{ type: 'hint', cause: 'due', delayMs: lookIntervalMs }]);
    expect(read(waiting, 100, { kind: 'unclear', error })).toMatchObject({
      request: { lookAt: time(100 + lookIntervalMs), readError: error, status: 'sent' },
      effects: [{ type: 'hint' }],
    });
  });

  test('because nothing can tell is not repeated by itself: the next answer would be the same', () => {
    expect(read(waiting, 100, { kind: 'undecidable', error })).toMatchObject({
      request: { lookAt: null, readError: error, status: 'sent' },
      effects: [],
    });
  });

  test('is nothing where nobody wanted it', () => {
    const idle: SignatureRequest = { ...sent, followed: false };
    expect(read(idle, 100, { kind: 'unclear', error }).changed).toBe(false);
    expect(read({ ...idle, lookAt: time(90) }, 100, { kind: 'unclear', error }).changed).toBe(true);
    expect(read(sent, 100, { kind: 'unclear', error }).changed).toBe(true);
  });

  test('because it is not there is not repeated by itself, and hints nobody', () => {
    const missing = { type: 'not-found', detail: '404' } as const;
    const answers: ReadAnswer[] = [
      { kind: 'not_found', error: missing },
      { kind: 'ended', as: 'not_found', detail: '404' },
    ];
    for (const answer of answers) {
      const { request, effects } = read(waiting, 100, answer);
      expect(request).toMatchObject({ lookAt: null, readError: missing, status: 'sent' });
      expect(effects).toEqual([]);
    }
    const destroyed = read(waiting, 100, { kind: 'ended', as: 'destroyed', detail: 'erased' });
    expect(destroyed.request.readError).toEqual({ type: 'already-ended', detail: 'erased' });
    expect(destroyed.effects).toEqual([]);
  });

  test('because it was destroyed is not repeated where the provider is silent, though it was there', () => {
    const there: SignatureRequest = { ...waiting, existed: true };
    const destroyed = { kind: 'ended', as: 'destroyed', detail: 'erased' } as const;
    expect(read(there, 100, destroyed, 99, silent).request.lookAt).toBeNull();
    const hidden = { kind: 'not_found', error: { type: 'not-found', detail: '404' } } as const;
    expect(read(there, 100, hidden, 99, silent).request.lookAt).toBe(time(100 + policy.followMs));
    expect(read({ ...there, existed: false }, 100, hidden, 99, silent).request.lookAt).toBeNull();
  });

  test('because of trouble says nothing of whether it is there', () => {
    const there: SignatureRequest = { ...waiting, existed: false };
    const blind = read(there, 100, { kind: 'unclear', error }, 99, silent).request;
    expect(read(blind, 70_000, status('sent'), 69_999, silent).request.lookAt).toBe(
      time(70_000 + policy.followMs),
    );
  });
});

describe('the next look', () => {
  const planned = (request: SignatureRequest, ms: number, answer: ReadAnswer, proof = silent) =>
    read(request, ms, answer, ms - 1, proof).request.lookAt;

  test('is after the expiry, or in turn, whichever is first, and never in the past', () => {
    const expiring = (ms: number): SignatureRequest => ({ ...sent, expiresAt: time(ms) });
    expect(planned(expiring(1_000), 100, status('sent'))).toBe(time(301_000));
    expect(planned(expiring(1_000), 300_999, status('sent'))).toBe(time(301_000));
    expect(planned(expiring(1_000), 301_000, status('sent'))).toBe(time(301_000 + policy.followMs));
    expect(planned(expiring(1_000), 400_000, status('sent'), byWindow)).toBeNull();
  });

  test('is sooner while the provider still converts it', () => {
    const creating: SignatureRequest = { ...unknown, version: 1, followed: true, status: 'unknown' };
    expect(planned(creating, 100, status('converting'))).toBe(time(100 + lookIntervalMs));
    expect(planned(creating, 100, status('created'))).toBe(time(100 + policy.followMs));
    expect(planned(creating, 90_000_000, status('converting'))).toBe(time(90_000_000 + policy.followMs));
  });

  test('is none of what nobody follows, or what has ended', () => {
    expect(planned({ ...sent, followed: false }, 100, status('viewed'))).toBeNull();
    expect(planned(sent, 100, status('signed'))).toBeNull();
  });
});

describe('somebody asks for a look', () => {
  test('of what was never heard of: it is imported', () => {
    const { request, effects } = requestLook(unknown, at(0));
    expect(request.history).toMatchObject([{ type: 'imported' }]);
    expect(effects).toEqual([{ type: 'hint', cause: 'refresh', delayMs: 0 }]);
  });

  test('of what is known: its history stays', () => {
    expect(requestLook(sent, at(0)).request.history).toEqual(sent.history);
  });
});

describe('a webhook', () => {
  const signed = { status: 'signed', ref: null } as const;

  test('leaves what it claims until a read settles it, the first word only', () => {
    const first = webhook(sent, 100, signed).request;
    expect(first.claim).toEqual(signed);
    expect(webhook(first, 100_000, { status: 'expired', ref: null }).request.claim).toEqual(signed);
    expect(webhook(sent, 100, { status: 'cancelled', ref: null }).request.claim).toBeNull();
    expect(webhook(sent, 100).request.claim).toBeNull();
  });

  test('is in the history with all that come after it', () => {
    const { history } = webhook(webhook(sent, 100).request, 200).request;
    expect(history).toMatchObject([{ type: 'hinted', count: 2 }]);
  });

  test('looks again after a minute, no sooner', () => {
    const first = webhook(sent, 100).request;
    expect(webhook(first, 60_099).request).toMatchObject({ looksAgain: true, lookAt: time(60_100) });
    expect(webhook(first, 60_100).request).toMatchObject({ looksAgain: false, hintedAt: time(60_100) });
  });

  test('while one more look is planned keeps only news', () => {
    const again = webhook(webhook(sent, 100).request, 200).request;
    expect(again.looksAgain).toBe(true);
    expect(webhook(again, 300).changed).toBe(false);
    expect(webhook(again, 300, signed)).toMatchObject({ effects: [], request: { claim: signed } });
    const known = webhook(again, 300, signed).request;
    expect(webhook(known, 400, signed).changed).toBe(false);
  });

  test('a minute after the last look begins anew, whatever was planned', () => {
    const again = webhook(webhook(sent, 100).request, 200).request;
    const anew = webhook(again, 70_000);
    expect(anew.request).toMatchObject({ looksAgain: false, lookAt: time(70_000 + policy.recoveryMs) });
    expect(anew.effects).toEqual([{ type: 'hint', cause: 'webhook', delayMs: 0 }]);
  });
});

describe('one more look, at the end of the minute', () => {
  const again = webhook(webhook(sent, 100).request, 200).request;

  test('is taken by a read that began then, not by one that began before', () => {
    expect(read(again, 60_050, status('viewed'), 60_099).request).toMatchObject({
      looksAgain: true,
      lookAt: time(60_100),
    });
    expect(read(again, 60_200, status('viewed'), 60_100).request).toMatchObject({
      looksAgain: false,
      lookAt: null,
    });
  });

  test('counts as the last one: the next may come a minute later', () => {
    const over = read(again, 60_200, status('viewed'), 60_100).request;
    expect(over.hintedAt).toBe(time(60_100));
    expect(webhook(over, 100_000).request.looksAgain).toBe(true);
    expect(read(again, 500, status('viewed'), 300).request.hintedAt).toBe(time(100));
    const once = webhook(sent, 100).request;
    expect(read(once, 500, status('viewed'), 300).request.hintedAt).toBe(time(100));
  });

  test('is not lost with a look that failed before it', () => {
    const failed = read(again, 500, { kind: 'unclear', error }, 300);
    expect(failed.request).toMatchObject({ looksAgain: true, lookAt: time(60_100) });
  });
});

describe('a look whose account is paused', () => {
  const waiting = requestLook(sent, at(0)).request;
  const deferred = (request: SignatureRequest, ms: number, permit = false) =>
    decide(request, { type: 'deferred', until: time(ms), error, lone: false, permit }, at(10));

  test('waits as long, and is not brought forward by that', () => {
    expect(deferred(waiting, 60_001).request.lookAt).toBe(time(60_001));
    expect(deferred(waiting, 60_000).changed).toBe(true);
    expect(deferred(waiting, 59_999).changed).toBe(false);
  });

  test('comes sooner where calls are reserved for it', () => {
    expect(deferred(waiting, 30_000, true).request.lookAt).toBe(time(30_000));
  });

  test('is nothing where none is planned', () => {
    expect(deferred(sent, 60_001, true).changed).toBe(false);
  });
});

describe('further', () => {
  test('never goes back, whatever two statuses are told in whichever order', () => {
    const order = ['unknown', 'creating', 'converting', 'created', 'sent', 'viewed'] as const;
    expect([...order].sort()).toEqual([...openStatuses].sort());
    for (const [n, before] of order.entries()) {
      for (const [m, told] of order.entries()) expect(further(before, told)).toBe(order[Math.max(n, m)]);
      expect(further(before, 'signed')).toBe('signed');
      expect(further('signed', before)).toBe('signed');
      expect(further('finalizing', before)).toBe('finalizing');
    }
  });

  test('takes what is being finalized to its end, which is no cancellation', () => {
    expect(further('finalizing', 'signed')).toBe('signed');
    expect(further('finalizing', 'error_finalizing')).toBe('error_finalizing');
    expect(further('finalizing', 'cancelled')).toBe('finalizing');
  });

  test('knows every status', () => {
    for (const before of requestStatuses) expect(further(before, before)).toBe(before);
  });
});

describe('the details of an answer', () => {
  const event = (answer: ReadAnswer, detailsRevision: number, refresh?: true) =>
    ({
      type: 'status_read',
      answer,
      right: 'none',
      begunAt: time(99),
      detailsRevision,
      ...(refresh && { refresh }),
    }) as const;
  const known: SignatureRequest = { ...sent, detailsRevision: 4 };

  test('are an entry of their own where the look wrote something that has none', () => {
    const created = decide({ ...known, status: 'created' }, event(status('sent'), 4), at(40)).request;
    const waiting = requestLook(created, at(50)).request;
    expect(waiting.history).not.toEqual([]);
    const { request } = decide(waiting, event(status('sent'), 5), at(100));
    expect(request).toMatchObject({ detailsRevision: 5, version: waiting.version + 1, lookAt: null });
    expect(request.history).toHaveLength(waiting.history.length + 1);
    expect(request.history.at(-1)).toMatchObject({ type: 'signers_changed', version: request.version });
  });

  test('go with the entry that the look itself has', () => {
    const { request } = decide(known, event(status('viewed'), 5), at(100));
    expect(request).toMatchObject({ detailsRevision: 5, version: known.version + 1 });
    expect(request.history.map(({ type }) => type)).toEqual(['status_changed']);
  });

  test('are told also where an earlier write of this version was told of, and nothing else is new', () => {
    const viewed = decide(known, event(status('viewed'), 5), at(100)).request;
    const { request } = decide(viewed, event(status('viewed'), 6), at(200));
    expect(request).toMatchObject({ detailsRevision: 6, version: viewed.version + 1 });
    expect(request.history.map(({ type }) => type)).toEqual(['status_changed', 'signers_changed']);
  });

  test('that are older than what is known change nothing', () => {
    expect(decide(known, event(status('sent'), 4), at(100)).changed).toBe(false);
    expect(decide(known, event(status('sent'), 3), at(100)).changed).toBe(false);
  });

  test('come with the time of the read where somebody waits for it', () => {
    const same = decide(known, event(status('sent'), 4, true), at(100)).request;
    expect(same).toMatchObject({ readAt: time(100), version: known.version + 1 });
    const asked = requestCancellation(known, wish, at(10)).decision.request;
    const seen = decide(asked, { ...event(status('viewed'), 4, true), right: 'claim' }, at(100));
    expect(seen).toMatchObject({
      request: { readAt: time(100), status: 'viewed' },
      effects: [{ type: 'send' }],
    });
    expect(seen.request.version).toBe(asked.version + 1);
  });
});
