/** Calls and answers that something else has overtaken, and what their traces must tell. Each was found by the simulation. */
import { describe, expect, test } from 'vitest';
import type { ReadAnswer } from '../../../shared/domain/answers.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { firstStep } from '../../../shared/domain/plan.ts';
import type { ProofRules } from '../../../shared/domain/policy.ts';
import { requestCancellation } from '../../../shared/domain/request.ts';
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
  stateOf,
  time,
  unknown,
  wish,
} from './examples.ts';

const read = (
  request: SignatureRequest,
  answer: ReadAnswer,
  ms: number,
  proof: ProofRules,
  right: 'lone' | 'claim' | 'none' = 'claim',
) => decide(request, { type: 'status_read', answer, right, begunAt: time(ms) }, at(ms, proof));

const open: ReadAnswer = { kind: 'status', status: 'sent' };
const neverThere: ReadAnswer = { kind: 'ended', as: 'not_found', detail: 'Not there.' };
const blind: ReadAnswer = { kind: 'unclear', error: { type: 'provider-timeout', detail: 'No answer.' } };
const packetWish = requestCancellation(unknown, { ...wish, scope: 'signature_packet' }, at(0)).decision
  .request;

describe('where what our call has ended looks like what never was', () => {
  test('a lone call is claimed although the look told nothing: a crash after it must leave a trace', () => {
    const sending = read(queued, blind, 50, byProbe, 'lone');
    expect(effectsOf(sending)).toEqual(['send']);
    expect(sending.request.cancellation).toMatchObject({ inFlight: true, attempts: 1 });
  });

  test('a lone call for a packet is claimed', () => {
    const sending = read(packetWish, open, 50, byRead, 'lone');
    expect(effectsOf(sending)).toEqual(['send']);
    expect(sending.request.cancellation).toMatchObject({ inFlight: true, attempts: 1 });
  });

  test.each([
    ['OKdokument', queued, byProbe],
    ['a packet', packetWish, byRead],
  ])('%s: a server error may hide that the call was carried out', (_name, request, proof) => {
    const sentAfter = (providerStatus: number, before: SignatureRequest, rules: ProofRules) => {
      const error = { type: 'provider-unavailable', detail: 'It failed.', providerStatus } as const;
      const answer = { kind: 'try_again', error, pausesAccount: false } as const;
      const event = { type: 'cancel_answered', wish: start, answer } as const;
      return decide(before, event, at(200, rules)).request.cancellation?.sent;
    };
    expect(sentAfter(502, request, proof)).toBe('maybe');
    expect(sentAfter(500, request, proof)).toBe('maybe');
    expect(sentAfter(502, queued, byWindow)).toBe('no');
    // Whoever is told to come back later was not served.
    expect(sentAfter(429, request, proof)).toBe('no');
    // And it takes back nothing of what an earlier call was answered with.
    const accepted = { type: 'cancel_answered', wish: start, answer: { kind: 'accepted' } } as const;
    expect(sentAfter(502, decide(request, accepted, at(100, proof)).request, proof)).toBe('yes');
  });

  test('a look that began before our call was claimed says nothing of it', () => {
    const claimed = read(packetWish, open, 50, byRead, 'lone').request;
    expect(read(claimed, neverThere, 400, byRead, 'none').changed).toBe(false);
    const seen = read(queued, open, 50, byProbe, 'lone').request;
    expect(read(seen, neverThere, 400, byProbe, 'none').changed).toBe(false);
    // Before any call, it is what it says.
    expect(stateOf(read(packetWish, neverThere, 400, byRead, 'none'))).toBe('rejected');
  });

  test('a look that began before somebody saw the request does not prove that it was never there', () => {
    const seen = { ...queued, existed: true };
    expect(read(seen, neverThere, 400, byProbe)).toEqual({ request: seen, changed: false, effects: [] });
    expect(stateOf(read(queued, neverThere, 400, byProbe))).toBe('rejected');
    // That a workflow is there says nothing of its packet.
    expect(stateOf(read({ ...packetWish, existed: true }, neverThere, 400, byRead))).toBe('rejected');
  });
});

