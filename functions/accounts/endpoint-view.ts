/** What a client sees of its webhook endpoints and of what was sent to them. Never a secret. */
import * as z from 'zod/mini';
import type { DeliveryView } from '../../shared/http/contract/deliveries.ts';
import type { WebhookEndpointView } from '../../shared/http/contract/webhook-endpoints.ts';
import { time, timeOrNull } from '../../shared/http/time.ts';
import { type Delivery, eventIdOf } from '../../shared/notify/delivery.ts';
import type { Endpoint } from '../../shared/notify/endpoint.ts';

export const viewEndpoint = (endpoint: Endpoint): WebhookEndpointView => ({
  id: endpoint.id,
  url: endpoint.url,
  format: endpoint.format,
  event_types: [...endpoint.eventTypes],
  state: endpoint.disabled === null ? 'enabled' : 'disabled',
  disabled_at: timeOrNull(endpoint.disabled?.at ?? null),
  disabled_reason: endpoint.disabled?.reason ?? null,
  failing_since: timeOrNull(endpoint.failingSince),
  last_failure: endpoint.lastFailure && {
    at: time(endpoint.lastFailure.at),
    status: endpoint.lastFailure.status,
    error: endpoint.lastFailure.error,
  },
  created_at: time(endpoint.createdAt),
  updated_at: time(endpoint.updatedAt),
});

export const viewDelivery = (delivery: Delivery): DeliveryView => {
  const sent = sentBody.parse(JSON.parse(delivery.body));
  return {
    id: eventIdOf(delivery),
    type: sent.type,
    subject_id: sent.data.id,
    created_at: sent.timestamp,
    state: delivery.state,
    failure: delivery.failure,
    attempt_count: delivery.count,
    attempts: delivery.attempts.map(({ at, status, error, ms }) => ({
      at: time(at),
      status,
      error,
      duration_ms: ms,
    })),
    next_attempt_at: timeOrNull(delivery.nextAt),
  };
};

const sentBody = z.object({ type: z.string(), timestamp: z.string(), data: z.object({ id: z.string() }) });
