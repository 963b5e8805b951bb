import { describe, expect, test } from 'vitest';
import type { SignerId } from '../../../shared/domain/details.ts';
import type { AccountId, AccountUid, WebhookToken } from '../../../shared/domain/ids.ts';
import type {
  Cancellation,
  Creation,
  Queued,
  Reminder,
  SignatureRequest,
} from '../../../shared/domain/signature-request.ts';
import * as responses from '../../../shared/http/contract/responses.ts';
import { type Apart, viewRequest as viewIt } from '../../../shared/http/request-view.ts';
import { viewAccount, viewHistoryEntry } from '../../../shared/http/views.ts';
import type { StoredAccount } from '../../../shared/store/account-item.ts';
import { at, details, queued, signatureRequest, signer, tenant } from './examples.ts';

const viewRequest = (request: SignatureRequest, apart: Partial<Apart> = {}) =>
  viewIt(request, { reason: null, details: null, ...apart }, 'https://api.example.com');

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

const creating = { fingerprint: 'f1n9e2', attempts: 1, firstAttemptAt: null };
const creations: readonly Creation[] = [
  { ...creating, state: 'queued', sent: 'maybe', inFlight: false, lastAttemptAt: null, failures: 1, error },
  { ...creating, state: 'undecided', error },
  { ...creating, state: 'failed', error },
  { ...creating, state: 'sent' },
];

const reminding = { signer: 'sg_1' as SignerId, requestedAt: at('2026-11-21T10:00:00Z') };
const then = at('2026-11-21T10:00:03Z');
const reminders: readonly Reminder[] = [
  { ...reminding, signer: null, state: 'queued', inFlight: true },
  { ...reminding, state: 'sent', at: then },
  { ...reminding, state: 'refused', at: then, error, retryAt: at('2026-11-21T11:00:00Z') },
  { ...reminding, state: 'unclear', at: then, error, retryAt: null },
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
    expect(viewRequest(signatureRequest, { reason: 'a long one' }).cancellation?.reason).toBe('a long one');
    expect(viewRequest(signatureRequest).cancellation?.reason).toBe('withdrawn');
  });

  test('nothing internal is shown', () => {
    const shown = JSON.stringify(
      viewRequest({ ...signatureRequest, creation: creations[0] ?? null }, { details }),
    );
    expect(shown).not.toMatch(/tenant|uid|version|acme|fingerprint|f1n9e2|provider\.example\/kim/i);
  });

  test.each(creations)('a creation that is $state fits the published schema', (creation) => {
    const view = viewRequest({ ...signatureRequest, providerRequestId: null, creation, cancellation: null });
    expect(responses.signatureRequest.parse(view)).toEqual(view);
    expect(view.creation?.next_check_at).toBe(
      creation.state === 'queued' ? '2026-11-21T10:01:00.000Z' : null,
    );
    expect(view.creation?.error?.type).toBe(creation.state === 'sent' ? undefined : 'not-found');
  });

  test.each(reminders)('a reminder that is $state fits the published schema', (reminder) => {
    const view = viewRequest({ ...signatureRequest, reminder });
    expect(responses.signatureRequest.parse(view)).toEqual(view);
    expect(view.reminder?.sent_at).toBe(reminder.state === 'sent' ? '2026-11-21T10:00:03.000Z' : null);
    expect(view.reminder?.retry_at).toBe(reminder.state === 'refused' ? '2026-11-21T11:00:00.000Z' : null);
  });

  test('shows name and signers from where they are kept, each with a link of its own', () => {
    const withLinks = { ...signatureRequest, signHandle: 'H'.repeat(22) };
    const second = {
      ...signer,
      id: 'sg_2' as SignerId,
      role: 'final_copy_reader',
      linkSecret: null,
    } as const;
    const view = viewRequest(withLinks, { details: { ...details, signers: [signer, second] } });
    expect(responses.signatureRequest.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      name: 'Offer 4711',
      external_id: 'offer-4711',
      prepare_url: 'https://sign.provider.example/prepare',
      signers: [
        {
          id: 'sg_1',
          provider_signer_id: 'ref-1',
          sign_url: `https://api.example.com/sign/${'H'.repeat(22)}${'S'.repeat(22)}`,
        },
        { id: 'sg_2', sign_url: null },
      ],
    });
    // Of a request that was made elsewhere there are no links, whatever is kept of its signers.
    expect(viewRequest(signatureRequest, { details }).signers[0]?.sign_url).toBeNull();
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
    status: { from: 'sent', to: 'cancelled' },
  });
  expect(responses.historyEntry.parse(view)).toEqual(view);
  expect(view).toMatchObject({ status_from: 'sent', status_to: 'cancelled' });
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
