/** Whether anybody is to be told: asked for every transition, so the answer is remembered for a moment. */
import type { Tenant } from '../domain/ids.ts';
import type { Endpoint } from './endpoint.ts';
import { isSubscribed, type Subscribable } from './event-types.ts';

/** So long after it was put, an endpoint may hear nothing of what happens. */
export const rememberedMs = 5_000;
const rememberedTenants = 1_000;

interface SubscriptionPorts {
  readonly endpoints: { readonly list: (tenant: Tenant) => Promise<readonly Pick<Endpoint, 'eventTypes'>[]> };
  readonly now: () => number;
}

/**
 * @returns `isWanted(tenant, types)`: whether an endpoint of the tenant is subscribed to any of the types. Disabled ones
 * count: what they miss is recorded, so that a replay can bring it. If the endpoints cannot be read the answer is yes: an
 * event too many is found to concern nobody, one too few is lost.
 */
export const subscriptions = ({ endpoints, now }: SubscriptionPorts) => {
  const remembered = new Map<Tenant, { readonly wanted: readonly Subscribable[]; readonly until: number }>();

  const wantedBy = async (tenant: Tenant): Promise<readonly Subscribable[]> => {
    const known = remembered.get(tenant);
    if (known !== undefined && now() < known.until) return known.wanted;
    const until = now() + rememberedMs;
    const wanted = (await endpoints.list(tenant)).flatMap(({ eventTypes }) => eventTypes);
    if (remembered.size >= rememberedTenants) remembered.clear();
    remembered.set(tenant, { wanted, until });
    return wanted;
  };

  return async function isWanted(tenant: Tenant, types: readonly string[]): Promise<boolean> {
    if (types.length === 0) return false;
    try {
      const wanted = await wantedBy(tenant);
      return types.some((type) => isSubscribed(wanted, type));
    } catch {
      return true;
    }
  };
};
