/**
 * Tells a tenant's other endpoints that one was disabled. That it is yet to be told stands in the endpoint itself, from
 * the write that disables it until all have a record: whoever meets it after a crash goes on.
 */
import type { Endpoint } from '../../shared/notify/endpoint.ts';
import { isSubscribed } from '../../shared/notify/event-types.ts';
import { endpointDisabledEvent } from '../../shared/notify/outgoing-event.ts';
import type { NotifyPorts } from './ports.ts';
import { recordForLater } from './record-event.ts';

/** @param endpoints all of one tenant's */
export const announceDisabled = async (ports: NotifyPorts, endpoints: readonly Endpoint[]): Promise<void> => {
  for (const endpoint of endpoints) {
    const event = endpoint.disabled?.announced === false ? endpointDisabledEvent(endpoint) : null;
    if (event === null) continue;
    for (const other of endpoints) {
      const told = other.uid !== endpoint.uid && isSubscribed(other.eventTypes, event.type);
      if (told) await recordForLater(ports, other, event);
    }
    await ports.endpoints.markAnnounced(endpoint);
  }
};
