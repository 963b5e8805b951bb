/** The record of an event at an endpoint, without an attempt. */
import { type Delivery, positionOf } from '../../shared/notify/delivery.ts';
import type { Endpoint } from '../../shared/notify/endpoint.ts';
import type { OutgoingEvent } from '../../shared/notify/outgoing-event.ts';
import { hintAt, wakeOf } from './hint.ts';
import type { NotifyPorts } from './ports.ts';

/** To be attempted soon. To a disabled endpoint it is recorded as failed, so that a replay can bring it. */
export const recordForLater = async (
  ports: NotifyPorts,
  endpoint: Endpoint,
  event: OutgoingEvent,
): Promise<void> => {
  const fresh = newDelivery(endpoint, event);
  const enabled = endpoint.disabled === null;
  await record(ports, enabled ? { ...fresh, nextAt: ports.now() } : givenUp(fresh, 'endpoint-disabled'));
};

/** Not stored yet, and of no use to anybody before it is. */
export const newDelivery = ({ tenant, uid }: Endpoint, { id, at, body }: OutgoingEvent): Delivery => ({
  tenant,
  endpoint: uid,
  position: positionOf(at, id),
  state: 'pending',
  failure: null,
  body,
  count: 0,
  attempts: [],
  nextAt: null,
  keptUntil: null,
});

/** One that stands there already is left as it is: the event has been handled. */
export const record = async (ports: NotifyPorts, delivery: Delivery): Promise<void> => {
  const now = ports.now();
  const created = await ports.deliveries.create(delivery, wakeOf(delivery, now, ports.policy), now);
  if (created) await hintAt(ports, delivery);
};

export const givenUp = (delivery: Delivery, failure: NonNullable<Delivery['failure']>): Delivery => ({
  ...delivery,
  state: 'failed',
  failure,
  nextAt: null,
});
