import { describe, expect, test } from 'vitest';
import { reminderOf, tooEarlyUntil } from '../../../functions/api/reminder-rules.ts';
import type { Signer, SignerId } from '../../../shared/domain/details.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { Reminder, SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { at, queued, signatureRequest, signer } from './examples.ts';

const id = (number: number): SignerId => `sg_${number}` as SignerId;
const rules = { coolDownMs: 3_600_000, countsFromSending: true };
const all = { title: 'Box Sign', reminders: { ...rules, perSigner: false } };
const each = { title: 'Ironclad', reminders: { ...rules, perSigner: true } };
const sent: SignatureRequest = { ...signatureRequest, status: 'sent', cancellation: null };
const signers = (...statuses: readonly Signer['status'][]): readonly Signer[] =>
  statuses.map((status, index) => ({ ...signer, id: id(index + 1), status }));
const reader: Signer = { ...signer, id: id(9), role: 'final_copy_reader' };

const asked = { requestedAt: at('2026-11-21T10:00:00Z'), signer: null };
const error = { type: 'refused', detail: 'no' } as const;

describe('whom a reminder goes to', () => {
  test('all who have not signed, where the provider reminds all', () => {
    expect(reminderOf(all, sent, signers('signed', 'viewed'), null)).toEqual({ signer: null });
    // What is not known of its signers is the provider's to say.
    expect(reminderOf(all, sent, null, null)).toEqual({ signer: null });
  });

  test('the only one who has not finished, where it reminds one at a time', () => {
    expect(reminderOf(each, sent, [...signers('signed', 'viewed'), reader], null)).toEqual({ signer: id(2) });
    expect(reminderOf(each, sent, signers('awaiting', 'viewed'), id(2))).toEqual({ signer: id(2) });
  });

  test.each([
    ['a signer where all are reminded', all, signers('awaiting'), id(1)],
    ['nobody where several wait', each, signers('awaiting', 'viewed'), null],
    ['somebody else', each, signers('awaiting'), id(2)],
  ] as const)('naming %s is the wrong signer_id', (_name, provider, known, wanted) => {
    expect(reminderOf(provider, sent, known, wanted)).toMatchObject({ refusal: { about: 'signer_id' } });
  });

  test.each([
    ['the provider has no reminders', { title: 'OKdokument' }, sent, signers('awaiting'), null],
    ['all have signed', all, sent, [...signers('signed', 'signed'), reader], null],
    ['all have signed, one at a time', each, sent, signers('signed'), null],
    ['this one has signed', each, sent, signers('signed', 'awaiting'), id(1)],
    ['nobody knows the signers', each, sent, null, null],
    ['it has ended', all, { ...sent, status: 'declined' }, signers('awaiting'), null],
    ['it is being cancelled', all, { ...sent, cancellation: queued }, signers('awaiting'), null],
    [
      'it is not sent yet',
      all,
      { ...sent, status: 'creating', providerRequestId: null },
      signers('awaiting'),
      null,
    ],
    [
      'another is on its way',
      each,
      { ...sent, reminder: { ...asked, signer: id(2), state: 'queued', inFlight: false } },
      signers('awaiting', 'awaiting'),
      id(1),
    ],
  ] as const)('none when %s', (_name, provider, request, known, wanted) => {
    expect(reminderOf(provider, request, known, wanted)).toMatchObject({ refusal: { about: 'request' } });
  });

  test('asking again while it is on its way is the same reminder', () => {
    const reminder: Reminder = { ...asked, signer: id(1), state: 'queued', inFlight: false };
    expect(reminderOf(each, { ...sent, reminder }, signers('awaiting'), null)).toEqual({ signer: id(1) });
  });

  test('after a cancellation that came to nothing it may be sent', () => {
    const { state: _state, error: _error, ...wish } = queued;
    const failed = { ...wish, state: 'failed', error } as const;
    expect(reminderOf(all, { ...sent, cancellation: failed }, null, null)).toEqual({ signer: null });
  });
});

describe('when it is too early', () => {
  const created = {
    ...sent,
    creation: { state: 'sent', fingerprint: 'f', attempts: 1, firstAttemptAt: null },
  } as const;
  const early = (request: SignatureRequest, now: Instant, provider = all) =>
    tooEarlyUntil(provider, request, null, now);
  const hour = at('2026-11-21T11:00:00Z');
  const before = (hour - 1) as Instant;

  test('counts from the sending, where the provider does and it was sent from here', () => {
    expect(early(created, before)).toBe(hour);
    expect(early(created, hour)).toBeNull();
    expect(early(sent, before)).toBeNull();
    const fromReminders = { ...all, reminders: { ...all.reminders, countsFromSending: false } };
    expect(early(created, before, fromReminders)).toBeNull();
  });

  test('counts from the last reminder that was sent', () => {
    const reminder: Reminder = { ...asked, state: 'sent', at: at('2026-11-21T10:30:00Z') };
    expect(early({ ...created, reminder }, hour)).toBe(at('2026-11-21T11:30:00Z'));
    expect(early({ ...created, reminder }, at('2026-11-21T11:30:00Z'))).toBeNull();
  });

  test('counts for each signer alone, where one is reminded at a time', () => {
    const reminder: Reminder = { ...asked, signer: id(1), state: 'sent', at: at('2026-11-21T10:30:00Z') };
    expect(tooEarlyUntil(each, { ...sent, reminder }, id(1), hour)).toBe(at('2026-11-21T11:30:00Z'));
    expect(tooEarlyUntil(each, { ...sent, reminder }, id(2), hour)).toBeNull();
  });

  test("is the provider's word, where it refused one", () => {
    const refused = { ...asked, state: 'refused', at: hour, error } as const;
    const retryAt = at('2026-11-21T12:00:00Z');
    expect(early({ ...sent, reminder: { ...refused, retryAt } }, hour)).toBe(retryAt);
    expect(early({ ...sent, reminder: { ...refused, retryAt: null } }, hour)).toBeNull();
  });

  test('one that is on its way is not repeated, so not too early', () => {
    expect(early({ ...created, reminder: { ...asked, state: 'queued', inFlight: true } }, before)).toBeNull();
  });
});
