/** The stored form of a delivery: under 1 KB, so that an event that arrives at the first attempt costs one write unit. */
import * as z from 'zod/mini';
import type { Instant, Tenant } from '../domain/ids.ts';
import {
  attemptErrors,
  type Delivery,
  type DeliveryPlace,
  deliveryFailures,
  deliveryStates,
} from '../notify/delivery.ts';
import type { EndpointUid } from '../notify/endpoint.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import { table } from './table.ts';

/** Where pending deliveries and replays stand in the due index. */
export const deliveryShard = 'deliveries';

const partition = ({ tenant, endpoint }: Pick<DeliveryPlace, 'tenant' | 'endpoint'>): string =>
  `deliveries#${tenant}#${endpoint}`;

export const deliveryKey = (place: DeliveryPlace): Item =>
  toItem({ [table.partitionKey]: partition(place), [table.sortKey]: place.position });

/** Null for the key of anything else. */
export const placeOfKey = (key: Item): DeliveryPlace | null => {
  const match = /^deliveries#([^#]+)#([0-9a-f]{24})$/.exec(key[table.partitionKey]?.S ?? '');
  const position = key[table.sortKey]?.S;
  if (match === null || position === undefined) return null;
  return { tenant: match[1] as Tenant, endpoint: match[2] as EndpointUid, position };
};

/** All that changes from attempt to attempt. @param wakeAt when the sweep looks at a pending one */
export const deliveryFields = (delivery: Delivery, wakeAt: Instant | null): Item =>
  toItem({
    state: delivery.state,
    why: delivery.failure,
    n: delivery.count,
    tries: JSON.stringify(delivery.attempts.map(({ at, status, error, ms }) => [at, status, error, ms])),
    next: delivery.nextAt,
    [table.due.partitionKey]: delivery.nextAt === null ? null : deliveryShard,
    [table.due.sortKey]: delivery.nextAt === null ? null : wakeAt,
  });
/** Of these fields a settled delivery lacks some. */
export const clearedFields = ['why', 'next', table.due.partitionKey, table.due.sortKey] as const;

/** When TTL may take it, in whole seconds. */
export const expiresAt = (keptUntil: Instant): Item => toItem({ [table.ttl]: Math.floor(keptUntil / 1000) });

export const deliveryItem = (delivery: Delivery, wakeAt: Instant | null, keptUntil: Instant): Item => ({
  ...deliveryKey(delivery),
  ...deliveryFields(delivery, wakeAt),
  ...toItem({ body: delivery.body }),
  ...expiresAt(keptUntil),
});

/** @throws ZodError or SyntaxError for what `deliveryItem` did not make. */
export const parseDelivery = (item: Item): Delivery => {
  const { place, ...stored } = storedDelivery.parse({ ...fromItem(item), place: placeOfKey(item) });
  const attempts = z.array(storedAttempt).parse(JSON.parse(stored.tries));
  return {
    tenant: place.tenant as Tenant,
    endpoint: place.endpoint as EndpointUid,
    position: place.position,
    state: stored.state,
    failure: stored.why ?? null,
    body: stored.body,
    count: stored.n,
    attempts: attempts.map(([at, status, error, ms]) => ({ at: at as Instant, status, error, ms })),
    nextAt: (stored.next ?? null) as Instant | null,
    keptUntil: (stored[table.ttl] * 1000) as Instant,
  };
};

const storedDelivery = z.object({
  place: z.object({ tenant: z.string(), endpoint: z.string(), position: z.string() }),
  state: z.enum(deliveryStates),
  why: z.optional(z.enum(deliveryFailures)),
  n: z.number(),
  tries: z.string(),
  body: z.string(),
  next: z.optional(z.number()),
  [table.ttl]: z.number(),
});
const storedAttempt = z.tuple([
  z.number(),
  z.nullable(z.number()),
  z.nullable(z.enum(attemptErrors)),
  z.number(),
]);
