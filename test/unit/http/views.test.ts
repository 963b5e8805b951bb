import { describe, expect, test } from 'vitest';
import type { AccountId, AccountUid, WebhookToken } from '../../../shared/domain/ids.ts';
import type { Cancellation, Queued } from '../../../shared/domain/signature-request.ts';
import * as responses from '../../../shared/http/contract/responses.ts';
import { viewAccount, viewHistoryEntry, viewRequest } from '../../../shared/http/views.ts';
import type { StoredAccount } from '../../../shared/store/account-item.ts';
import { at, queued, signatureRequest, tenant } from './examples.ts';

const settled = (): Omit<Queued, 'state' | 'error'> => {
  const { state: _state, error: _error, ...wish } = queued;
  return wish;
};
const error = {
  type: 'not-found',
  detail: 'The provider knows no such request.',
  providerStatus: 404,
} as const;

const cancellations: readonly Cancellation[] = [
  queued,
  { ...queued, error },
  { ...queued, state: 'submitted', submittedAt: at('2026-11-21T10:00:05Z') },
  {
    ...settled(),
    state: 'confirmed',
    evidence: { kind: 'webhook', status: 'cancelled', at: at('2026-11-21T10:00:09Z') },
  },
  { ...settled(), state: 'rejected', error },
  { ...settled(), state: 'failed', error: { type: 'deadline-exceeded', detail: 'No proof in a day.' } },
];

describe('viewRequest', () => {
  test.each(cancellations)('$state fits the published schema', (cancellation) => {
    const view = viewRequest({ ...signatureRequest, cancellation });
    expect(responses.signatureRequest.parse(view)).toEqual(view);
  });

  test('says how and when it was confirmed, and nothing of a next check', () => {
    const confirmed = cancellations[3] ?? null;
    expect(viewRequest({ ...signatureRequest, cancellation: confirmed }).cancellation).toMatchObject({
      confirmed_by: 'webhook',
      confirmed_at: '2026-11-21T10:00:09.000Z',
      next_check_at: null,
      error: null,
    });
  });

  test('shows the error and the next check of an open one', () => {
    const view = viewRequest({ ...signatureRequest, cancellation: { ...queued, error } });
    expect(view.cancellation).toMatchObject({
      next_check_at: '2026-11-21T10:01:00.000Z',
      error: { type: 'not-found', detail: error.detail, provider_status: 404 },
    });
  });

  test('a request without a cancellation has null there', () => {
    expect(viewRequest({ ...signatureRequest, cancellation: null, dueAt: null }).cancellation).toBeNull();
  });

  test('shows the whole reason where it is given apart', () => {
    expect(viewRequest(signatureRequest, 'a long one').cancellation?.reason).toBe('a long one');
    expect(viewRequest(signatureRequest).cancellation?.reason).toBe('withdrawn');
  });

  test('nothing internal is shown', () => {
    expect(JSON.stringify(viewRequest(signatureRequest))).not.toMatch(/tenant|uid|version|acme/i);
  });
});

test('a history entry fits the published schema', () => {
  const evidence = { kind: 'poll', status: 'deleted', at: at('2026-11-21T10:00:09Z') } as const;
  const now = at('2026-11-21T10:00:09Z');
  const view = viewHistoryEntry({
    version: 3,
    at: now,
    lastAt: now,
    count: 1,
    type: 'confirmed',
    from: 'submitted',
    to: 'confirmed',
    evidence,
  });
  expect(responses.historyEntry.parse(view)).toEqual(view);
});

describe('viewAccount', () => {
  const account: StoredAccount = {
    tenant,
    accountId: 'main' as AccountId,
    uid: '0123456789abcdef01234567' as AccountUid,
    provider: 'okdokument',
    options: { region: 'prod' },
    webhookToken: 'kq3Vb0rYbJm2mO8tH5uVw1x9Zc4Ad7Ef' as WebhookToken,
    pausedUntil: at('2026-11-21T11:00:00Z'),
    pauseReason: 'unauthorized',
    trips: 0,
    nextFree: {},
    deleting: false,
    createdAt: at('2026-11-21T09:00:00Z'),
    updatedAt: at('2026-11-21T09:30:00Z'),
  };
  const view = (now: string) => viewAccount(account, 'https://api.example.com', at(now));

  test('fits the published schema and carries the webhook URL', () => {
    const shown = view('2026-11-21T10:00:00Z');
    expect(responses.account.parse(shown)).toEqual(shown);
    expect(shown.webhook_url).toBe(`https://api.example.com/webhooks/${account.webhookToken}`);
  });

  test('is paused until the pause is over', () => {
    expect(view('2026-11-21T10:59:59Z').health).toEqual({
      state: 'paused',
      paused_until: '2026-11-21T11:00:00.000Z',
      reason: 'unauthorized',
    });
    expect(view('2026-11-21T11:00:00Z').health).toEqual({
      state: 'healthy',
      paused_until: null,
      reason: null,
    });
  });
});
