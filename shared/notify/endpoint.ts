/** A webhook endpoint: an address of a client app that is told what happens. */
import type { Brand, Instant, Tenant } from '../domain/ids.ts';
import type { DeliveryErrorName } from './delivery.ts';
import type { Subscribable } from './event-types.ts';

/** The client's name for an endpoint, unique within its tenant; of the same form as an account's. */
export type EndpointId = Brand<string, 'EndpointId'>;
/** What stands behind that name for as long as the endpoint exists; one that is made anew gets another. */
export type EndpointUid = Brand<string, 'EndpointUid'>;
export const endpointUidPattern = /^[0-9a-f]{24}$/;

/** `gone`: it answered 410. `failing`: no success for too long. */
export const disabledReasons = ['gone', 'failing'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

/** In which form an endpoint is told: as the Standard Webhooks specification says, or in a provider's own. */
export const endpointFormats = ['standard', 'dropbox-sign'] as const;
export type EndpointFormat = (typeof endpointFormats)[number];

export interface Endpoint {
  readonly tenant: Tenant;
  readonly id: EndpointId;
  readonly uid: EndpointUid;
  readonly url: string;
  readonly format: EndpointFormat;
  readonly eventTypes: readonly Subscribable[];
  /** Null while it is enabled. */
  readonly disabled: {
    readonly at: Instant;
    readonly reason: DisabledReason;
    /** The tenant's other endpoints have been told of it. */
    readonly announced: boolean;
  } | null;
  /** The first failure since the last success; null: the last attempt succeeded, or there was none. */
  readonly failingSince: Instant | null;
  /** Of the last attempt that failed. A success writes nothing, unless it ends a failure. */
  readonly lastFailure: {
    readonly at: Instant;
    readonly status: number | null;
    readonly error: DeliveryErrorName | null;
  } | null;
  /** When an attempt was last begun while it was failing: one at a time finds out whether it is back. */
  readonly triedAt: Instant | null;
  /** When its signing secret last changed: whoever remembers an older one reads it again. */
  readonly secretAt: Instant;
  /** Its deletion has begun: it is gone for everybody but the one who repeats the deletion. */
  readonly deleting: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export const mostEndpoints = 20;
