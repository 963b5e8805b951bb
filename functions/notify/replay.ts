/** Goes on with a replay: a page of deliveries back to pending, spread over time, then the next page. */
import type { Instant } from '../../shared/domain/ids.ts';
import type { Delivery } from '../../shared/notify/delivery.ts';
import type { Endpoint } from '../../shared/notify/endpoint.ts';
import type { Replay, ReplayPlace } from '../../shared/notify/replay.ts';
import { hintAt, sendOrLeave, wakeOf } from './hint.ts';
import type { NotifyPorts } from './ports.ts';

const pageSize = 50;
/** Between two events: a replay of a month comes in a row, not in a wave. */
const spacingMs = 100;
/** A pending event whose attempt is no further off than this is left to it. */
const soonMs = 60_000;

/**
 * A crash repeats a page at most, and an event that is sent twice is the same event.
 * @param target null: it was deleted
 */
export const replayPage = async (
  ports: NotifyPorts,
  { tenant, endpoint }: ReplayPlace,
  target: Endpoint | null,
): Promise<void> => {
  const place = { tenant, endpoint };
  const replay = await ports.replays.get(place);
  if (replay === null) return;
  const now = ports.now();
  if (target === null || target.disabled !== null) {
    await ports.replays.advance(replay, null, now, now);
    return;
  }
  const { found, next } = await ports.deliveries.between(place, { ...replay, limit: pageSize });
  const wanted = found.filter((delivery) => isWanted(delivery, replay, now));
  for (const [index, delivery] of wanted.entries()) await sendAgain(ports, delivery, now, index * spacingMs);
  const pauseMs = wanted.length * spacingMs;
  const wakeAt = (now + pauseMs + ports.policy.recoveryMs) as Instant;
  const moved = await ports.replays.advance(replay, next, wakeAt, now);
  if (moved && next !== null) await sendOrLeave(ports, { kind: 'replay', ...place }, pauseMs);
};

const isWanted = ({ state, nextAt }: Delivery, replay: Replay, now: Instant): boolean =>
  state === 'pending'
    ? nextAt !== null && nextAt > now + soonMs
    : state === 'failed' || replay.state === 'all';

const sendAgain = async (
  ports: NotifyPorts,
  before: Delivery,
  now: Instant,
  delayMs: number,
): Promise<void> => {
  const again: Delivery = {
    ...before,
    state: 'pending',
    failure: null,
    count: 0,
    nextAt: (now + delayMs) as Instant,
  };
  const wakeAt = wakeOf(again, now, ports.policy);
  if (await ports.deliveries.revive(before, again, wakeAt, now)) await hintAt(ports, again);
};
