/**
 * The machine against a model of the world that it lives in: a provider with a truth of its own, calls under way, messages
 * that are late, repeated or lost, workers that die. The model knows no state of the machine's; it says only what may be:
 * what is told to the client is true, no call is made that nobody may make, and in the end everything is decided.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CancelAnswer, ReadAnswer } from '../../../shared/domain/answers.ts';
import { longestProviderPauseMs } from '../../../shared/domain/backoff.ts';
import { decide } from '../../../shared/domain/decide.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { firstStep, type Hint, type SendRight } from '../../../shared/domain/plan.ts';
import type { ProofRules } from '../../../shared/domain/policy.ts';
import { requestCancellation, retryCancellation } from '../../../shared/domain/request.ts';
import type { CancellationState, SignatureRequest } from '../../../shared/domain/signature-request.ts';
import type { Context, Decision } from '../../../shared/domain/transition.ts';
import { byProbe, byRead, byWindow, policy, start, unknown, wish } from './examples.ts';
import { longTestMs, must } from './must.ts';

/** What is so at the provider, whatever anybody was told. */
type Truth = 'open' | 'cancelled' | 'signed' | 'declined' | 'expired';

interface Call {
  readonly kind: 'cancel' | 'read';
  readonly begunAt: number;
  readonly right: SendRight;
  /** The wish that a cancel was made for. */
  readonly wish: Instant;
  /** The truth when it began: an answer may be as old as the call. */
  readonly seen: Truth;
  /** The message that it is made for comes back if its worker dies. */
  readonly message: Message;
}
interface Message {
  readonly hint: Hint;
  readonly receives: number;
  readonly visibleAt: number;
}

/** What the provider answers, where it answers. */
type Mood = 'honest' | 'stale' | 'limits' | 'is_down' | 'is_silent' | 'lies' | 'hides';

/** The model: only what the outside can know. */
class World {
  truth: Truth = 'open';
  /** What the client was last told of its wish. */
  told: CancellationState | null = null;
  /** Whether a read has said anything of it since the wish began. */
  wasRead = false;
  /** When the last cancel ended whose outcome nobody knows. */
  unknownSince: number | null = null;
  /** No cancel before this time: the provider has said so. */
  notBefore = 0;
  /** When the wish was first acted upon. */
  cancelsBegun = 0;
  /** A cancel of ours may have been carried out. */
  mayHaveActed = false;

  end(as: Truth): void {
    if (this.truth === 'open') this.truth = as;
  }

  wishBegins(): void {
    this.wasRead = false;
    this.notBefore = 0;
    this.cancelsBegun = 0;
    this.mayHaveActed ||= this.unknownSince !== null;
  }
}

/** The real thing, with its messages and its calls. */
class House {
  now = start as number;
  request: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
  calls: Call[] = [];
  messages: Message[] = [];
  readonly world: World;
  readonly proof: ProofRules;
  readonly dice: number;

  constructor(world: World, proof: ProofRules, dice: number) {
    this.world = world;
    this.proof = proof;
    this.dice = dice;
  }

  context(): Context {
    return { now: this.now as Instant, dice: this.dice, policy, proof: this.proof };
  }

  /** Writes what was decided, and does what follows from it. */
  carryOut(decision: Decision, message: Message): void {
    if (decision.changed) this.request = decision.request;
    for (const effect of decision.effects) {
      if (effect.type === 'send') this.begin('cancel', message);
      if (effect.type === 'look') this.begin('read', message, 'claim');
      if (effect.type === 'hint') {
        const hint = { cause: effect.cause, version: this.request.version };
        this.messages.push({ hint, receives: 0, visibleAt: this.now + effect.delayMs });
      }
    }
  }

  begin(kind: Call['kind'], message: Message, right: SendRight = 'none'): void {
    const wished = this.request.cancellation?.requestedAt ?? start;
    if (kind === 'cancel') this.mayCancel();
    this.calls.push({
      kind,
      begunAt: this.now,
      right,
      wish: wished,
      seen: this.world.truth,
      message,
    });
  }

  /** Who may send a cancel, and when. */
  mayCancel(): void {
    const { world, request, proof, now } = this;
    const state = request.cancellation?.state;
    must(state === 'queued' || state === 'submitted', 'a cancel is sent only for an open wish');
    must(!this.calls.some(({ kind }) => kind === 'cancel'), 'of two workers one sends');
    must(now >= world.notBefore, 'no cancel before the provider wants to be called again');
    must(world.unknownSince === null, 'after an unknown outcome a look comes before the next cancel');
    must(
      !proof.looksFirst || proof.sendsWithoutLook || world.wasRead,
      'no cancel without a look, where it matters',
    );
    world.cancelsBegun += 1;
  }

