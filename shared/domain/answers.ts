/** What a provider's answer means, in the domain's words. Each adapter classifies an answer once into one of these. */

import type { SeenDetails } from './details.ts';
import type { Instant, ProviderRequestId } from './ids.ts';
import type { CancellationError, Claim, RequestStatus, Scope } from './signature-request.ts';

/** The call did not help; it is repeated later. */
export interface Postponed {
  readonly error: CancellationError;
  /** The provider's own word on when to come back (Retry-After or a reset header). */
  readonly retryAt?: Instant;
  /** The reason concerns the whole account, not this request alone. */
  readonly pausesAccount: boolean;
}

/** Nothing was done, and the request is not the reason. */
export type Postponement =
  | ({ readonly kind: 'refused' } & Postponed)
  | ({ readonly kind: 'try_again' } & Postponed);

/** The meaning of the answer to a cancel call. */
export type CancelAnswer =
  /** Taken; proof is outstanding. */
  | { readonly kind: 'accepted' }
  /** The answer itself is the proof. `status` goes into the evidence. */
  | { readonly kind: 'confirmed'; readonly status: 'cancelled' | 'deleted' }
  /** The request ended otherwise, or does not exist, and the answer proves it. */
  | { readonly kind: 'ended'; readonly as: EndedAs; readonly detail: string }
  /** Refused about the caller, the account or the moment: nothing was done. */
  | ({ readonly kind: 'refused' } & Postponed)
  /** Not carried out, for a passing reason (429, 5xx, no connection). */
  | ({ readonly kind: 'try_again' } & Postponed)
  /** No clear answer: read the status before anything else. `mayHaveActed`: the cancel may have been carried out. */
  | { readonly kind: 'unclear'; readonly mayHaveActed: boolean; readonly error: CancellationError }
  /** Nothing further can tell what happened. */
  | { readonly kind: 'undecidable'; readonly error: CancellationError };

/** The meaning of the answer to a status read. */
export type ReadAnswer =
  /** The wish is fulfilled. `status` goes into the evidence, `requestStatus` into the request. */
  | ({
      readonly kind: 'proof';
      readonly status: 'cancelled' | 'deleted';
      readonly requestStatus: RequestStatus;
      /** As below. */
      readonly canonicalId?: ProviderRequestId;
    } & SeenBesides)
  /** The request is there, in this status. */
  | ({
      readonly kind: 'status';
      readonly status: Exclude<RequestStatus, 'cancelled'>;
      /** The provider's own id of it, where it was asked for by another name. */
      readonly canonicalId?: ProviderRequestId;
    } & SeenBesides)
  /** It ended otherwise, and the status alone cannot say how. */
  | ({ readonly kind: 'ended'; readonly as: EndedAs; readonly detail: string } & SeenBesides)
  /** 404. Never proof on its own. */
  | { readonly kind: 'not_found'; readonly error: CancellationError }
  /** What a webhook claimed is not so: forget the claim and look again. */
  | { readonly kind: 'claim_refuted' }
  | ({ readonly kind: 'refused' } & Postponed)
  | ({ readonly kind: 'try_again' } & Postponed)
  | { readonly kind: 'unclear'; readonly error: CancellationError }
  | { readonly kind: 'undecidable'; readonly error: CancellationError };

interface SeenBesides {
  readonly details?: SeenDetails;
  /** What a second call, for the details, was answered with. It says nothing of the request, and all calls of the account wait. */
  readonly accountPause?: Postponed;
}

/** How a request ended other than by our cancellation. `destroyed`: erased for good, whatever it was before. */
export type EndedAs = 'signed' | 'declined' | 'expired' | 'error' | 'destroyed' | 'not_found';

/** What Rescind already knows when an answer comes in: the same answer means different things after it. */
export interface Memory {
  /** Whether any of our cancel calls before this one acted, as far as is known. */
  readonly sent: 'no' | 'maybe' | 'yes';
  readonly existed: boolean;
  readonly claim: Claim | null;
  /** The details are wanted too, even where they take one more call. */
  readonly followed: boolean;
}

/** Which request an operation is about. */
export interface Target {
  readonly providerRequestId: ProviderRequestId;
  readonly scope: Scope;
  readonly reason: string | null;
  readonly remoteData: Readonly<Record<string, unknown>> | null;
  /** One for each cancel call; for providers with an idempotency key. */
  readonly idempotencyKey: string;
}

/** What a provider's webhook says about one request. */
export interface Notice {
  readonly providerRequestId: ProviderRequestId;
  /** What it says happened, or null when it only says "look". */
  readonly claim: Claim | null;
  /**
   * `proof`: verified, and by this provider's rules evidence of a cancellation that Rescind has sent.
   * `hint`: read before believing it.
   */
  readonly trust: 'proof' | 'hint';
}

/** The meaning of the answer to a create call. */
export type CreateAnswer =
  | {
      readonly kind: 'created';
      readonly providerRequestId: ProviderRequestId;
      readonly status: Exclude<RequestStatus, 'cancelled' | 'creating'>;
      readonly details?: SeenDetails;
    }
  /** The provider will not create this, now or later; nothing was created. */
  | { readonly kind: 'invalid'; readonly error: CancellationError }
  | Postponement
  /** No clear answer. `mayHaveActed`: it may have been created, so look before creating again. */
  | { readonly kind: 'unclear'; readonly mayHaveActed: boolean; readonly error: CancellationError };

/** The meaning of a look for a request that may have been created. */
export type FindAnswer =
  | {
      readonly kind: 'found';
      readonly providerRequestId: ProviderRequestId;
      readonly status: RequestStatus;
      readonly details?: SeenDetails;
    }
  /** Not there (yet: see `settledAfterMs`). */
  | { readonly kind: 'absent' }
  /** What is there cannot be told from others: a person must decide. `detail` says what was seen. */
  | { readonly kind: 'ambiguous'; readonly detail: string }
  | Postponement
  | { readonly kind: 'unclear'; readonly error: CancellationError };

/** The meaning of the answer to a reminder. */
export type RemindAnswer =
  | { readonly kind: 'reminded' }
  /** Too early, or not for this request. `retryAt`: when it may be tried again, where that is known. */
  | { readonly kind: 'refused'; readonly error: CancellationError; readonly retryAt?: Instant }
  | { readonly kind: 'unclear'; readonly error: CancellationError };
