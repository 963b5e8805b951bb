/** An endpoint as it stands now: it may have been replaced while an event waited for its turn. */
import type { Endpoint } from '../../shared/notify/endpoint.ts';
import type { Lane, SeenEndpoint } from './lanes.ts';
import type { NotifyPorts } from './ports.ts';

/** What is known for longer is read again. */
const knownForMs = 1_000;

/** @returns null: it was deleted. */
export const currentEndpoint = async (
  ports: NotifyPorts,
  lane: Lane,
  seen: SeenEndpoint,
): Promise<Endpoint | null> => {
  const { endpoint, readAt } = lane.latest(seen);
  return ports.now() - readAt > knownForMs ? readAgain(ports, lane, endpoint) : endpoint;
};

/** @returns as `currentEndpoint` */
export const readAgain = async (
  { endpoints, now }: NotifyPorts,
  lane: Lane,
  { tenant, uid }: Endpoint,
): Promise<Endpoint | null> => {
  const readAt = now();
  const found = (await endpoints.list(tenant)).find((endpoint) => endpoint.uid === uid) ?? null;
  if (found !== null) lane.learn({ endpoint: found, readAt });
  return found;
};
