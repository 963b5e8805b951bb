/** What attempts tell of an endpoint: since when it fails, and when that is too long. */
import type { Attempt } from '../../shared/notify/delivery.ts';
import type { DisabledReason, Endpoint } from '../../shared/notify/endpoint.ts';
import { announceDisabled } from './announce.ts';
import type { Lane } from './lanes.ts';
import type { NotifyPorts } from './ports.ts';

/** Writes nothing, unless it ends a failure. */
export const noteSuccess = async (
  { endpoints, now }: NotifyPorts,
  lane: Lane,
  endpoint: Endpoint,
): Promise<void> => {
  if (endpoint.failingSince === null) return;
  const recovered = { ...endpoint, failingSince: null, triedAt: null };
  lane.learn((await endpoints.recordSuccess(endpoint)) ?? recovered, now());
};

/** @returns whether the endpoint is still enabled. */
export const noteFailure = async (
  ports: NotifyPorts,
  lane: Lane,
  endpoint: Endpoint,
  { status, error }: Attempt,
): Promise<{ readonly enabled: boolean }> => {
  const { endpoints, now } = ports;
  // Nothing was asked of the endpoint.
  if (error === 'secret-missing') return { enabled: true };
  const failing = await endpoints.recordFailure(endpoint, { at: now(), status, error });
  if (failing === null) return { enabled: false };
  const reason = reasonToDisable(ports, failing, status);
  const disabled = reason && (await endpoints.disable(failing, now(), reason));
  lane.learn(disabled ?? failing, now());
  if (disabled === null) return { enabled: true };
  const { tenant, id, failingSince } = disabled;
  ports.log('error', 'endpoint.disabled', { tenant, endpoint: id, reason, failing_since: failingSince });
  await announceDisabled(ports, await endpoints.list(tenant));
  return { enabled: false };
};

const reasonToDisable = (
  { policy, now }: NotifyPorts,
  { failingSince }: Endpoint,
  status: number | null,
): DisabledReason | null => {
  if (status === 410) return 'gone';
  return failingSince !== null && now() - failingSince >= policy.disableAfterMs ? 'failing' : null;
};