  take(message: Message): void {
    const taken = { ...message, receives: message.receives + 1 };
    this.messages = this.messages.filter((other) => other !== message);
    const { hint, receives } = taken;
    const at = this.now as Instant;
    const step = firstStep(this.request, hint, receives, this.proof.looksFirst, policy, at);
    if (step.type === 'send') this.begin('cancel', taken);
    if (step.type === 'look') this.begin('read', taken, step.right);
  }

  /** @param answer what the provider says; the truth has changed already where the call changed it */
  answer(call: Call, mood: Mood): void {
    this.calls = this.calls.filter((other) => other !== call);
    const { world, now } = this;
    if (call.kind === 'read') {
      const answer = readAnswer(mood, mood === 'stale' ? call.seen : world.truth, now);
      if (clear(answer)) world.wasRead = true;
      const looked = clear(answer) || this.proof.sendsWithoutLook;
      if (looked && (world.unknownSince ?? now) <= call.begunAt) world.unknownSince = null;
      const begunAt = call.begunAt as Instant;
      const event = { type: 'status_read', answer, right: call.right, begunAt } as const;
      this.carryOut(decide(this.request, event, this.context()), call.message);
      return;
    }
    const answer = cancelAnswer(mood, world, now);
    if (answer.kind === 'unclear' && answer.mayHaveActed) world.unknownSince = now;
    if (answer.kind === 'accepted' || (answer.kind === 'unclear' && answer.mayHaveActed))
      world.mayHaveActed = true;
    if (answer.kind === 'try_again' && answer.retryAt !== undefined) {
      world.notBefore = Math.min(answer.retryAt, now + longestProviderPauseMs);
    }
    const event = { type: 'cancel_answered', wish: call.wish, answer } as const;
    this.carryOut(decide(this.request, event, this.context()), call.message);
  }

  /** The worker is gone, and with it the answer. Its message comes back. */
  die(call: Call): void {
    this.calls = this.calls.filter((other) => other !== call);
    if (call.kind === 'cancel') {
      this.world.unknownSince = this.now;
      // Of a first call, which leaves no trace, its redelivered message knows; a claimed one counts as sent.
      if (this.request.cancellation?.attempts !== 0) this.world.mayHaveActed = true;
    }
    this.messages.push({ ...call.message, visibleAt: call.begunAt + policy.callMs });
  }

