/** Brings an event to an endpoint: an attempt where one makes sense, and a record of it, whatever came of it. */
import type { Instant } from '../../shared/domain/ids.ts';
import { longestDelayMs } from '../../shared/domain/transition.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryPlace,
  withAttempt,
} from '../../shared/notify/delivery.ts';
import type { Endpoint } from '../../shared/notify/endpoint.ts';
import type { OutgoingEvent } from '../../shared/notify/outgoing-event.ts';
import { attemptMs, nextAttemptAt, turnAt } from '../../shared/notify/schedule.ts';
import { currentEndpoint } from './current-endpoint.ts';
import { noteFailure, noteSuccess } from './endpoint-health.ts';
import { hintAt, wakeOf } from './hint.ts';
import type { Lane, SeenEndpoint } from './lanes.ts';
import type { NotifyPorts } from './ports.ts';
import { isSuccess, postEvent } from './post-event.ts';
import { givenUp, newDelivery, record, recordForLater } from './record-event.ts';

/** What an invocation needs after its last attempt: a few writes and their retries. */
const wrapUpMs = 5_000;

/** An event that may be new to the endpoint. One that has a record is somebody else's, or was handled before a crash. */
export const deliverEvent = async (
  ports: NotifyPorts,
  seen: SeenEndpoint,
  event: OutgoingEvent,
): Promise<void> => {
  if (seen.endpoint.disabled !== null) return recordForLater(ports, seen.endpoint, event);
  await ports.lanes(seen.endpoint.uid, async (lane) => {
    const fresh = newDelivery(seen.endpoint, event);
    if ((await ports.deliveries.get(fresh, ports.now())) !== null) return;
    const endpoint = await currentEndpoint(ports, lane, seen);
    if (endpoint !== null) await record(ports, await attempt(ports, lane, endpoint, fresh));
  });
};

/** Messages are delayed by whole seconds, and clocks differ a little. */
const earlyMs = 500;

/** The next attempt of a pending event, if it is due. @param seen null: the endpoint was deleted */
export const deliverPending = async (
  ports: NotifyPorts,
  place: DeliveryPlace,
  seen: SeenEndpoint | null,
): Promise<void> => {
  await ports.lanes(place.endpoint, async (lane) => {
    const before = await ports.deliveries.get(place, ports.now());
    if (before === null || before.nextAt === null || before.nextAt > ports.now() + earlyMs) return;
    const endpoint = seen && (await currentEndpoint(ports, lane, seen));
    const next =
      endpoint === null ? givenUp(before, 'endpoint-deleted') : await attempt(ports, lane, endpoint, before);
    const saved = await ports.deliveries.save(before, next, wakeOf(next, ports.now(), ports.policy));
    if (saved) await hintAt(ports, next);
  });
};

/** @returns the delivery as it is to be stored: after an attempt or a skipped one, put off, or given up. */
const attempt = async (
  ports: NotifyPorts,
  lane: Lane,
  endpoint: Endpoint,
  delivery: Delivery,
): Promise<Delivery> => {
  const now = ports.now();
  if (endpoint.disabled !== null) return givenUp(delivery, 'endpoint-disabled');
  // An attempt cut short would blame the receiver for our lack of time: another invocation makes a whole one.
  if (ports.remainingMs() < attemptMs + wrapUpMs) return { ...delivery, nextAt: now };
  const turn = turnAt(endpoint, delivery.count, now, ports.policy);
  if (turn.kind === 'wait') return { ...delivery, nextAt: turn.until };
  if (turn.kind === 'skip') return afterFailure(ports, delivery, skipped(now), null);
  const slot = lane.slot(now);
  if (slot !== null) {
    // Put off without end it would cost without end.
    const isNear = slot - now <= longestDelayMs;
    return isNear ? { ...delivery, nextAt: slot } : afterFailure(ports, delivery, skipped(now), null);
  }
  if (turn.kind === 'claim' && (await ports.endpoints.claimTry(endpoint, now)) === null) {
    return { ...delivery, nextAt: (now + claimLostMs) as Instant };
  }
  const { attempt: made, retryAfter } = await postEvent(ports, endpoint, delivery);
  lane.took(made.ms, ports.now());
  logAttempt(ports, endpoint, delivery, made);
  if (isSuccess(made)) {
    await noteSuccess(ports, lane, endpoint);
    return { ...withAttempt(delivery, made), state: 'delivered', nextAt: null };
  }
  const after = await noteFailure(ports, lane, endpoint, made);
  if (after === 'disabled') return givenUp(withAttempt(delivery, made), 'endpoint-disabled');
  return afterFailure(ports, delivery, made, after === 'changed' ? null : retryAfter);
};

/** Whoever has claimed the endpoint a moment ago has begun to find out: what comes of it is known a little later. */
const claimLostMs = 2_000;

const skipped = (at: Instant): Attempt => ({ at, status: null, error: 'skipped', ms: 0 });

const afterFailure = (
  { now, dice, policy }: NotifyPorts,
  delivery: Delivery,
  failed: Attempt,
  retryAfter: Instant | null,
): Delivery => {
  const next = withAttempt(delivery, failed);
  const nextAt = nextAttemptAt(next.count, retryAfter, now(), dice(), policy);
  return nextAt === null ? givenUp(next, 'retries-exhausted') : { ...next, nextAt };
};

const logAttempt = (
  { log }: NotifyPorts,
  { tenant, id }: Endpoint,
  { position, count }: Delivery,
  { status, error, ms }: Attempt,
): void => {
  const attempted = { delivery: position, attempt: count + 1, status, error, ms };
  log('info', 'event.attempted', { tenant, endpoint: id, ...attempted });
};