test('a read about the packet proves nothing of a wish for the whole workflow that came meanwhile', () => {
  const takenBack: ReadAnswer = { kind: 'proof', status: 'cancelled', requestStatus: 'created' };
  const confirmed = read(packetWish, takenBack, 10, byRead).request;
  const whole = requestCancellation(confirmed, wish, at(20, byRead)).decision.request;
  const event = { type: 'status_read', answer: takenBack, right: 'claim', begunAt: time(15) } as const;
  expect(decide(whole, { ...event, scope: 'signature_packet' }, at(30, byRead)).changed).toBe(false);
  expect(stateOf(decide(whole, { ...event, scope: 'workflow' }, at(30, byRead)))).toBe('confirmed');
});

test('a read about the workflow tells of one that nobody cancels, too', () => {
  const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
  const answer: ReadAnswer = { kind: 'status', status: 'viewed' };
  const event = { type: 'status_read', answer, right: 'none', begunAt: time(5), scope: 'workflow' } as const;
  expect(decide(sent, event, at(10)).request.status).toBe('viewed');
});

test('a second copy of the first hint waits for the lone call that the first copy allows', () => {
  const hint = { version: queued.version, cause: 'new' } as const;
  const step = (receives: number, ms: number) => firstStep(queued, hint, receives, false, policy, time(ms));
  expect(step(1, 100)).toEqual({ type: 'send' });
  expect(step(2, 100)).toEqual({ type: 'look', right: 'none' });
  // Whoever took the first copy has had its time.
  expect(step(2, 60_000)).toEqual({ type: 'look', right: 'claim' });
});

test('the hint of a wish that another has replaced sends nothing beside the one of the new wish', () => {
  const whole = requestCancellation(packetWish, wish, at(20, byRead)).decision.request;
  const step = (version: number) => firstStep(whole, { version, cause: 'new' }, 1, true, policy, time(100));
  expect(step(packetWish.version)).toEqual({ type: 'nothing' });
  expect(step(whole.version)).toEqual({ type: 'look', right: 'lone' });
});

describe('a time to come back', () => {
  const error = { type: 'rate-limited', detail: 'The provider answered 429.', providerStatus: 429 } as const;
  const answer = { kind: 'try_again', error, pausesAccount: true, retryAt: time(30_000) } as const;
  const pause = { type: 'pause_account', until: time(30_000), reason: 'rate-limited' };
  const done = decide(
    queued,
    { type: 'cancel_answered', wish: start, answer: { kind: 'confirmed', status: 'cancelled' } },
    at(10),
  ).request;

  test('holds for the account, though the request that it was said to is settled by now', () => {
    const cancelled = { type: 'cancel_answered', wish: start, answer } as const;
    expect(decide(done, cancelled, at(100))).toMatchObject({ changed: false, effects: [pause] });
    expect(read(done, answer, 100, byWindow)).toMatchObject({ changed: false, effects: [pause] });
  });

  test('holds beside the call that the same read allows, where only a call for the details was told so', () => {
    const accountPause = { error, retryAt: time(90_000), pausesAccount: true } as const;
    expect(read(queued, { ...open, accountPause }, 60_000, byWindow).effects).toEqual([
      { type: 'send' },
      { ...pause, until: time(90_000) },
    ]);
  });

  test('holds although the deadline has passed, or another worker has claimed a call', () => {
    const claimed = read(queued, open, 61_000, byWindow).request;
    const later = { ...answer, retryAt: time(90_000) };
    expect(read(claimed, later, 62_000, byWindow).effects).toContainEqual({ ...pause, until: time(90_000) });
    const failing = read(
      claimed,
      { ...answer, retryAt: time(policy.deadlineMs + 90_000) },
      policy.deadlineMs + 61_000,
      byWindow,
    );
    expect(stateOf(failing)).toBe('failed');
    expect(effectsOf(failing)).toEqual(['pause_account']);
  });
});