  /** No call lasts longer than it may. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [oldest] = this.calls;
      if (oldest === undefined || oldest.begunAt + policy.callMs > until) break;
      this.now = Math.max(this.now, oldest.begunAt + policy.callMs);
      this.answer(oldest, 'is_silent');
    }
    this.now = until;
  }

  sweep(): void {
    const { wakeAt, version } = this.request;
    if (wakeAt === null || this.now < wakeAt) return;
    this.messages.push({ hint: { cause: 'sweep', version }, receives: 0, visibleAt: this.now });
  }
}

/** It says something of the request; that it is not there is a reason to try, by the machine's own rule. */
const clear = ({ kind }: ReadAnswer): boolean =>
  kind === 'status' || kind === 'proof' || kind === 'not_found';

const down = { type: 'provider-unavailable', detail: '503' } as const;
const timeout = { type: 'provider-timeout', detail: 'No answer.' } as const;
const missing = { type: 'not-found', detail: '404' } as const;
const limited = (now: number) =>
  ({
    kind: 'try_again',
    error: { type: 'rate-limited', detail: '429' },
    retryAt: (now + 90_000) as Instant,
    pausesAccount: true,
  }) as const;

const readAnswer = (mood: Mood, truth: Truth, now: number): ReadAnswer => {
  if (mood === 'limits') return limited(now);
  if (mood === 'is_down') return { kind: 'try_again', error: down, pausesAccount: false };
  if (mood === 'is_silent') return { kind: 'unclear', error: timeout };
  if (mood === 'hides') return { kind: 'not_found', error: missing };
  if (truth === 'cancelled') return { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };
  return { kind: 'status', status: truth === 'open' ? 'sent' : truth };
};

const cancelAnswer = (mood: Mood, world: World, now: number): CancelAnswer => {
  if (mood === 'limits') return limited(now);
  if (mood === 'is_down') return { kind: 'try_again', error: down, pausesAccount: false };
  if (mood === 'is_silent') return { kind: 'unclear', mayHaveActed: true, error: timeout };
  if (mood === 'hides') return { kind: 'unclear', mayHaveActed: false, error: missing };
  // A 200 that is followed by nothing.
  if (mood === 'lies' && world.truth === 'open') return { kind: 'accepted' };
  world.end('cancelled');
  if (world.truth === 'cancelled') {
    return mood === 'stale' ? { kind: 'accepted' } : { kind: 'confirmed', status: 'cancelled' };
  }
  return { kind: 'unclear', mayHaveActed: false, error: { type: 'refused', detail: '400' } };
};

const moves: Readonly<Record<CancellationState | 'none', readonly CancellationState[]>> = {
  none: ['queued'],
  queued: ['submitted', 'confirmed', 'rejected', 'failed'],
  submitted: ['confirmed', 'rejected', 'failed'],
  confirmed: [],
  rejected: [],
  failed: ['confirmed', 'rejected', 'queued'],
};

/** What the client is told after each step, against what is so. */
const check = (world: World, house: House, byClient: boolean): void => {
  const { cancellation } = house.request;
  const before = world.told;
  const after = cancellation?.state ?? null;
  if (after !== before) {
    must(after !== null && moves[before ?? 'none'].includes(after), `${before} to ${after} is a move`);
    must(after !== 'queued' || byClient, 'only a client begins a cancellation, or begins it again');
  }
  world.told = after;
  if (cancellation === null) return;
  const { truth } = world;
  must(cancellation.state !== 'confirmed' || truth === 'cancelled', 'confirmed only what is cancelled');
  if (cancellation.state === 'rejected') {
    const { type } = cancellation.error;
    must(type === `already-${truth}` || type === 'not-found', 'rejected as it ended');
    must(
      type !== 'not-found' || !world.mayHaveActed,
      'what a cancel of ours may have removed is not called unknown',
    );
  }
  must(cancellation.attempts <= world.cancelsBegun, 'no call is counted that was not made');
};

class Step implements fc.Command<World, House> {
  readonly name: string;
  readonly act: (house: House, world: World) => void;
  readonly byClient: boolean;

  constructor(name: string, act: (house: House, world: World) => void, byClient = false) {
    this.name = name;
    this.act = act;
    this.byClient = byClient;
  }

