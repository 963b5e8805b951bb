/** What a deployment reads of what an older one has written. */
import { expect, test } from 'vitest';
import { fromRequestItem, toRequestItem } from '../../../shared/store/request-item.ts';
import { queued } from '../domain/examples.ts';

test('a wish whose read had answered 404 is read as any other', () => {
  const item = toRequestItem(queued, queued.history, 400);
  const cancellation = { M: { ...item['cancellation']?.M, missing: { S: 'read' } } };
  expect(fromRequestItem({ ...item, cancellation })).toEqual(queued);
});
