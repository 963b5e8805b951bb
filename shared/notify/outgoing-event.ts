/** What an endpoint is sent: thin events, as the Standard Webhooks specification advises. No signer, no address, no reason. */
import { eventId, type RequestEvent } from '../domain/events.ts';
import type { Instant } from '../domain/ids.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import type { Endpoint } from './endpoint.ts';
import { type EventType, endpointDisabled } from './event-types.ts';

export interface OutgoingEvent {
  /** The `webhook-id`: the same whenever the event is derived. */
  readonly id: string;
  readonly type: EventType;
  readonly at: Instant;
  /** The JSON that is sent. */
  readonly body: string;
}

type Subject = Pick<SignatureRequest, 'id' | 'accountId' | 'provider' | 'providerRequestId'>;

export const requestEvent = (request: Subject, event: RequestEvent): OutgoingEvent => ({
  id: event.id,
  type: event.type,
  at: event.at,
  body: bodyOf(event.type, event.at, {
    id: request.id,
    account_id: request.accountId,
    provider: request.provider,
    provider_request_id: request.providerRequestId,
    previous_state: event.previous,
    state: event.state,
    version: event.version,
    evidence: event.evidence && {
      kind: event.evidence.kind,
      status: event.evidence.status,
      at: time(event.evidence.at),
    },
  }),
});

/** For the tenant's other endpoints. Null for one that is enabled. */
export const endpointDisabledEvent = (endpoint: Endpoint): OutgoingEvent | null => {
  const { tenant, uid, id, disabled, failingSince } = endpoint;
  return (
    disabled && {
      id: eventId(tenant, uid, String(disabled.at), endpointDisabled),
      type: endpointDisabled,
      at: disabled.at,
      body: bodyOf(endpointDisabled, disabled.at, {
        id,
        previous_state: 'enabled',
        state: 'disabled',
        reason: disabled.reason,
        failing_since: failingSince && time(failingSince),
      }),
    }
  );
};

const bodyOf = (type: EventType, at: Instant, data: object): string =>
  JSON.stringify({ type, timestamp: time(at), data });

const time = (instant: Instant): string => new Date(instant).toISOString();
