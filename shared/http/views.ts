/** What a client sees of what is stored: snake case, UTC RFC 3339 times, null for what is not known. */
import type { Instant } from '../domain/ids.ts';
import type { HistoryEntry } from '../domain/signature-request.ts';
import type { StoredAccount } from '../store/account-item.ts';
import type { AccountView, HistoryEntryView } from './contract/responses.ts';
import { time, timeOrNull } from './time.ts';

export const viewHistoryEntry = ({
  at,
  type,
  from,
  to,
  evidence,
  status,
}: HistoryEntry): HistoryEntryView => ({
  at: time(at),
  type,
  from,
  to,
  status_from: status?.from ?? null,
  status_to: status?.to ?? null,
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
