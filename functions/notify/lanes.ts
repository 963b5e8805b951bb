/**
 * One after the other to each endpoint, within this process. What one attempt learns of an endpoint, the next in its lane
 * knows, although it has read the endpoint before.
 */
import type { Instant } from '../../shared/domain/ids.ts';
import type { Endpoint, EndpointUid } from '../../shared/notify/endpoint.ts';
import { type Pace, paceAfter } from './pace.ts';

/** An endpoint, and when its item was read or written. */
export interface SeenEndpoint {
  readonly endpoint: Endpoint;
  readonly readAt: Instant;
}

export interface Lane {
  /** The endpoint as it was read, or as this process has learned since. */
  readonly latest: (seen: SeenEndpoint) => SeenEndpoint;
  readonly learn: (seen: SeenEndpoint) => void;
  /** An attempt has ended. */
  readonly took: (ms: number, now: Instant) => void;
  /** Null: an attempt may begin. Otherwise the slot that is left for it, because the endpoint was slow a moment before. */
  readonly slot: (now: Instant) => Instant | null;
}
export type Lanes = ReturnType<typeof openLanes>;

const rememberedLanes = 1_000;

export const openLanes = () => {
  const tails = new Map<EndpointUid, Promise<unknown>>();
  const learned = new Map<EndpointUid, SeenEndpoint>();
  const paces = new Map<EndpointUid, Pace>();

  /** Runs `work` when all that was begun for the endpoint before is over. */
  const inLane = async (uid: EndpointUid, work: (lane: Lane) => Promise<void>): Promise<void> => {
    const before = tails.get(uid) ?? Promise.resolve();
    const run = before.then(() => work(laneOf(uid)));
    const tail = run.catch(() => undefined);
    tails.set(uid, tail);
    try {
      await run;
    } finally {
      if (tails.get(uid) === tail) tails.delete(uid);
    }
  };

  const laneOf = (uid: EndpointUid): Lane => ({
    latest: (seen) => {
      const known = learned.get(uid);
      return known !== undefined && known.readAt >= seen.readAt ? known : seen;
    },
    learn: (seen) => remember(learned, uid, seen),
    took: (ms, now) => {
      const pace = paceAfter(paces.get(uid) ?? null, ms, now);
      if (pace === null) paces.delete(uid);
      else remember(paces, uid, pace);
    },
    slot: (now) => paces.get(uid)?.slot(now) ?? null,
  });

  return inLane;
};

const remember = <T>(map: Map<EndpointUid, T>, uid: EndpointUid, value: T): void => {
  if (map.size >= rememberedLanes) map.clear();
  map.set(uid, value);
};
