/** One event on its way to one endpoint: what is sent, and every attempt at it. */
import type { Instant, Tenant } from '../domain/ids.ts';
import type { EndpointUid } from './endpoint.ts';

/** Why an attempt was none, or none that counts. docs/webhook-events.md explains each. */
export const attemptErrors = [
  'timeout',
  'not-connected',
  'no-answer',
  'forbidden-address',
  'not-acknowledged',
  'secret-missing',
  'skipped',
] as const;
export type DeliveryErrorName = (typeof attemptErrors)[number];

export interface Attempt {
  readonly at: Instant;
  /** The HTTP status of the answer. 2xx without an error is a success, anything else is not. */
  readonly status: number | null;
  readonly error: DeliveryErrorName | null;
  readonly ms: number;
}

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Why a delivery was given up. */
export const deliveryFailures = ['retries-exhausted', 'endpoint-disabled', 'endpoint-deleted'] as const;
export type DeliveryFailure = (typeof deliveryFailures)[number];

/** Where a delivery lies: derived from what it delivers, so a repeated event meets the same one. */
export interface DeliveryPlace {
  readonly tenant: Tenant;
  readonly endpoint: EndpointUid;
  /** `2026-11-21T10:00:00.000Z#evt_…`: the time of the event, and its id. */
  readonly position: string;
}
export const positionPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#evt_[0-9a-f]{32}$/;

export const positionOf = (at: Instant, eventId: string): string =>
  `${new Date(at).toISOString()}#${eventId}`;
/** The `webhook-id`. */
export const eventIdOf = ({ position }: DeliveryPlace): string => position.slice(position.indexOf('#') + 1);

export interface Delivery extends DeliveryPlace {
  readonly state: DeliveryState;
  readonly failure: DeliveryFailure | null;
  /** The exact JSON that is signed and sent. */
  readonly body: string;
  /** Attempts of the present series, skipped ones included. A replay begins another. */
  readonly count: number;
  /** The last of all, oldest first. */
  readonly attempts: readonly Attempt[];
  /** When it is attempted next; null unless pending. */
  readonly nextAt: Instant | null;
  /** When its record may go; null: there is none yet. */
  readonly keptUntil: Instant | null;
}

const keptAttempts = 10;

export const withAttempt = (delivery: Delivery, attempt: Attempt): Delivery => ({
  ...delivery,
  count: delivery.count + 1,
  attempts: [...delivery.attempts, attempt].slice(-keptAttempts),
});
