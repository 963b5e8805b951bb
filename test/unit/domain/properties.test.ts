/** What holds for every sequence of events, however they come. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CancelAnswer, ReadAnswer } from '../../../shared/domain/answers.ts';
import { retryTime } from '../../../shared/domain/backoff.ts';
import { decide, type Event } from '../../../shared/domain/decide.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { ProofRules } from '../../../shared/domain/policy.ts';
import { requestCancellation, retryCancellation } from '../../../shared/domain/request.ts';
import {
  isOpenCancellation,
  requestStatuses,
  type SignatureRequest,
} from '../../../shared/domain/signature-request.ts';
import { itemSize } from '../../../shared/store/attributes.ts';
import { fromRequestItem, toRequestItem } from '../../../shared/store/request-item.ts';
import { byProbe, byRead, byWindow, policy, start, unknown, wish } from './examples.ts';
import { longTestMs, must, mustEqual } from './must.ts';

const error = {
  type: 'provider-unavailable',
  detail: 'The provider answered 503.',
  providerStatus: 503,
} as const;
const missing = { type: 'not-found', detail: 'The provider answered 404.' } as const;
const flag = fc.boolean();
const ended = fc.constantFrom('signed', 'declined', 'expired', 'error', 'destroyed', 'not_found');
const postponed = fc.record({
  kind: fc.constantFrom('refused', 'try_again'),
  error: fc.constant(error),
  pausesAccount: flag,
  retryAt: fc.integer({ min: start - 1e6, max: start + 1e9 }).map((ms) => ms as Instant),
});
const cancelAnswer: fc.Arbitrary<CancelAnswer> = fc.oneof(
  fc.constant<CancelAnswer>({ kind: 'accepted' }),
  fc.record({ kind: fc.constant('confirmed'), status: fc.constantFrom('cancelled', 'deleted') }),
  fc.record({ kind: fc.constant('ended'), as: ended, detail: fc.constant('Ended.') }),
  postponed,
  fc.record({ kind: fc.constant('unclear'), mayHaveActed: flag, error: fc.constantFrom(error, missing) }),
  fc.record({ kind: fc.constant('undecidable'), error: fc.constant(error) }),
);
const readAnswer: fc.Arbitrary<ReadAnswer> = fc.oneof(
  fc.record({
    kind: fc.constant('proof'),
    status: fc.constantFrom('cancelled', 'deleted'),
    requestStatus: fc.constant('cancelled'),
  }),
  fc.record({
    kind: fc.constant('status'),
    status: fc.constantFrom(...requestStatuses.filter((status) => status !== 'cancelled')),
  }),
  fc.record({ kind: fc.constant('ended'), as: ended, detail: fc.constant('Ended.') }),
  fc.record({ kind: fc.constant('not_found'), error: fc.constant(missing) }),
  fc.constant<ReadAnswer>({ kind: 'claim_refuted' }),
  postponed,
  fc.record({ kind: fc.constantFrom('unclear', 'undecidable'), error: fc.constant(error) }),
);
const claim = fc.option(
  fc.record(
    { status: fc.constantFrom('signed', 'cancelled', 'destroyed'), ref: fc.constant(null) },
    { noNullPrototype: true },
  ),
);

interface Step {
  readonly pauseMs: number;
  readonly dice: number;
  readonly proof: ProofRules;
  /** What happens: an event of the machine, or a client's call. */
  readonly event: Event | 'cancel' | 'retry';
}
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant('cancel_answered'), wish: fc.constant(start), answer: cancelAnswer }),
  fc.record({
    type: fc.constant('status_read'),
    answer: readAnswer,
    right: fc.constantFrom('lone', 'claim', 'none'),
    begunAt: fc.constant(start),
  }),
  fc.record({
    type: fc.constant('webhook_received'),
    notice: fc.record({ trust: fc.constantFrom('proof', 'hint'), claim }),
  }),
  fc.record({
    type: fc.constant('deferred'),
    until: fc.integer({ min: start, max: start + 1e8 }).map((ms) => ms as Instant),
    error: fc.constant(error),
    lone: flag,
    permit: flag,
  }),
  fc.record({ type: fc.constant('given_up'), error: fc.constant(error) }),
);
const circumstances = {
  pauseMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 10_000 }),
    fc.integer({ min: 0, max: 90_000_000 }),
  ),
  dice: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  proof: fc.constantFrom(byWindow, byProbe, byRead),
};
const step: fc.Arbitrary<Step> = fc.record({
  ...circumstances,
  event: fc.oneof(
    { weight: 6, arbitrary: event },
    { weight: 1, arbitrary: fc.constantFrom('cancel', 'retry') },
  ),
});

