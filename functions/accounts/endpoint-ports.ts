/** What the operations on webhook endpoints need from outside. */
import { type Instant, namePattern, type Tenant } from '../../shared/domain/ids.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { Endpoint, EndpointId } from '../../shared/notify/endpoint.ts';
import type { SendNotice } from '../../shared/queue/notices.ts';
import type { SecretWriter } from '../../shared/secrets/write-account-secrets.ts';
import type { DeliveryStore } from '../../shared/store/deliveries.ts';
import type { EndpointStore } from '../../shared/store/endpoints.ts';
import type { ReplayStore } from '../../shared/store/replays.ts';

export interface EndpointPorts {
  readonly endpoints: Pick<
    EndpointStore,
    'list' | 'listEvenIfDeleting' | 'create' | 'replace' | 'markDeleting' | 'remove' | 'touchSecret'
  >;
  readonly endpointSecrets: Pick<SecretWriter, 'createSecret' | 'replaceSecret' | 'deleteSecret'>;
  readonly deliveries: Pick<DeliveryStore, 'list'>;
  readonly replays: Pick<ReplayStore, 'begin'>;
  readonly sendNotice: SendNotice;
  /** Whether an endpoint may be on this machine. */
  readonly allowLoopback: boolean;
  readonly now: () => Instant;
}

/** Losing more races in a row than this means that something else is wrong. */
export const mostRaces = 5;

/** @returns null for a name that no endpoint can have. */
export const endpointIdIn = (text: string): EndpointId | null =>
  namePattern.test(text) ? (text as EndpointId) : null;

/** @throws Problem `webhook-endpoint-not-found` */
export const findEndpoint = async (
  { endpoints }: Pick<EndpointPorts, 'endpoints'>,
  tenant: Tenant,
  id: string,
): Promise<Endpoint> => {
  const found = (await endpoints.list(tenant)).find((endpoint) => endpoint.id === id);
  if (found === undefined) throw new Problem('webhook-endpoint-not-found');
  return found;
};

/** Every change must be seen to be one, also where clocks differ. @param before the time of the last one */
export const changedAt = (before: Instant, now: Instant): Instant => Math.max(now, before + 1) as Instant;