  check = (): boolean => true;
  run(world: World, house: House): void {
    this.act(house, world);
    check(world, house, this.byClient);
  }
  toString = (): string => this.name;
}

const asked = new Step(
  'cancel',
  (house, world) => {
    const { outcome, decision } = requestCancellation(house.request, wish, house.context());
    if (outcome === 'accepted' || outcome === 'retried') world.wishBegins();
    if (outcome === 'retried') world.cancelsBegun = house.request.cancellation?.attempts ?? 0;
    house.carryOut(decision, lost);
  },
  true,
);
const retried = new Step(
  'retry',
  (house, world) => {
    const decision = retryCancellation(house.request, house.context());
    if (decision.changed) {
      world.wishBegins();
      world.cancelsBegun = house.request.cancellation?.attempts ?? 0;
    }
    house.carryOut(decision, lost);
  },
  true,
);
/** Whoever answers a client takes no message. */
const lost: Message = { hint: { cause: 'due', version: 0 }, receives: 9, visibleAt: Number.MAX_SAFE_INTEGER };

const pick = <T>(from: readonly T[], n: number): T | undefined => from[n % Math.max(1, from.length)];
const moods = ['honest', 'stale', 'limits', 'is_down', 'is_silent', 'lies', 'hides'] as const;
const mood = fc.constantFrom<Mood>(...moods, 'honest', 'honest', 'is_silent');
const nth = fc.nat(5);

const wait = fc
  .oneof(fc.nat(2_000), fc.nat(30_000), fc.nat(4_000_000), fc.nat(100_000_000))
  .map((ms) => new Step(`wait ${ms}`, (house) => house.pass(ms)));
/** To the time of the next step, or to shortly before it: where one worker's time ends and another's begins. */
const waitUntilDue = fc.constantFrom(0, 1, 5_000, 11_000).map(
  (early) =>
    new Step(`wait until due, less ${early}`, (house) => {
      const { dueAt } = house.request;
      if (dueAt !== null) house.pass(Math.max(0, dueAt - early - house.now));
    }),
);
const take = nth.map(
  (n) =>
    new Step(`take ${n}`, (house) => {
      const visible = house.messages.filter(({ visibleAt }) => visibleAt <= house.now);
      const message = pick(visible, n);
      if (message !== undefined) house.take(message);
    }),
);
const answer = fc.tuple(nth, mood).map(
  ([n, how]) =>
    new Step(`answer ${n} ${how}`, (house) => {
      const call = pick(house.calls, n);
      if (call !== undefined) house.answer(call, how);
    }),
);
const die = nth.map(
  (n) =>
    new Step(`die ${n}`, (house) => {
      const call = pick(house.calls, n);
      if (call !== undefined) house.die(call);
    }),
);
const lose = nth.map(
  (n) =>
    new Step(`lose ${n}`, (house) => {
      const gone = pick(house.messages, n);
      house.messages = house.messages.filter((message) => message !== gone);
    }),
);
/** The provider acts, and nobody has heard of it yet. */
const acts = nth.map(
  (n) =>
    new Step(`act ${n}`, (house, world) => {
      if (pick(house.calls, n)?.kind === 'cancel') world.end('cancelled');
    }),
);
/** Somebody at the provider is faster, now and then: what has ended is soon decided. */
const ends = fc
  .constantFrom<Truth>(...Array<Truth>(16).fill('open'), 'signed', 'declined', 'expired', 'cancelled')
  .map((end) => new Step(`is ${end}`, (_house, world) => world.end(end)));
const webhook = fc.boolean().map(
  (isProof) =>
    new Step(isProof ? 'callback' : 'rumour', (house, world) => {
      const notice =
        isProof && world.truth === 'cancelled'
          ? ({ trust: 'proof', claim: { status: 'cancelled', ref: null } } as const)
          : ({ trust: 'hint', claim: { status: 'cancelled', ref: null } } as const);
      const event = { type: 'webhook_received', notice } as const;
      house.carryOut(decide(house.request, event, house.context()), lost);
    }),
);
const sweep = fc.constant(new Step('sweep', (house) => house.sweep()));
const client = fc.constantFrom(asked, asked, retried);
const often = [take, take, take, answer, answer, answer, wait, waitUntilDue, sweep, sweep];
const steps = [...often, client, ends, lose, acts, die, webhook];

/** Nothing goes wrong any more, and no message comes but the sweep's: everything is decided within the deadline. */
const comeToAnEnd = (world: World, house: House): void => {
  house.messages = [];
  for (let rounds = 0; rounds < 100; rounds += 1) {
    const { cancellation, wakeAt } = house.request;
    if (house.calls.length === 0 && cancellation?.state !== 'queued' && cancellation?.state !== 'submitted')
      return;
    for (const call of [...house.calls]) house.answer(call, 'honest');
    check(world, house, false);
    if (house.request.wakeAt !== null) {
      const due = Math.max(house.now, Number(house.request.dueAt), Number(wakeAt ?? 0));
      house.now = due;
      house.messages = [];
      house.sweep();
      for (const message of house.messages) house.take(message);
    }
  }
  must(false, 'everything is decided in the end');
};

test('whatever happens, what the client is told is true, and in the end all is told', {
  timeout: longTestMs,
}, () => {
  const proofs = fc.constantFrom(byWindow, byProbe, byRead);
  const dice = fc.constantFrom(0, 0.2, 0.5, 0.999);
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(
      proofs,
      dice,
      fc.commands(steps, { maxCommands: 60, size: 'max' }),
      (proof, die, commands) => {
        const world = new World();
        const house = new House(world, proof, die);
        asked.run(world, house);
        fc.modelRun(() => ({ model: world, real: house }), commands);
        comeToAnEnd(world, house);
        const { cancellation } = house.request;
        const end = cancellation?.state ?? 'none';
        reached.set(end, (reached.get(end) ?? 0) + 1);
        if (cancellation?.state === 'failed') {
          const { type } = cancellation.error;
          const unknown = type === 'outcome-unknown' && world.mayHaveActed;
          must(
            unknown || type === 'deadline-exceeded',
            'given up past the deadline, or where nobody can know',
          );
        }
      },
    ),
    { numRuns: 5_000 },
  );
  // It is no test of the machine unless all of its ends are reached.
  expect([...reached.keys()].sort()).toEqual(['confirmed', 'failed', 'rejected']);
});
