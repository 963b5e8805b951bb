/** Whether anybody is to be told: asked for every transition. */
import type { Tenant } from '../domain/ids.ts';
import type { Endpoint } from './endpoint.ts';
import { isSubscribed, type Subscribable } from './event-types.ts';

/** A yes is remembered so long: an event too many is found to concern nobody. A no never is: an event too few is lost. */
export const rememberedMs = 5_000;
const rememberedTenants = 1_000;

interface SubscriptionPorts {
  readonly endpoints: { readonly list: (tenant: Tenant) => Promise<readonly Pick<Endpoint, 'eventTypes'>[]> };
  readonly now: () => number;
}

/**
 * @returns `isWanted(tenant, types)`: whether an endpoint of the tenant is subscribed to any of the types, from the moment
 * that it was put. Disabled ones count: what they miss is recorded, so that a replay can bring it. If the endpoints cannot be
 * read the answer is yes.
 */
export const subscriptions = ({ endpoints, now }: SubscriptionPorts) => {
  const remembered = new Map<Tenant, { readonly wanted: readonly Subscribable[]; readonly until: number }>();

  const read = async (tenant: Tenant): Promise<readonly Subscribable[]> => {
    const until = now() + rememberedMs;
    const wanted = (await endpoints.list(tenant)).flatMap(({ eventTypes }) => eventTypes);
    if (remembered.size >= rememberedTenants) remembered.clear();
    remembered.set(tenant, { wanted, until });
    return wanted;
  };

  return async function isWanted(tenant: Tenant, types: readonly string[]): Promise<boolean> {
    const concerns = (wanted: readonly Subscribable[]) => types.some((type) => isSubscribed(wanted, type));
    const known = remembered.get(tenant);
    if (known !== undefined && now() < known.until && concerns(known.wanted)) return true;
    try {
      return types.length > 0 && concerns(await read(tenant));
    } catch {
      return true;
    }
  };
};
