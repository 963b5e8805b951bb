/** Plays one seed to its end, and says what was broken. The same seed plays the same, wherever and whenever. */
import type { Policy } from '../../shared/domain/policy.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { type Accepted, actors } from './actors.ts';
import { drawFrom } from './chosen-bytes.ts';
import type { FaultName } from './faults.ts';
import { retentionDays, tableName } from './functions.ts';
import type { Violation } from './rules.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { openWorld, startOfTime, sweepIntervalMs, type WorldOptions } from './world.ts';

export interface Played {
  readonly seed: number;
  readonly violation: Violation | null;
  readonly steps: number;
  readonly faults: readonly FaultName[];
  /** How often each state of a cancellation was reached. */
  readonly reached: ReadonlyMap<string, number>;
  /** How many waits on the outside there were: places to die. */
  readonly waits: number;
  /** The states that accepted wishes ended in. */
  readonly ends: readonly string[];
  /** The states that accepted creations ended in. */
  readonly creations: readonly string[];
  /** How long after the calm the last wish ended. */
  readonly lastEndMs: number;
}

export const playSeed = (seed: number): Promise<Played> => play(scenarioOf(seed));

export const play = async (scenario: Scenario, options: WorldOptions = {}): Promise<Played> => {
  const realNow = Date.now;
  const world = await openWorld(scenario, options);
  // Nothing in a run may ask for the real time: what asks all the same gets the run's.
  Date.now = () => world.timeline.now;
  drawFrom(world.chance);
  try {
    return await playIn(world, scenario);
  } finally {
    Date.now = realNow;
    drawFrom(null);
  }
};

const playIn = async (world: Awaited<ReturnType<typeof openWorld>>, scenario: Scenario): Promise<Played> => {
  const { timeline, rules } = world;
  const { accepted, created, plan } = actors(world, scenario);
  plan(scenario.actions);
  const lastAction = scenario.actions.at(-1)?.at ?? 0;
  const calm = startOfTime + Math.max(scenario.calmAt, lastAction + clientPatienceMs);
  const last = calm + promisedMs(scenario.policy);
  await timeline.play((next) => {
    if (rules.violation !== null || next > last) return true;
    // What is created is followed for ever where its provider is silent: a run need not be.
    const isQuiet = created.size > 0 && next > calm + followedMs;
    return (
      (timeline.foreground === 0 || isQuiet) &&
      [...accepted.values()].every((one) => isSettled(world, one)) &&
      [...created.values()].every((one) => isDecided(world, one))
    );
  });
  if (rules.violation === null)
    await checkEnds(world, scenario, [...accepted.values()], [...created.values()]);
  const ends = [...accepted.values()].map((one) => stateOf(world, one) ?? 'none');
  const creations = [...created.values()].map((one) => creationOf(world, one) ?? 'none');
  return {
    seed: scenario.seed,
    violation: rules.violation,
    steps: timeline.steps,
    faults: world.faults.struck,
    reached: rules.reached,
    waits: world.surroundings.waits.count,
    ends,
    creations,
    lastEndMs: timeline.now - calm,
  };
};

/** As long as anything late may come, but for the latest callbacks. */
const followedMs = 1_800_000;
/** A client may ask again for so long. */
const clientPatienceMs = 600_000;
/** No provider's word and no breaker pauses an account for longer. */
const longestPauseMs = 3_600_000;

/**
 * From the calm on: what is paused goes on after the longest pause and a tenth of it; then a back-off at its bound, a call,
 * and the window for proof, twice where the first was for a cancel that had been dropped; and the sweep's rounds.
 */
export const promisedMs = (policy: Policy): number =>
  1.1 * longestPauseMs +
  policy.retryCapMs +
  2 * policy.confirmationWindowMs +
  6 * (policy.recoveryMs + sweepIntervalMs);

type World = Awaited<ReturnType<typeof openWorld>>;

const keyOf = ({ account, id }: Accepted): string => `r#${account.tenant}#${id}\nhot`;

const stateOf = ({ memory }: World, one: Accepted): string | undefined =>
  memory.items.get(keyOf(one))?.cancellation?.M?.['state']?.S;

