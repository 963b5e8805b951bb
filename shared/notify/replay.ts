/** A replay: the deliveries of an endpoint since a time are sent again. */
import type { Instant, Tenant } from '../domain/ids.ts';
import type { EndpointUid } from './endpoint.ts';

/** `all`: delivered ones too. */
export const replayStates = ['all', 'failed'] as const;
export type ReplayState = (typeof replayStates)[number];

export interface ReplayPlace {
  readonly tenant: Tenant;
  readonly endpoint: EndpointUid;
  /** What is replayed, `2026-11-21T10:00:00.000Z#all`: the same wish twice is one replay while it runs. */
  readonly job: string;
}
export const jobPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#(all|failed)$/;
export const jobOf = (since: Instant, state: ReplayState): string =>
  `${new Date(since).toISOString()}#${state}`;

export interface Replay extends ReplayPlace {
  readonly since: Instant;
  /** When it was asked for: later events are none of its business. */
  readonly until: Instant;
  readonly state: ReplayState;
  /** The last position that is done; null at the beginning. */
  readonly after: string | null;
}
