/** What a client sees of what is stored: snake case, UTC RFC 3339 times, null for what is not known. */
import type { Instant } from '../domain/ids.ts';
import {
  type Cancellation,
  type HistoryEntry,
  isOpenCancellation,
  type SignatureRequest,
} from '../domain/signature-request.ts';
import type { StoredAccount } from '../store/account-item.ts';
import type { AccountView, HistoryEntryView, SignatureRequestView } from './contract/responses.ts';

/** @param reason the whole reason, where the stored request holds only its beginning. */
export const viewRequest = (
  request: SignatureRequest,
  reason: string | null = request.cancellation?.reason ?? null,
): SignatureRequestView => ({
  id: request.id,
  account_id: request.accountId,
  provider: request.provider,
  provider_request_id: request.providerRequestId,
  status: request.status,
  name: request.name,
  external_id: request.externalId,
  signers: [],
  cancellation: request.cancellation && {
    ...viewCancellation(request.cancellation, request.dueAt),
    reason,
  },
  created_at: time(request.createdAt),
  updated_at: time(request.updatedAt),
});

const viewCancellation = (cancellation: Cancellation, dueAt: Instant | null) => {
  const evidence = cancellation.state === 'confirmed' ? cancellation.evidence : null;
  const error = cancellation.state === 'confirmed' ? null : cancellation.error;
  return {
    state: cancellation.state,
    scope: cancellation.scope,
    effect: cancellation.effect,
    reason_delivered: cancellation.reasonDelivered,
    requested_by: cancellation.requestedBy,
    requested_at: time(cancellation.requestedAt),
    submitted_at: timeOrNull(cancellation.submittedAt),
    confirmed_at: timeOrNull(evidence?.at ?? null),
    confirmed_by: evidence?.kind ?? null,
    attempts: cancellation.attempts,
    next_check_at: isOpenCancellation(cancellation) ? timeOrNull(dueAt) : null,
    error: error && {
      type: error.type,
      detail: error.detail,
      ...(error.providerStatus === undefined ? {} : { provider_status: error.providerStatus }),
    },
  };
};

export const viewHistoryEntry = ({ at, type, from, to, evidence }: HistoryEntry): HistoryEntryView => ({
  at: time(at),
  type,
  from,
  to,
  evidence: evidence && { kind: evidence.kind, status: evidence.status, at: time(evidence.at) },
});

/** Never the credentials: they are not even at hand here. */
export const viewAccount = (account: StoredAccount, publicBaseUrl: string, now: Instant): AccountView => {
  const paused = account.pausedUntil !== null && now < account.pausedUntil;
  return {
    account_id: account.accountId,
    provider: account.provider,
    options: account.options,
    webhook_url: webhookUrl(account, publicBaseUrl),
    health: {
      state: paused ? 'paused' : 'healthy',
      paused_until: paused ? timeOrNull(account.pausedUntil) : null,
      reason: paused ? account.pauseReason : null,
    },
    created_at: time(account.createdAt),
    updated_at: time(account.updatedAt),
  };
};

/** Where the provider is to send what happens to this account's requests. */
export const webhookUrl = (
  { webhookToken }: Pick<StoredAccount, 'webhookToken'>,
  publicBaseUrl: string,
): string => `${publicBaseUrl}/webhooks/${webhookToken}`;

const time = (instant: Instant): string => new Date(instant).toISOString();
const timeOrNull = (instant: Instant | null): string | null => (instant === null ? null : time(instant));
