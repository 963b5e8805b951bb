/** What the notify function needs from outside. */
import type { Instant } from '../../shared/domain/ids.ts';
import type { Log } from '../../shared/log.ts';
import type { GuardedCall } from '../../shared/net/guarded-call.ts';
import type { EventPolicy } from '../../shared/notify/schedule.ts';
import type { SendNotice } from '../../shared/queue/notices.ts';
import type { SigningSecretsOf } from '../../shared/secrets/endpoint-secrets.ts';
import type { DeliveryStore } from '../../shared/store/deliveries.ts';
import type { DetailsStore } from '../../shared/store/details.ts';
import type { EndpointStore } from '../../shared/store/endpoints.ts';
import type { ReplayStore } from '../../shared/store/replays.ts';
import type { RequestStore } from '../../shared/store/requests.ts';
import type { Lanes } from './lanes.ts';

export interface NotifyPorts {
  readonly requests: Pick<RequestStore, 'get' | 'olderHistory' | 'markTold'>;
  readonly endpoints: Pick<
    EndpointStore,
    'list' | 'recordFailure' | 'recordSuccess' | 'claimTry' | 'disable' | 'markAnnounced'
  >;
  readonly deliveries: Pick<DeliveryStore, 'get' | 'create' | 'save' | 'revive' | 'between'>;
  /** Of a request that is shown whole, in a provider's own form. */
  readonly details: Pick<DetailsStore, 'get'>;
  readonly replays: Pick<ReplayStore, 'get' | 'advance'>;
  readonly signingSecretsOf: SigningSecretsOf;
  readonly call: GuardedCall;
  readonly sendNotice: SendNotice;
  readonly lanes: Lanes;
  readonly policy: EventPolicy;
  readonly now: () => Instant;
  /** Uniform in [0, 1). */
  readonly dice: () => number;
  readonly remainingMs: () => number;
  readonly log: Log;
}
