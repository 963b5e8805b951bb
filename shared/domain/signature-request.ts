/** The unified signature request and its cancellation: what is stored, and what the client sees in other clothes. */
import type { SignerId } from './details.ts';
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

/**
 * Why a cancellation, a creation, a read or a reminder is not (yet) what it should be. Stable: clients switch on it.
 * docs/cancellation-errors.md explains each.
 */
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
  'source-unavailable',
  'not-sent',
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
  /** The cancel call has answered 404: a read that does so too ends the cancellation. */
  readonly missing: 'cancel' | null;
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

/** What is known of a create call: nothing was created, or one may have been. */
interface Creating {
  /** SHA-256 of what was asked for, as hex. It names the item that holds it, and tells a repetition from another wish. */
  readonly fingerprint: string;
  /** Create calls recorded. */
  readonly attempts: number;
  /** When the deadline clock started. */
  readonly firstAttemptAt: Instant | null;
}

/** To be created: nothing has been, or it is not known yet. */
export type QueuedCreation = Creating & {
  readonly state: 'queued';
  readonly sent: 'no' | 'maybe';
  /** A create call was claimed and its answer is not recorded: after a crash it counts as `maybe` sent. */
  readonly inFlight: boolean;
  /** When the last call that may have created it was claimed. */
  readonly lastAttemptAt: Instant | null;
  /** Calls in a row without a useful answer; drives the back-off. */
  readonly failures: number;
  readonly error: CancellationError | null;
};
/** It may or may not be at the provider, and Rescind cannot find out: a person decides. */
export type UndecidedCreation = Creating & { readonly state: 'undecided'; readonly error: CancellationError };
export type FailedCreation = Creating & { readonly state: 'failed'; readonly error: CancellationError };
export type SentCreation = Creating & { readonly state: 'sent' };
export type Creation = QueuedCreation | UndecidedCreation | FailedCreation | SentCreation;
export const creationStates = ['queued', 'undecided', 'failed', 'sent'] as const;

export const isQueuedCreation = (creation: Creation | null): creation is QueuedCreation =>
  creation?.state === 'queued';

/** The last reminder that was asked for. It is sent at most once: one whose answer never came is `unclear`. */
export type Reminder = {
  /** Null: all who have not signed. */
  readonly signer: SignerId | null;
  readonly requestedAt: Instant;
} & (
  | { readonly state: 'queued'; readonly inFlight: boolean }
  | { readonly state: 'sent'; readonly at: Instant }
  | {
      readonly state: 'refused' | 'unclear';
      readonly at: Instant;
      readonly error: CancellationError;
      readonly retryAt: Instant | null;
    }
);
export const reminderStates = ['queued', 'sent', 'refused', 'unclear'] as const;

export const historyTypes = [
  'creation_requested',
  'created',
  'creation_delayed',
  'creation_undecided',
  'creation_failed',
  'imported',
  'reminded',
  'reminder_refused',
  'signers_changed',
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
  /** What the request's status became with it, and what it was; null when it stayed. */
  readonly status: { readonly from: RequestStatus; readonly to: RequestStatus } | null;
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
  /** Null while it is not known to be at the provider. */
  readonly providerRequestId: ProviderRequestId | null;
  readonly status: RequestStatus;
  /** Null for a request that was made elsewhere. */
  readonly creation: Creation | null;
  readonly cancellation: Cancellation | null;
  readonly reminder: Reminder | null;
  /** Created here or imported: its signers are kept, and it is read again where its provider is silent. */
  readonly followed: boolean;
  /** Which revision of its details this image reflects; 0: none are kept. */
  readonly detailsRevision: number;
  /** The public half of its sign links; null when it has none. */
  readonly signHandle: string | null;
  readonly expiresAt: Instant | null;
  /** When it was last read outside of a cancellation, and why that told nothing. */
  readonly readAt: Instant | null;
  readonly readError: CancellationError | null;
  /** When it is to be read outside of a cancellation; null: not planned. */
  readonly lookAt: Instant | null;
  /** A webhook came while a look was due or under way: look once more at `lookAt`. */
  readonly looksAgain: boolean;
  /** The provider has shown us that the request exists (or did). */
  readonly existed: boolean;
  readonly claim: Claim | null;
  /** When a webhook last made us look. */
  readonly hintedAt: Instant | null;
  /** When the next step of the creation, the cancellation or the reminder is to be taken; null when there is none. */
  readonly dueAt: Instant | null;
  /** When the sweep looks at this item: never later than anything that it waits for. For a failed one, when it failed. */
  readonly wakeAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** The first version that has not been told to the tenant's webhook endpoints; null: all has been. */
  readonly untold: number | null;
  /** Grows by one with every transition; the guard of every write. */
  readonly version: number;
  /** Some of its history lies apart. */
  readonly hasOlderHistory: boolean;
  /** The newest entries first written, oldest first; older ones live in the cold item. */
  readonly history: readonly HistoryEntry[];
}
