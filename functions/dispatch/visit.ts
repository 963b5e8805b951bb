/** One request at one provider, for as long as one hint leads, and what that takes from outside. */
import type { Ports } from '../../shared/cancellation/apply.ts';
import type { FirstStep } from '../../shared/domain/plan.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { Decision } from '../../shared/domain/transition.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { AccountStore, StoredAccount } from '../../shared/store/accounts.ts';
import type { CreationStore } from '../../shared/store/creations.ts';
import type { DetailsStore } from '../../shared/store/details.ts';
import type { RequestStore } from '../../shared/store/requests.ts';
import type { SignLinkStore } from '../../shared/store/sign-links.ts';
import type { Breaker } from './breaker.ts';
import type { FetchPorts } from './fetch-files.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import type { Pacer } from './pacer.ts';
import type { ProviderPorts } from './provider-operations.ts';

export interface DispatchPorts extends Ports, ProviderPorts, FetchPorts {
  readonly requests: Pick<RequestStore, 'get' | 'put' | 'putAlias' | 'becomeAlias' | 'keepParts'>;
  readonly providerNamed: (name: string) => AnyProvider | null;
  readonly accounts: Pick<AccountStore, 'findAccount' | 'pauseAccount'>;
  readonly details: Pick<DetailsStore, 'get' | 'put' | 'merge'>;
  readonly signLinks: Pick<SignLinkStore, 'put'>;
  readonly creations: Pick<CreationStore, 'get' | 'remove'>;
  readonly publicBaseUrl: string;
  /** For visits that hold whole files. */
  readonly oneAtATime: OneAtATime;
  readonly breaker: Breaker;
  readonly permission: Pacer;
}

/** The steps that ask something of the provider. */
export type Step = Extract<FirstStep, { type: 'send' | 'look' | 'create' | 'find' | 'remind' }>;

export interface Visit {
  readonly provider: AnyProvider;
  readonly account: StoredAccount;
  readonly request: SignatureRequest;
  readonly step: Step;
}

export interface StepResult<Answer> {
  readonly decision: Decision;
  /** For the breaker; null when the provider was not asked. */
  readonly answer: Answer | null;
}
