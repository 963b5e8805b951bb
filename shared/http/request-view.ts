/** A signature request as a client sees it. */
import type { RequestDetails, Signer } from '../domain/details.ts';
import type { Instant } from '../domain/ids.ts';
import {
  type Cancellation,
  type CancellationError,
  type Creation,
  isOpenCancellation,
  isQueuedCreation,
  type Reminder,
  type SignatureRequest,
} from '../domain/signature-request.ts';
import type { SignatureRequestView } from './contract/responses.ts';
import { signUrl } from './sign-token.ts';
import { time, timeOrNull } from './time.ts';

/** What is kept apart from the request itself. */
export interface Apart {
  /** The whole reason, where the stored request holds only its beginning; null otherwise. */
  readonly reason: string | null;
  readonly details: RequestDetails | null;
}

export const viewRequest = (
  request: SignatureRequest,
  { reason, details }: Apart,
  publicBaseUrl: string,
): SignatureRequestView => ({
  id: request.id,
  account_id: request.accountId,
  provider: request.provider,
  provider_request_id: request.providerRequestId,
  status: request.status,
  name: details?.name ?? null,
  external_id: details?.externalId ?? null,
  signers: (details?.signers ?? []).map((signer) => viewSigner(signer, request, publicBaseUrl)),
  creation: request.creation && viewCreation(request.creation, request.dueAt),
  cancellation: request.cancellation && viewCancellation(request.cancellation, request.dueAt, reason),
  reminder: request.reminder && viewReminder(request.reminder),
  expires_at: timeOrNull(request.expiresAt),
  prepare_url: details?.preparePage ?? null,
  read_at: timeOrNull(request.readAt),
  read_error: viewError(request.readError),
  created_at: time(request.createdAt),
  updated_at: time(request.updatedAt),
});

const viewSigner = (
  { linkSecret: secret, ...signer }: Signer,
  { signHandle: handle }: SignatureRequest,
  publicBaseUrl: string,
): SignatureRequestView['signers'][number] => ({
  id: signer.id,
  name: signer.name,
  email: signer.email,
  role: signer.role,
  order: signer.order,
  status: signer.status,
  viewed_at: timeOrNull(signer.viewedAt),
  decided_at: timeOrNull(signer.decidedAt),
  decline_reason: signer.declineReason,
  provider_signer_id: signer.ref,
  sign_url: handle === null || secret === null ? null : signUrl(publicBaseUrl, { handle, secret }),
});

const viewCreation = (creation: Creation, dueAt: Instant | null) => ({
  state: creation.state,
  attempts: creation.attempts,
  next_check_at: isQueuedCreation(creation) ? timeOrNull(dueAt) : null,
  error: creation.state === 'sent' ? null : viewError(creation.error),
});

const viewReminder = (reminder: Reminder) => {
  const error = 'error' in reminder ? reminder.error : null;
  const retryAt = 'retryAt' in reminder ? reminder.retryAt : null;
  return {
    state: reminder.state,
    signer_id: reminder.signer,
    requested_at: time(reminder.requestedAt),
    sent_at: reminder.state === 'sent' ? time(reminder.at) : null,
    error: viewError(error),
    retry_at: timeOrNull(retryAt),
  };
};

const viewCancellation = (cancellation: Cancellation, dueAt: Instant | null, reason: string | null) => {
  const evidence = cancellation.state === 'confirmed' ? cancellation.evidence : null;
  return {
    state: cancellation.state,
    scope: cancellation.scope,
    effect: cancellation.effect,
    reason: reason ?? cancellation.reason,
    reason_delivered: cancellation.reasonDelivered,
    requested_by: cancellation.requestedBy,
    requested_at: time(cancellation.requestedAt),
    submitted_at: timeOrNull(cancellation.submittedAt),
    confirmed_at: timeOrNull(evidence?.at ?? null),
    confirmed_by: evidence?.kind ?? null,
    attempts: cancellation.attempts,
    next_check_at: isOpenCancellation(cancellation) ? timeOrNull(dueAt) : null,
    error: viewError(cancellation.state === 'confirmed' ? null : cancellation.error),
  };
};

const viewError = (error: CancellationError | null) =>
  error && {
    type: error.type,
    detail: error.detail,
    ...(error.providerStatus === undefined ? {} : { provider_status: error.providerStatus }),
  };
