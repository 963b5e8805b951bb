import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder } from '../../../functions/api/read-request.ts';
import type { HistoryEntry } from '../../../shared/domain/signature-request.ts';
import { listQuery } from '../../../shared/http/contract/requests.ts';
import { fromCursor, toCursor } from '../../../shared/http/cursor.ts';
import { Problem } from '../../../shared/http/problem.ts';
import { readQuery } from '../../../shared/http/query.ts';
import { at, signatureRequest } from './examples.ts';

const position = `2026-11-21T10:00:00.000Z#${signatureRequest.id}`;
const fieldOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return error instanceof Problem ? error.options.errors?.[0]?.field : 'other';
  }
  return undefined;
};

describe('a cursor', () => {
  test('leads back to its position', () => {
    expect(fromCursor(toCursor(position))).toBe(position);
  });

  test.each(['', 'x', position, toCursor('acme'), `${toCursor(position)}=`, toCursor(`${position}0`), 'ä'])(
    'that we did not make is refused: %j',
    (cursor) => {
      expect(fieldOf(() => fromCursor(cursor))).toBe('cursor');
    },
  );

  test('of any text is refused or was ours', () => {
    fc.assert(fc.property(fc.string(), (text) => fieldOf(() => fromCursor(toCursor(text))) === 'cursor'));
  });
});

describe('the query of the list', () => {
  const read = (query: string) => readQuery(new URLSearchParams(query), listQuery);

  test('has a default and reads numbers', () => {
    expect(read('')).toEqual({ limit: 20 });
    expect(read('limit=100&status=signed')).toEqual({ limit: 100, status: 'signed' });
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['status=cancelled&status=sent', 'status'],
    ['status=canceled', 'status'],
    ['cancellation_state=done', 'cancellation_state'],
    ['account_id=A', 'account_id'],
    ['page=2', 'page'],
    ['__proto__=2', '__proto__'],
  ])('%s is refused, naming %s', (query, field) => {
    expect(fieldOf(() => read(query))).toBe(field);
  });
});

test('the history is oldest first, and what stands in both places is there once', () => {
  const entry = (version: number): HistoryEntry => ({
    version,
    at: at('2026-11-21T10:00:00Z'),
    lastAt: at('2026-11-21T10:00:00Z'),
    count: 1,
    type: 'requested',
    from: null,
    to: 'queued',
    evidence: null,
    status: null,
  });
  expect(inOrder([entry(1), entry(2), entry(10), entry(2), entry(3)]).map(({ version }) => version)).toEqual([
    1, 2, 3, 10,
  ]);
});
