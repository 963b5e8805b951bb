/** The stored form of a webhook endpoint: a map within its tenant's one item of endpoints. */
import * as z from 'zod/mini';
import type { Instant, Tenant } from '../domain/ids.ts';
import { attemptErrors } from '../notify/delivery.ts';
import {
  disabledReasons,
  type Endpoint,
  type EndpointId,
  type EndpointUid,
  endpointFormats,
} from '../notify/endpoint.ts';
import { subscribable } from '../notify/event-types.ts';
import { type Item, toItem } from './attributes.ts';
import { table } from './table.ts';

/** One item, so that one consistent read tells all of a tenant's subscriptions. */
export const endpointsKey = (tenant: Tenant): Item =>
  toItem({ [table.partitionKey]: `endpoints#${tenant}`, [table.sortKey]: 'endpoints' });

const prefix = 'e_';
/** The attribute that holds this endpoint. It must go by an expression attribute name: ids have hyphens. */
export const endpointAttribute = (id: EndpointId): string => `${prefix}${id}`;

export const endpointMap = (endpoint: Endpoint): Item =>
  toItem({
    uid: endpoint.uid,
    url: endpoint.url,
    format: endpoint.format === 'standard' ? null : endpoint.format,
    types: endpoint.eventTypes,
    disabled: endpoint.disabled,
    failing: endpoint.failingSince,
    failure: endpoint.lastFailure,
    tried: endpoint.triedAt,
    secret_at: endpoint.secretAt,
    deleting: endpoint.deleting ? true : null,
    created: endpoint.createdAt,
    updated: endpoint.updatedAt,
  });

/** Those of an item in plain form, by id. @throws ZodError for what `endpointMap` did not make. */
export const parseEndpoints = (tenant: Tenant, item: Readonly<Record<string, unknown>>): Endpoint[] =>
  Object.entries(item)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => parseEndpoint(tenant, name.slice(prefix.length) as EndpointId, value))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

const parseEndpoint = (tenant: Tenant, id: EndpointId, value: unknown): Endpoint => {
  const stored = storedEndpoint.parse(value);
  return {
    tenant,
    id,
    uid: stored.uid as EndpointUid,
    url: stored.url,
    format: stored.format ?? 'standard',
    eventTypes: stored.types,
    disabled: stored.disabled ?? null,
    failingSince: stored.failing ?? null,
    lastFailure: stored.failure ?? null,
    triedAt: stored.tried ?? null,
    secretAt: stored.secret_at,
    deleting: stored.deleting ?? false,
    createdAt: stored.created,
    updatedAt: stored.updated,
  };
};

const time = z.pipe(
  z.number(),
  z.transform((milliseconds) => milliseconds as Instant),
);
const orNull = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null as never);
const storedEndpoint = z.object({
  uid: z.string(),
  url: z.string(),
  format: z.optional(z.enum(endpointFormats)),
  types: z.array(z.enum(subscribable)),
  disabled: z.optional(z.object({ at: time, reason: z.enum(disabledReasons), announced: z.boolean() })),
  failing: z.optional(time),
  failure: z.optional(
    z.object({ at: time, status: orNull(z.number()), error: orNull(z.enum(attemptErrors)) }),
  ),
  tried: z.optional(time),
  secret_at: time,
  deleting: z.optional(z.boolean()),
  created: time,
  updated: time,
});
