/** What an endpoint can subscribe to: every event by its name, a family of them, or all. */
import { requestEventTypes } from '../domain/events.ts';

/** An endpoint was disabled. The tenant's other endpoints are told. */
export const endpointDisabled = 'webhook_endpoint.disabled';

export const eventTypes = [...requestEventTypes, endpointDisabled] as const;
export type EventType = (typeof eventTypes)[number];

const families = ['*', 'signature_request.*', 'cancellation.*', 'webhook_endpoint.*'] as const;

/** What `event_types` of an endpoint may hold. */
export const subscribable = [...families, ...eventTypes] as const;
export type Subscribable = (typeof subscribable)[number];

/** @param type `cancellation.confirmed`: matched by itself, by `cancellation.*` and by `*` */
export const isSubscribed = (subscribed: readonly Subscribable[], type: string): boolean =>
  subscribed.some(
    (wanted) =>
      wanted === '*' || wanted === type || (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1))),
  );
