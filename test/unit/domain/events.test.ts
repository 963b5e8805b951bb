/** What a client app is told, derived from one entry of the history. */
import { describe, expect, test } from 'vitest';
import { eventsOf, requestEventTypes } from '../../../shared/domain/events.ts';
import type { RequestId, Tenant } from '../../../shared/domain/ids.ts';
import type { HistoryEntry } from '../../../shared/domain/signature-request.ts';
import { time, unknown } from './examples.ts';

const evidence = { kind: 'poll', status: 'cancelled', at: time(40) } as const;
const entry: HistoryEntry = {
  version: 3,
  at: time(10),
  lastAt: time(50),
  count: 1,
  type: 'delayed',
  from: 'queued',
  to: 'queued',
  evidence: null,
  status: null,
};
const told = (changes: Partial<HistoryEntry>) => eventsOf(unknown, { ...entry, ...changes });

describe('an entry of the history', () => {
  test('that changes the cancellation and the request tells of both, the cancellation first', () => {
    const status = { from: 'sent', to: 'cancelled' } as const;
    expect(told({ type: 'confirmed', from: 'submitted', to: 'confirmed', evidence, status })).toEqual([
      {
        id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
        type: 'cancellation.confirmed',
        at: time(50),
        version: 3,
        previous: 'submitted',
        state: 'confirmed',
        evidence,
      },
      {
        id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
        type: 'signature_request.cancelled',
        at: time(50),
        version: 3,
        previous: 'sent',
        state: 'cancelled',
        evidence,
      },
    ]);
  });

  test('that changes nothing that a client can see tells nothing', () => {
    expect(told({})).toEqual([]);
    expect(told({ from: null, to: null })).toEqual([]);
    expect(told({ from: 'failed', to: null })).toEqual([]);
  });

  test('by which a status is no longer known tells nothing of it', () => {
    expect(told({ status: { from: 'creating', to: 'unknown' } })).toEqual([]);
  });

  test.each([
    ['creation_requested', 'signature_request.creating', null, 'creating'],
    ['signers_changed', 'signature_request.signers_changed', null, 'signers_changed'],
    ['creation_undecided', 'signature_request.creation_undecided', 'creating', 'creating'],
  ] as const)('%s tells %s', (type, event, previous, state) => {
    expect(told({ type, from: null, to: null })).toMatchObject([{ type: event, previous, state }]);
    expect(requestEventTypes).toContain(event);
  });
});

describe('the id of an event', () => {
  const idOf = (request = unknown, changes: Partial<HistoryEntry> = {}) =>
    eventsOf(request, { ...entry, from: null, to: 'queued', ...changes })[0]?.id;

  test('is the same whenever it is derived: receivers tell a repetition by it', () => {
    expect(idOf(unknown, { at: time(11), lastAt: time(60) })).toBe(idOf());
    expect(idOf()).toBe('evt_26f4a8962a0994955c4d4788f4583640');
  });

  test('is another for each tenant, request, life of it, version and type', () => {
    const ids = [
      idOf(),
      idOf({ ...unknown, tenant: 'demos' as Tenant }),
      idOf({ ...unknown, id: `sr_${'1'.repeat(32)}` as RequestId }),
      idOf({ ...unknown, createdAt: time(1) }),
      idOf(unknown, { version: 4 }),
      idOf(unknown, { to: 'confirmed' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