const take = (request: SignatureRequest, { event: taken, dice, proof }: Step, now: Instant) => {
  const context = { now, dice, policy, proof };
  if (taken === 'cancel') return requestCancellation(request, wish, context).decision;
  if (taken === 'retry') return retryCancellation(request, context);
  return decide(request, taken, context);
};

const provesCancellation = (seen: Step['event']): boolean => {
  if (typeof seen === 'string') return false;
  if (seen.type === 'webhook_received') return seen.notice.trust === 'proof';
  if (seen.type === 'status_read') return seen.answer.kind === 'proof';
  return seen.type === 'cancel_answered' && seen.answer.kind === 'confirmed';
};

test('invariants hold after every step of any run', { timeout: longTestMs }, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let request: SignatureRequest = requestCancellation(unknown, wish, {
        now: start,
        dice: 0,
        policy,
        proof: byWindow,
      }).decision.request;
      let now = start as number;
      let proofSeen = false;
      for (const taken of steps) {
        now += taken.pauseMs;
        const before = request;
        const decision = take(before, taken, now as Instant);
        proofSeen ||= provesCancellation(taken.event);
        request = decision.request;
        checkStep(before, request, decision.changed);
        checkState(request, proofSeen);
        if (decision.changed) checkItem(request);
      }
    }),
    { numRuns: 10_000 },
  );
});

const checkStep = (before: SignatureRequest, after: SignatureRequest, changed: boolean): void => {
  must(after.version === (changed ? before.version + 1 : before.version), 'one version for each change');
  must(changed || after === before, 'the same image where nothing changed');
  const state = before.cancellation?.state;
  if (state === 'confirmed' || state === 'rejected') {
    mustEqual(after.cancellation, before.cancellation, 'a final state stays');
  }
  if (before.cancellation !== null && after.cancellation !== null) {
    must(after.cancellation.attempts >= before.cancellation.attempts, 'attempts never become fewer');
  }
};

const checkState = (request: SignatureRequest, proofSeen: boolean): void => {
  const { cancellation, dueAt, wakeAt } = request;
  if (isOpenCancellation(cancellation)) {
    must(dueAt !== null && wakeAt !== null && wakeAt <= dueAt, 'an open wish wakes when it is due');
    if (cancellation.firstAttemptAt !== null) {
      // An answer may come in after the deadline: then the next look is due at once.
      const deadline = cancellation.firstAttemptAt + policy.deadlineMs;
      // A call that was claimed before it has its time.
      const latest = cancellation.inFlight ? deadline + policy.recoveryMs : deadline;
      must((dueAt ?? 0) <= Math.max(latest, request.updatedAt), 'nothing is due after the deadline');
    }
  } else {
    must(dueAt === null, 'without an open wish nothing is due');
    must((wakeAt === null) === (cancellation?.state !== 'failed'), 'only what failed stays in sight');
  }
  must(cancellation?.state !== 'confirmed' || proofSeen, 'confirmed only by proof');
  must(cancellation?.state !== 'submitted' || cancellation.attempts > 0, 'submitted only by a call');
};

/** It is stored as it is, and whatever its history: with the newest entries alone it stays within one write unit. */
const checkItem = (request: SignatureRequest): void => {
  const item = toRequestItem(request, request.history.slice(-6), 400);
  mustEqual(fromRequestItem(item), { ...request, history: request.history.slice(-6) }, 'read as written');
  must(itemSize(toRequestItem(request, request.history.slice(-3), 400)) <= 1024, 'one write unit');
};

test('a retry is never before the provider allows, never after the longest pause or the cap', () => {
  const times = fc.tuple(
    fc.integer({ min: 1, max: 200 }),
    fc.option(fc.integer({ min: start - 1e9, max: start + 1e12 }), { nil: undefined }),
    fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  );
  fc.assert(
    fc.property(times, ([failures, retryAt, dice]) => {
      const at = retryTime(failures, retryAt as Instant | undefined, start, dice, policy);
      expect(at).toBeGreaterThanOrEqual(Math.min(Math.max(retryAt ?? 0, start), start + 3_600_000));
      expect(at).toBeLessThanOrEqual(start + 3_600_000);
      expect(Number.isInteger(at)).toBe(true);
    }),
  );
});
