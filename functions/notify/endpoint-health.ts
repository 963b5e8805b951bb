/** What attempts tell of an endpoint: since when it fails, and when that is too long. */
import type { Attempt } from '../../shared/notify/delivery.ts';
import type { DisabledReason, Endpoint } from '../../shared/notify/endpoint.ts';
import { count } from '../../shared/trace/invocation.ts';
import { announceDisabled } from './announce.ts';
import { readAgain } from './current-endpoint.ts';
import type { Lane } from './lanes.ts';
import type { NotifyPorts } from './ports.ts';

/** Writes nothing, unless it ends a failure. */
export const noteSuccess = async (ports: NotifyPorts, lane: Lane, endpoint: Endpoint): Promise<void> => {
  if (endpoint.failingSince === null) return;
  const recovered = await ports.endpoints.recordSuccess(endpoint);
  if (recovered === null) await readAgain(ports, lane, endpoint);
  else lane.learn({ endpoint: recovered, readAt: ports.now() });
};

/** `changed`: it was replaced or deleted during the attempt, which tells nothing of what it is now. */
export type AfterFailure = 'enabled' | 'disabled' | 'changed';

/** @param endpoint as it was when it was attempted */
export const noteFailure = async (
  ports: NotifyPorts,
  lane: Lane,
  endpoint: Endpoint,
  { status, error }: Attempt,
): Promise<AfterFailure> => {
  const { endpoints, now } = ports;
  // Nothing was asked of the endpoint.
  if (error === 'secret-missing') return 'enabled';
  const failing = await endpoints.recordFailure(endpoint, { at: now(), status, error });
  if (failing === null) return changedMeanwhile(ports, lane, endpoint);
  const reason = reasonToDisable(ports, failing, status);
  if (reason === null) {
    lane.learn({ endpoint: failing, readAt: now() });
    return 'enabled';
  }
  const disabled = await endpoints.disable(failing, now(), reason);
  if (disabled === null) return changedMeanwhile(ports, lane, endpoint);
  lane.learn({ endpoint: disabled, readAt: now() });
  const { tenant, id, failingSince } = disabled;
  count('EndpointsDisabled');
  ports.log('error', 'endpoint.disabled', { tenant, endpoint: id, reason, failing_since: failingSince });
  await announceDisabled(ports, await endpoints.list(tenant));
  return 'disabled';
};

const changedMeanwhile = async (
  ports: NotifyPorts,
  lane: Lane,
  endpoint: Endpoint,
): Promise<AfterFailure> => {
  const current = await readAgain(ports, lane, endpoint);
  return current === null || current.disabled === null ? 'changed' : 'disabled';
};

const reasonToDisable = (
  { policy, now }: NotifyPorts,
  { failingSince }: Endpoint,
  status: number | null,
): DisabledReason | null => {
  if (status === 410) return 'gone';
  return failingSince !== null && now() - failingSince >= policy.disableAfterMs ? 'failing' : null;
};
