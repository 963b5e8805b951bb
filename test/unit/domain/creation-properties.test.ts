/**
 * A creation against a provider that acts late, answers never, and shows new documents late in its lists; with workers that
 * die at any moment, messages that are doubled and reordered, and a client that cancels in between. Whatever happens, there is
 * never a second document, nothing is called cancelled that exists uncancelled, and in the end everything is decided.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestCreation } from '../../../shared/domain/creation.ts';
import { decide } from '../../../shared/domain/decide.ts';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import { firstStep } from '../../../shared/domain/plan.ts';
import { claimSlackMs } from '../../../shared/domain/policy.ts';
import { requestCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { type Context, type Decision, hintCauses } from '../../../shared/domain/transition.ts';
import { byWindow, policy, start, unknown, wish } from './examples.ts';
import { longTestMs, must } from './must.ts';

const prid = '2b388914e3ae3b738bd4e2ee2850c677e6dc53d2' as ProviderRequestId;
const settledAfterMs = 120_000;
const timeout = { type: 'provider-timeout', detail: 'No answer.' } as const;
const down = { type: 'provider-unavailable', detail: '503' } as const;

/** How one visit goes. */
const visit = fc.record({
  cause: fc.constantFrom(...hintCauses),
  staleVersion: fc.boolean(),
  receives: fc.integer({ min: 1, max: 3 }),
  /** What the provider does with a create call, and when: late is after our time-out, within the settle time. */
  act: fc.constantFrom('creates', 'creates_late', 'refuses', 'is_down'),
  isAnswered: fc.boolean(),
  /** Where the worker dies: before its claim, after it, after the call, or not at all. */
  dies: fc.constantFrom('before', 'claimed', 'called', 'never', 'never', 'never'),
  callMs: fc.integer({ min: 0, max: policy.callMs }),
});
type Visit = (typeof visit extends fc.Arbitrary<infer T> ? T : never) & object;
const step = fc.record({
  pauseMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 400_000 })),
  what: fc.oneof(
    { weight: 8, arbitrary: visit },
    { weight: 1, arbitrary: fc.constant('cancel' as const) },
    { weight: 1, arbitrary: fc.constant('webhook' as const) },
  ),
});

/** The provider's own memory: when each document came to be. Lists show it a minute later. */
class World {
  now = start as number;
  request: SignatureRequest;
  readonly documents: number[] = [];

  constructor() {
    const blank = { ...unknown, providerRequestId: null, status: 'creating' } as const;
    const made = { fingerprint: 'f'.repeat(32), signHandle: 'h'.repeat(22), detailsRevision: 1 };
    this.request = requestCreation(blank, made, this.context()).request;
  }

  context(): Context {
    return { now: this.now as Instant, dice: 0.5, policy, proof: byWindow };
  }

  write(decision: Decision): Decision {
    if (decision.changed) this.request = decision.request;
    return decision;
  }

  visit(how: Visit): void {
    const version = this.request.version - (how.staleVersion ? 1 : 0);
    const hint = { cause: how.cause, version };
    const taken = firstStep(this.request, hint, how.receives, false, policy, this.now as Instant);
    if (how.dies === 'before') return;
    if (taken.type === 'withdraw') this.write(decide(this.request, { type: 'withdrawn' }, this.context()));
    if (taken.type === 'find') this.find(how);
    if (taken.type === 'create') this.create(how);
  }

  find(how: Visit): void {
    const attempt = this.request.creation?.attempts ?? 0;
    const visible = this.documents.some((at) => at + 60_000 <= this.now);
    const answer = visible
      ? ({ kind: 'found', providerRequestId: prid, status: 'sent' } as const)
      : ({ kind: 'absent' } as const);
    const look = { attempt, answer, settledAfterMs, begunAt: this.now as Instant };
    this.now += how.callMs;
    if (how.dies === 'called') return;
    this.write(decide(this.request, { type: 'find_answered', ...look }, this.context()));
  }

  create(how: Visit): void {
    const claimed = this.write(decide(this.request, { type: 'create_claimed' }, this.context()));
    if (!claimed.effects.some(({ type }) => type === 'create') || how.dies === 'claimed') return;
    const attempt = claimed.request.creation?.attempts ?? 0;
    this.now += how.callMs;
    const acts = how.act === 'creates' || how.act === 'creates_late';
    if (acts) this.documents.push(this.now + (how.act === 'creates_late' ? 50_000 : 0));
    if (how.dies === 'called') return;
    const answer =
      how.act === 'creates' && how.isAnswered
        ? ({ kind: 'created', providerRequestId: prid, status: 'sent' } as const)
        : how.act === 'refuses'
          ? ({ kind: 'try_again', error: down, pausesAccount: false } as const)
          : ({ kind: 'unclear', mayHaveActed: true, error: timeout } as const);
    this.write(decide(this.request, { type: 'create_answered', attempt, answer }, this.context()));
  }
}

const calm: Visit = {
  cause: 'sweep',
  staleVersion: false,
  receives: 1,
  act: 'creates',
  isAnswered: true,
  dies: 'never',
  callMs: 100,
};

test('never twice, never lost, never falsely cancelled', { timeout: longTestMs }, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const world = new World();
      for (const { pauseMs, what } of steps) {
        world.now += pauseMs;
        const { request } = world;
        if (what === 'cancel') world.write(requestCancellation(request, wish, world.context()).decision);
        else if (what === 'webhook') {
          const notice = { claim: null, trust: 'hint' } as const;
          world.write(decide(request, { type: 'webhook_received', notice }, world.context()));
        } else world.visit(what);
        check(world);
      }
      // Nothing goes wrong any more: the sweep alone brings it to an end.
      for (let rounds = 0; world.request.creation?.state === 'queued' && rounds < 50; rounds += 1) {
        must(world.request.wakeAt !== null, 'what is queued stays in sight');
        world.now = Math.max(world.now, Number(world.request.dueAt)) + 1;
        world.visit(calm);
        check(world);
      }
      must(world.request.creation?.state !== 'queued', 'in the end everything is decided');
    }),
    { numRuns: 20_000 },
  );
});

const check = ({ request, documents, now }: World): void => {
  must(documents.length <= 1, 'never a second document');
  const { creation, cancellation, dueAt, wakeAt } = request;
  must(creation?.state !== 'queued' || Number(wakeAt) <= Number(dueAt), 'it wakes when it is due');
  must(creation?.state !== 'sent' || documents.length === 1, 'what was sent is there');
  if (cancellation?.state === 'confirmed' || creation?.state === 'failed') {
    must(documents.length === 0, `said to be unsent at ${now - start}`);
  }
};

test('a claim outlasts the call that it is for', () => {
  expect(Math.max(policy.recoveryMs, policy.callMs + claimSlackMs)).toBeGreaterThan(policy.callMs);
});