const isSettled = (world: World, one: Accepted): boolean => {
  const state = stateOf(world, one);
  return state === 'confirmed' || state === 'rejected' || state === 'failed';
};

const creationOf = ({ memory }: World, one: Accepted): string | undefined =>
  memory.items.get(keyOf(one))?.creation?.M?.['state']?.S;

const isDecided = (world: World, one: Accepted): boolean => {
  const state = creationOf(world, one);
  return state === 'sent' || state === 'failed' || state === 'undecided';
};

const checkEnds = async (
  world: World,
  scenario: Scenario,
  accepted: readonly Accepted[],
  created: readonly Accepted[],
): Promise<void> => {
  const { rules, memory, direct } = world;
  for (const one of created) {
    if (isDecided(world, one)) continue;
    rules.broken(
      'an accepted creation ends in time',
      `${one.account.accountId}/${one.id} is ${creationOf(world, one)} ${promisedMs(scenario.policy) / 1_000} s after the calm`,
    );
  }
  for (const one of accepted) {
    if (isSettled(world, one)) continue;
    rules.broken(
      'an accepted wish ends in time',
      `${one.account.accountId}/${one.id} is ${stateOf(world, one)} ${promisedMs(scenario.policy) / 1_000} s after the calm`,
    );
  }
  for (const [key, item] of memory.items) rules.stored(key, item);
  const store = requestStore(direct.dynamoDB, tableName, retentionDays);
  for (const { account, id } of [...accepted, ...created]) {
    const request = await store.get(account.tenant, id);
    if (request === null) rules.broken('a wish does not vanish', `${account.accountId}/${id}`);
    else checkHistory(world, request, await store.olderHistory(request));
  }
  await checkFailed(world, scenario);
};

/** Each entry begins where the one before it ended, and the last ends where the request is. */
const checkHistory = (
  { rules }: World,
  request: SignatureRequest,
  older: SignatureRequest['history'],
): void => {
  const entries = [
    ...new Map([...older, ...request.history].map((entry) => [entry.version, entry])).values(),
  ];
  entries.sort((a, b) => a.version - b.version);
  let state: string | null = null;
  let status: string = request.creation === null ? 'unknown' : 'creating';
  let at = 0;
  for (const entry of entries) {
    const isNext = entry.from === state && entry.version <= request.version && entry.count >= 1;
    if (!isNext || (entry.status !== null && entry.status.from !== status)) {
      rules.broken(
        'the history leads to the state',
        `${entry.type} at version ${entry.version} from ${entry.from}, not ${state}`,
      );
      return;
    }
    state = entry.to;
    status = entry.status?.to ?? status;
    at = entry.lastAt;
  }
  const isSame = state === (request.cancellation?.state ?? null) && status === request.status && at > 0;
  if (!isSame)
    rules.broken(
      'the history leads to the state',
      `${state} (${status}), and it is ${request.cancellation?.state} (${request.status})`,
    );
};

/** Everything that was given up is counted by the next pass, which alarms. */
const checkFailed = async (world: World, scenario: Scenario): Promise<void> => {
  const { rules, memory, timeline } = world;
  // One that is being looked at once more is counted with the passes in which that look is due.
  const failed = [...memory.items.values()].filter(
    ({ cancellation, creation, look }) =>
      (cancellation?.M?.['state']?.S === 'failed' || creation?.M?.['state']?.S === 'undecided') &&
      look === undefined,
  ).length;
  if (failed === 0) return;
  const counted: { failed: number | null } = { failed: null };
  const calmIn = Math.max(0, startOfTime + scenario.calmAt - timeline.now);
  const until = timeline.now + calmIn + 300_000;
  timeline.after(calmIn + 200_000, () => {
    void world.sweepNow().then((report) => {
      counted.failed = report?.failed ?? null;
    });
  });
  await timeline.play((next) => counted.failed !== null || next > until);
  if (counted.failed === null || counted.failed < failed) {
    rules.broken('what failed is counted', `${counted.failed} of ${failed}`);
  }
};
