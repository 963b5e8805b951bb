/** What the operations on signature requests need from outside. */
import type { WishPorts } from '../../shared/cancellation/request-cancellation.ts';
import type { CreationPorts } from '../../shared/lifecycle/create-request.ts';
import type { AccountStore } from '../../shared/store/accounts.ts';
import type { DetailsStore } from '../../shared/store/details.ts';
import type { RequestStore } from '../../shared/store/requests.ts';
import type { SignLinkStore } from '../../shared/store/sign-links.ts';
import type { WishDetailsStore } from '../../shared/store/wish-details.ts';

export interface ApiPorts extends Omit<WishPorts & CreationPorts, 'log'> {
  readonly requests: RequestStore;
  readonly wishDetails: WishDetailsStore;
  readonly details: DetailsStore;
  readonly signLinks: SignLinkStore;
  readonly accounts: Pick<AccountStore, 'findAccount'>;
  /** The base of sign links. */
  readonly publicBaseUrl: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
}
