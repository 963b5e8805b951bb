/** A replay: the deliveries of an endpoint since a time are sent again. */
import type { Instant, Tenant } from '../domain/ids.ts';
import type { EndpointUid } from './endpoint.ts';

/** `all`: delivered ones too. */
export const replayStates = ['all', 'failed'] as const;
export type ReplayState = (typeof replayStates)[number];

/** An endpoint has one at a time. */
export interface ReplayPlace {
  readonly tenant: Tenant;
  readonly endpoint: EndpointUid;
}

export interface ReplayWish extends ReplayPlace {
  readonly since: Instant;
  readonly state: ReplayState;
}

export interface Replay extends ReplayWish {
  /** When it was asked for: later events are none of its business. Another wish moves it on. */
  readonly until: Instant;
  /** The last position that is done; null at the beginning. */
  readonly after: string | null;
}

/** A wish while another replay runs makes one of both, from the beginning: it may want what that one has passed. */
export const widened = (running: Replay | null, wish: ReplayWish, now: Instant): Replay => ({
  tenant: wish.tenant,
  endpoint: wish.endpoint,
  since: Math.min(wish.since, running?.since ?? wish.since) as Instant,
  until: Math.max(now, (running?.until ?? 0) + 1) as Instant,
  state: running?.state === 'all' ? 'all' : wish.state,
  after: null,
});
