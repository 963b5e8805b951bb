/** The unified signature request and its cancellation: what is stored, and what the client sees in other clothes. */
import type { AccountId, AccountUid, Instant, ProviderRequestId, RequestId, Tenant } from './ids.ts';

/** Box Sign's vocabulary, plus `creating` (not yet at the provider) and `unknown` (known by id only). */
export const requestStatuses = [
  'creating',
  'unknown',
  'converting',
  'created',
  'sent',
  'viewed',
  'signed',
  'cancelled',
  'declined',
  'expired',
  'finalizing',
  'error',
  'error_converting',
  'error_sending',
  'error_finalizing',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** Statuses that a cancel can still change. */
export const openStatuses = ['creating', 'unknown', 'converting', 'created', 'sent', 'viewed'] as const;
export type OpenStatus = (typeof openStatuses)[number];
/** Ends other than a cancellation. `finalizing` is among them: every signer has signed by then. */
export type EndedStatus = Exclude<RequestStatus, OpenStatus | 'cancelled'>;

export const isOpen = (status: RequestStatus): status is OpenStatus =>
  (openStatuses as readonly string[]).includes(status);

export const cancellationStates = ['queued', 'submitted', 'confirmed', 'rejected', 'failed'] as const;
export type CancellationState = (typeof cancellationStates)[number];

/** What is to be cancelled. `signature_packet` leaves an Ironclad workflow active. */
export const scopes = ['workflow', 'signature_packet'] as const;
export type Scope = (typeof scopes)[number];

/** What the provider's cancel really does there. */
export const effects = ['voided', 'deleted', 'workflow_cancelled', 'packet_cancelled'] as const;
export type CancelEffect = (typeof effects)[number];

export const evidenceKinds = ['response', 'webhook', 'poll'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** What was seen, where and when. `status` is the provider's word for it in Rescind's vocabulary, or `deleted`. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly status: string;
  readonly at: Instant;
}

/** Why a cancellation is not (yet) confirmed. Stable: clients switch on it. docs/cancellation-errors.md explains each. */
export const cancellationErrorTypes = [
  'already-signed',
  'already-declined',
  'already-expired',
  'already-ended',
  'not-found',
  'deadline-exceeded',
  'outcome-unknown',
  'account-deleted',
  'account-paused',
  'rate-limited',
  'provider-unavailable',
  'provider-timeout',
  'unauthorized',
  'forbidden',
  'payment-required',
  'account-blocked',
  'refused',
  'unexpected-answer',
] as const;
export type CancellationErrorType = (typeof cancellationErrorTypes)[number];

export interface CancellationError {
  readonly type: CancellationErrorType;
  readonly detail: string;
  /** The HTTP status of the provider's answer, where there was one. */
  readonly providerStatus?: number;
}

interface Wish {
  readonly scope: Scope;
  readonly effect: CancelEffect;
  /** As given; only its beginning where `detailsRef` says that the whole is kept apart. */
  readonly reason: string | null;
  /** Where a long reason and the client's remote data are kept: they would make every transition cost more. */
  readonly detailsRef: string | null;
  /** True or false once known; null while a reason that can travel has not been sent. */
  readonly reasonDelivered: boolean | null;
  /** The name of the API key that asked. */
  readonly requestedBy: string;
  /** Also the identity of the wish: an answer that belongs to another wish is ignored. */
  readonly requestedAt: Instant;
  /** Cancel calls recorded. */
  readonly attempts: number;
  /** When the deadline clock started. */
  readonly firstAttemptAt: Instant | null;
  /** What is known of the cancel calls so far: none acted, one may have, one was accepted. */
  readonly sent: 'no' | 'maybe' | 'yes';
  /** When the provider last accepted a cancel call. */
  readonly submittedAt: Instant | null;
}

/** What is still to be done for an open cancellation. */
interface Pending {
  /** A cancel call was claimed and its answer is not recorded: after a crash it counts as `maybe` sent. */
  readonly inFlight: boolean;
  /** Calls in a row without a useful answer; drives the back-off. */
  readonly failures: number;
  /** No further cancel call before this time; null: none has been made, so one may go at once. */
  readonly resendAt: Instant | null;
  /** Which of the two calls has answered 404. Both together end the cancellation. */
  readonly missing: 'cancel' | 'read' | null;
  /** Proof that arrived before the answer to our own call. */
  readonly keptProof: Evidence | null;
  readonly error: CancellationError | null;
}

export type Queued = Wish & Pending & { readonly state: 'queued' };
export type Submitted = Wish & Pending & { readonly state: 'submitted'; readonly submittedAt: Instant };
export type Confirmed = Wish & { readonly state: 'confirmed'; readonly evidence: Evidence };
export type Rejected = Wish & { readonly state: 'rejected'; readonly error: CancellationError };
export type Failed = Wish & { readonly state: 'failed'; readonly error: CancellationError };
export type OpenCancellation = Queued | Submitted;
export type Cancellation = OpenCancellation | Confirmed | Rejected | Failed;

export const isOpenCancellation = (cancellation: Cancellation | null): cancellation is OpenCancellation =>
  cancellation?.state === 'queued' || cancellation?.state === 'submitted';

/** Nothing changes a final state. */
export const isFinal = (cancellation: Cancellation | null): cancellation is Confirmed | Rejected =>
  cancellation?.state === 'confirmed' || cancellation?.state === 'rejected';

/** What a webhook said that we could not verify, kept until a read settles it. */
export interface Claim {
  readonly status: 'signed' | 'declined' | 'expired' | 'cancelled' | 'destroyed';
  /** The provider's id of the thing to read for it, where that is not the request itself. */
  readonly ref: string | null;
}

export const historyTypes = [
  'requested',
  'retried',
  'accepted',
  'delayed',
  'deferred',
  'proof_kept',
  'hinted',
  'status_changed',
  'confirmed',
  'rejected',
  'failed',
] as const;
export type HistoryType = (typeof historyTypes)[number];

/** One written transition. Repeats of the same kind are folded into one entry. */
export interface HistoryEntry {
  readonly version: number;
  readonly at: Instant;
  readonly type: HistoryType;
  readonly from: CancellationState | null;
  readonly to: CancellationState | null;
  readonly evidence: Evidence | null;
  /** How many transitions this entry stands for, and when the last of them was. */
  readonly count: number;
  readonly lastAt: Instant;
}

export interface SignatureRequest {
  readonly tenant: Tenant;
  readonly id: RequestId;
  readonly accountId: AccountId;
  readonly accountUid: AccountUid;
  readonly provider: string;
  readonly providerRequestId: ProviderRequestId;
  readonly status: RequestStatus;
  readonly name: string | null;
  readonly externalId: string | null;
  readonly cancellation: Cancellation | null;
  /** The provider has shown us that the request exists (or did). */
  readonly existed: boolean;
  readonly claim: Claim | null;
  /** When a webhook last made us look. */
  readonly hintedAt: Instant | null;
  /** When the next step is to be taken; null when there is none. */
  readonly dueAt: Instant | null;
  /** When the sweep looks at this item: never later than `dueAt`. For a failed one, when it failed. */
  readonly wakeAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Grows by one with every transition; the guard of every write. */
  readonly version: number;
  /** The newest entries first written, oldest first; older ones live in the cold item. */
  readonly history: readonly HistoryEntry[];
}
