/**
 * One after the other to each endpoint, within this process. What one attempt learns of an endpoint, the next in its lane
 * knows, although it has read the endpoint before.
 */
import type { Instant } from '../../shared/domain/ids.ts';
import type { Endpoint, EndpointUid } from '../../shared/notify/endpoint.ts';

export interface Lane {
  /** The endpoint as it was read, or as it was left by an attempt of this process since. @param readAt when it was read */
  readonly latest: (endpoint: Endpoint, readAt: Instant) => Endpoint;
  readonly learn: (endpoint: Endpoint, at: Instant) => void;
}
export type Lanes = ReturnType<typeof openLanes>;

const rememberedLanes = 1_000;

export const openLanes = () => {
  const tails = new Map<EndpointUid, Promise<unknown>>();
  const learned = new Map<EndpointUid, { readonly endpoint: Endpoint; readonly at: Instant }>();

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
    latest: (endpoint, readAt) => {
      const known = learned.get(uid);
      return known !== undefined && known.at >= readAt ? known.endpoint : endpoint;
    },
    learn: (endpoint, at) => {
      if (learned.size >= rememberedLanes) learned.clear();
      learned.set(uid, { endpoint, at });
    },
  });

  return inLane;
};
