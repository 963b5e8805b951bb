import { describe, expect, test } from 'vitest';
import { parseNotice } from '../../../shared/queue/notices.ts';

const tell = { kind: 'tell', tenant: 'demo', id: `sr_${'0'.repeat(32)}` };
const endpoint = 'a'.repeat(24);
const position = `2026-11-21T10:00:00.000Z#evt_${'0'.repeat(32)}`;
const deliver = { kind: 'deliver', tenant: 'demo', endpoint, position };
const replay = { kind: 'replay', tenant: 'demo', endpoint };

describe('a notice', () => {
  test.each([tell, deliver, replay])('is read as it was sent: %j', (notice) => {
    expect(parseNotice(JSON.stringify(notice))).toEqual(notice);
  });

  test.each([
    '',
    'null',
    '[]',
    JSON.stringify({ ...tell, kind: 'say' }),
    JSON.stringify({ ...tell, tenant: 'Demo#' }),
    JSON.stringify({ ...tell, version: 1 }),
    JSON.stringify({ kind: 'tell', tenant: 'demo' }),
    JSON.stringify({ ...deliver, endpoint: '../other' }),
    JSON.stringify({ ...deliver, position: 'endpoints' }),
    JSON.stringify({ ...replay, endpoint: 'app' }),
  ])('that nobody sent is none: %s', (body) => {
    expect(parseNotice(body)).toBe(null);
  });
});
