/** What the operations on signature requests need from outside. */
import type { WishPorts } from '../../shared/cancellation/request-cancellation.ts';
import type { AccountStore } from '../../shared/store/accounts.ts';
import type { RequestStore } from '../../shared/store/requests.ts';
import type { WishDetailsStore } from '../../shared/store/wish-details.ts';

export interface ApiPorts extends Omit<WishPorts, 'log'> {
  readonly requests: Pick<RequestStore, 'get' | 'put' | 'list' | 'olderHistory'>;
  readonly wishDetails: WishDetailsStore;
  readonly accounts: Pick<AccountStore, 'findAccount'>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}
