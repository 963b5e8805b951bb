/** How a cancellation ends: what the client is told of it, and what of the request is known from then on. */
import { describe, expect, test } from 'vitest';
import type { CancelAnswer, EndedAs, ReadAnswer } from '../../../shared/domain/answers.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { isFinished } from '../../../shared/domain/finished.ts';
import { type NewWish, requestCancellation, retryCancellation } from '../../../shared/domain/request.ts';
import type { EndedStatus, SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { isWaiting, mayBeLookedAt } from '../../../shared/domain/waiting.ts';
import { at, policy, queued, start, time, unknown, wish } from './examples.ts';

const unavailable = { type: 'provider-unavailable', detail: '503', providerStatus: 503 } as const;
const timeout = { type: 'provider-timeout', detail: 'No answer.' } as const;
const perhaps: CancelAnswer = { kind: 'unclear', mayHaveActed: true, error: timeout };
const confirmedAnswer: CancelAnswer = { kind: 'confirmed', status: 'deleted' };
const gone: ReadAnswer = { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' };

const answered = (request: SignatureRequest, answer: CancelAnswer, ms = 100) =>
  decide(request, { type: 'cancel_answered', wish: start, answer }, at(ms)).request;
const read = (request: SignatureRequest, answer: ReadAnswer, ms = 200) =>
  decide(request, { type: 'status_read', answer, right: 'claim', begunAt: time(ms) }, at(ms)).request;
const givenUp = (request: SignatureRequest, ms = 1_000) =>
  decide(request, { type: 'given_up', error: unavailable }, at(ms)).request;
const proof = (request: SignatureRequest, ms = 900) =>
  decide(
    request,
    { type: 'webhook_received', notice: { trust: 'proof', claim: { status: 'cancelled', ref: null } } },
    at(ms),
  ).request;

const submitted = answered(queued, { kind: 'accepted' });

describe('confirmed', () => {
  test('by the answer: the request is cancelled, and that is the evidence', () => {
    expect(answered(queued, confirmedAnswer)).toMatchObject({
      status: 'cancelled',
      cancellation: { state: 'confirmed', evidence: { kind: 'response', status: 'deleted', at: time(100) } },
    });
  });

  test('by proof that was kept, with whatever then shows that our call may have acted', () => {
    const kept = proof(queued, 50);
    for (const answer of [{ kind: 'accepted' } as const, perhaps]) {
      expect(answered(kept, answer)).toMatchObject({
        status: 'cancelled',
        cancellation: {
          state: 'confirmed',
          evidence: { kind: 'webhook', status: 'cancelled', at: time(50) },
          requestedAt: start,
          attempts: 1,
          sent: answer.kind === 'accepted' ? 'yes' : 'maybe',
        },
      });
    }
  });

  test('after it was given up', () => {
    expect(answered(givenUp(queued), confirmedAnswer, 2_000)).toMatchObject({
      status: 'cancelled',
      cancellation: { state: 'confirmed', evidence: { kind: 'response' } },
    });
  });

  test('keeps the wish as it was, and nothing of what was still to be done', () => {
    expect(proof(submitted).cancellation).toEqual({
      scope: 'workflow',
      effect: 'voided',
      reason: 'Superseded',
      detailsRef: null,
      reasonDelivered: false,
      requestedBy: 'first',
      requestedAt: start,
      attempts: 1,
      firstAttemptAt: time(100),
      sent: 'yes',
      submittedAt: time(100),
      state: 'confirmed',
      evidence: { kind: 'webhook', status: 'cancelled', at: time(900) },
    });
  });
});

describe('whether the reason travelled', () => {
  const wished = (changes: Partial<NewWish>) =>
    requestCancellation(unknown, { ...wish, reasonTravels: true, ...changes }, at(0)).decision.request;
  const travels = wished({});
  const delivered = (request: SignatureRequest) => request.cancellation?.reasonDelivered;

  test('is open until a call is answered, where it can', () => {
    expect(delivered(travels)).toBeNull();
    expect(delivered(answered(travels, perhaps))).toBeNull();
  });

  test('is no where the provider takes none, or none was given', () => {
    expect(delivered(wished({ reasonTravels: false }))).toBe(false);
    expect(delivered(wished({ reason: null }))).toBe(false);
    expect(delivered(answered(wished({ reason: null }), { kind: 'accepted' }))).toBe(false);
  });

  test('is yes once the provider took the call', () => {
    const accepted = answered(travels, { kind: 'accepted' });
    expect(delivered(accepted)).toBe(true);
    expect(delivered(proof(accepted))).toBe(true);
    expect(delivered(answered(travels, confirmedAnswer))).toBe(true);
  });

  test('is yes where an earlier call was taken, whose answer came after the wish was given up', () => {
    const late = answered(givenUp(travels), { kind: 'accepted' }, 2_000);
    expect(delivered(late)).toBeNull();
    expect(delivered(read(late, gone, 3_000))).toBe(true);
  });

  test('cannot be known of a call without an answer', () => {
    expect(delivered(read(answered(travels, perhaps), gone))).toBeNull();
  });

  test('is no where nothing was sent and somebody else cancelled it', () => {
    expect(delivered(read(travels, gone))).toBe(false);
  });

  test('stays as it is known in a rejection, and is no where it is not', () => {
    const signed: ReadAnswer = { kind: 'status', status: 'signed' };
    expect(delivered(read(answered(travels, { kind: 'accepted' }), signed))).toBe(true);
    expect(delivered(read(travels, signed))).toBe(false);
  });
});

describe('rejected', () => {
  const ends = [
    ['signed', 'signed', 'already-signed'],
    ['declined', 'declined', 'already-declined'],
    ['expired', 'expired', 'already-expired'],
    ['error', 'error', 'already-ended'],
    ['destroyed', 'unknown', 'already-ended'],
  ] as const;

  test.each(ends)('by an answer that says it was %s', (as, status, type) => {
    const ended = { kind: 'ended', as, detail: 'It ended.' } as const;
    const cancellation = { state: 'rejected', error: { type, detail: 'It ended.' } };
    for (const before of [queued, submitted, givenUp(submitted)]) {
      for (const after of [answered(before, ended, 2_000), read(before, ended, 2_000)]) {
        expect(after).toMatchObject({ status, cancellation });
      }
    }
    expect(answered(queued, ended).history.at(-1)?.evidence).toMatchObject({ kind: 'response', status: as });
    expect(read(queued, ended).history.at(-1)?.evidence).toMatchObject({ kind: 'poll', status: as });
  });

  test('by an answer that says it is not there, which tells nothing of its status', () => {
    const as: EndedAs = 'not_found';
    const known: SignatureRequest = { ...queued, status: 'viewed' };
    expect(answered(known, { kind: 'ended', as, detail: 'None.' })).toMatchObject({
      status: 'viewed',
      cancellation: { state: 'rejected', error: { type: 'not-found', detail: 'None.' } },
    });
  });

  test.each([
    ['signed', 'already-signed'],
    ['finalizing', 'already-signed'],
    ['declined', 'already-declined'],
    ['expired', 'already-expired'],
    ['error', 'already-ended'],
    ['error_converting', 'already-ended'],
    ['error_sending', 'already-ended'],
    ['error_finalizing', 'already-ended'],
  ] as const satisfies readonly (readonly [EndedStatus, string])[])('by the status %s', (status, type) => {
    for (const before of [queued, submitted, givenUp(submitted)]) {
      expect(read(before, { kind: 'status', status }, 2_000)).toMatchObject({
        status,
        cancellation: {
          state: 'rejected',
          error: { type, detail: `The request is ${status} at the provider.` },
        },
      });
    }
  });

  test('by 404 on the cancel and on the read, which is no evidence of a status', () => {
    const missing = { type: 'not-found', detail: '404' } as const;
    const unclear = answered(queued, { kind: 'unclear', mayHaveActed: false, error: missing });
    const rejected = read(unclear, { kind: 'not_found', error: missing });
    expect(rejected).toMatchObject({
      status: 'unknown',
      cancellation: { state: 'rejected', error: missing },
    });
    expect(rejected.history.at(-1)?.evidence).toEqual({ kind: 'poll', status: 'not_found', at: time(200) });
  });
});

describe('failed', () => {
  test('past the deadline, says what last stood in the way, with the provider’s own status', () => {
    const failing = answered(queued, { kind: 'try_again', error: unavailable, pausesAccount: false });
    const late = policy.deadlineMs + 100;
    const expected = {
      type: 'deadline-exceeded',
      detail: 'No proof arrived before the deadline. Last: 503',
      providerStatus: 503,
    };
    const refused = { kind: 'refused', error: unavailable, pausesAccount: false } as const;
    expect(answered(failing, refused, late).cancellation).toMatchObject({ state: 'failed', error: expected });
    expect(read(failing, { kind: 'status', status: 'sent' }, late).cancellation).toMatchObject({
      state: 'failed',
      error: expected,
    });
    expect(read(failing, { kind: 'not_found', error: timeout }, late).cancellation).toMatchObject({
      state: 'failed',
      error: { type: 'deadline-exceeded', detail: 'No proof arrived before the deadline. Last: No answer.' },
    });
  });

  test('past the deadline without any trouble, says only that', () => {
    const failed = read(submitted, { kind: 'status', status: 'sent' }, policy.deadlineMs + 100);
    expect(failed.cancellation).toMatchObject({ state: 'failed' });
    expect(failed.cancellation).toHaveProperty('error', {
      type: 'deadline-exceeded',
      detail: 'No proof arrived before the deadline.',
    });
  });

  test('remembers what an answer says afterwards: a retry must know that a call may have acted', () => {
    const failed = givenUp(queued);
    const accepted = answered(failed, { kind: 'accepted' }, 2_000);
    expect(accepted.cancellation).toEqual({ ...failed.cancellation, sent: 'yes' });
    const maybe = answered(failed, perhaps, 2_000);
    expect(maybe.cancellation).toEqual({ ...failed.cancellation, sent: 'maybe' });
    expect(retryCancellation(maybe, at(3_000)).request.cancellation).toMatchObject({ sent: 'maybe' });
  });
});

describe('what is known of the calls that were made', () => {
  const sentOf = ({ cancellation }: SignatureRequest) => cancellation?.sent;

  test('is never less than before: one that was accepted stays so', () => {
    expect(sentOf(answered(submitted, perhaps, 200))).toBe('yes');
    const claimed = read(submitted, { kind: 'status', status: 'sent' }, 3_600_100);
    expect(sentOf(givenUp(claimed, 3_700_000))).toBe('yes');
  });

  test('counts a claimed call without an answer as one that may have acted', () => {
    const claimed = read(queued, { kind: 'status', status: 'sent' }, 60_000);
    expect(sentOf(givenUp(claimed, 130_000))).toBe('maybe');
  });
});

describe('what is finished', () => {
  const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
  const packet = requestCancellation(sent, { ...wish, scope: 'signature_packet' }, at(0)).decision.request;
  const withdrawn: ReadAnswer = { kind: 'proof', status: 'cancelled', requestStatus: 'created' };
  const packetDone = read(packet, withdrawn, 10);

  test('is what has ended, whoever ended it', () => {
    expect(isFinished({ ...sent, status: 'signed' })).toBe(true);
    expect(isFinished(sent)).toBe(false);
    expect(isFinished(proof(submitted))).toBe(true);
  });

  test('is not what somebody still works on, or a person must see to', () => {
    expect(isFinished(queued)).toBe(false);
    expect(isFinished({ ...queued, status: 'signed' })).toBe(false);
    expect(isFinished(givenUp(submitted))).toBe(false);
    expect(isFinished({ ...givenUp(submitted), status: 'signed' })).toBe(false);
  });

  test('is a wish for the packet alone that is fulfilled, unless the workflow is followed', () => {
    expect(packetDone).toMatchObject({ status: 'created', cancellation: { state: 'confirmed' } });
    expect(isFinished(packetDone)).toBe(true);
    expect(isFinished({ ...packetDone, followed: true })).toBe(false);
  });

  test('is not looked at any more by itself, nor is what waits for a person', () => {
    expect(mayBeLookedAt(sent)).toBe(true);
    expect(mayBeLookedAt(queued)).toBe(true);
    expect(mayBeLookedAt({ ...sent, status: 'finalizing' })).toBe(true);
    expect(mayBeLookedAt(packetDone)).toBe(false);
    expect(mayBeLookedAt({ ...packetDone, followed: true })).toBe(true);
    for (const request of [{ ...sent, status: 'signed' } as const, { ...sent, providerRequestId: null }]) {
      expect(mayBeLookedAt(request)).toBe(false);
    }
    const rejected = answered(queued, { kind: 'ended', as: 'not_found', detail: 'None.' });
    for (const request of [rejected, givenUp(submitted)]) {
      expect([request.status, mayBeLookedAt({ ...request, followed: true })]).toEqual(['unknown', false]);
    }
  });

  test('waits for nothing, unless something is yet to be told of it', () => {
    expect(isWaiting(proof(submitted))).toBe(false);
    expect(isWaiting({ ...proof(submitted), untold: 3 })).toBe(true);
  });
});

describe('a wish for more than was asked before', () => {
  const ask = (request: SignatureRequest, scope: 'workflow' | 'signature_packet', ms = 5_000) =>
    requestCancellation(request, { ...wish, scope }, at(ms));
  const packet = ask(unknown, 'signature_packet', 0).decision.request;
  const ofWorkflow = {
    scope: 'workflow',
    state: 'queued',
    attempts: 0,
    sent: 'no',
    requestedAt: time(5_000),
  };

  test.each([
    ['queued', 'joined', packet],
    ['submitted', 'joined', answered(packet, { kind: 'accepted' })],
    [
      'confirmed',
      'already_cancelled',
      read(packet, { kind: 'proof', status: 'cancelled', requestStatus: 'created' }),
    ],
    ['failed', 'retried', givenUp(packet)],
  ])('begins anew over a %s one for the packet alone; the same again is %s', (state, outcome, before) => {
    expect(before.cancellation?.state).toBe(state);
    const wider = ask(before, 'workflow');
    expect(wider.outcome).toBe('accepted');
    expect(wider.decision.request.cancellation).toMatchObject(ofWorkflow);
    expect(ask(before, 'signature_packet').outcome).toBe(outcome);
  });

  test('is none over one for the workflow, in whatever state', () => {
    expect(ask(submitted, 'signature_packet').outcome).toBe('joined');
    expect(ask(proof(submitted), 'signature_packet').outcome).toBe('already_cancelled');
    expect(ask(givenUp(submitted), 'signature_packet').outcome).toBe('retried');
    expect(ask(proof(submitted), 'workflow').outcome).toBe('already_cancelled');
  });

  test('is refused where the request has ended otherwise, or is not there', () => {
    const missing = answered(queued, { kind: 'ended', as: 'not_found', detail: 'None.' });
    expect([missing.status, ask(missing, 'workflow').outcome]).toEqual(['unknown', 'not_cancellable']);
    expect(ask(read(packet, { kind: 'status', status: 'signed' }), 'workflow').outcome).toBe(
      'not_cancellable',
    );
  });
});

test('a wish keeps of the last reminder only that it was sent', () => {
  const sent: SignatureRequest = { ...unknown, version: 1, status: 'sent' };
  const reminded = { state: 'sent', signer: null, requestedAt: time(1), at: time(2) } as const;
  const refused = { ...reminded, state: 'refused', error: timeout, retryAt: null } as const;
  const wished = (reminder: SignatureRequest['reminder']) =>
    requestCancellation({ ...sent, reminder }, wish, at(10)).decision.request.reminder;
  expect(wished(reminded)).toEqual(reminded);
  expect(wished(refused)).toBeNull();
  expect(wished(null)).toBeNull();
  const underWay = { state: 'queued', signer: null, requestedAt: time(1), inFlight: true } as const;
  expect(wished(underWay)).toEqual(underWay);
});

test('what was never heard of has neither a history nor anything to follow', () => {
  expect(unknown).toMatchObject({ looksAgain: false, hasOlderHistory: false, history: [], version: 0 });
});
