import { describe, expect, test } from 'vitest';
import type { Item } from '../../../shared/store/attributes.ts';
import { itemSize, toItem } from '../../../shared/store/attributes.ts';
import { failedConditionUnits, writeUnits } from '../../bench/write-units.ts';

const key = { pk: { S: 'r#demo#1' }, sk: { S: 'hot' } };
const listed = { ...key, list: { S: 'demo' }, created: { S: '2026-11-21#1' } };
const due = (wake: number): Item => ({ ...listed, shard: { S: 'open#0' }, wake: { N: String(wake) } });
/** An item of exactly so many bytes. */
const sized = (bytes: number): Item => {
  const filler = bytes - itemSize({ ...key, filler: { S: '' } });
  return { ...key, filler: { S: 'x'.repeat(filler) } };
};

describe('a write is billed', () => {
  test.each<[string, Item | null, Item | null, number]>([
    ['in whole kilobytes: 1024 bytes are one', null, sized(1024), 1],
    ['1025 bytes are two', null, sized(1025), 2],
    ['for the larger image, even when the smaller one is written', sized(3000), sized(100), 3],
    ['for a deletion by what was deleted', sized(2049), null, 3],
    ['one for the table and one for each index it enters', null, due(5), 3],
    ['one for the table when no index key changes', due(5), { ...due(5), version: { N: '2' } }, 1],
    ['two in an index whose key changes', due(5), due(6), 3],
    ['one in an index that it leaves', due(5), listed, 2],
    ['one in an index that it enters', listed, due(5), 2],
    ['nothing in an index whose keys are not all there', null, { ...key, shard: { S: 'open#0' } }, 1],
    ['for leaving every index', due(5), null, 3],
  ])('%s', (_rule, before, after, units) => {
    expect(writeUnits(before, after)).toBe(units);
  });

  test('one at least when its condition fails, more by what stands in its way', () => {
    expect(failedConditionUnits(null)).toBe(1);
    expect(failedConditionUnits(sized(2000))).toBe(2);
  });
});

test('the size of an item counts names, values and the overhead of lists and maps', () => {
  expect(itemSize(toItem({ name: 'abc' }))).toBe(7);
  expect(itemSize(toItem({ n: 12345 }))).toBe(1 + 4);
  expect(itemSize(toItem({ flag: true }))).toBe(5);
  expect(itemSize(toItem({ text: 'ä' }))).toBe(6);
  expect(itemSize(toItem({ list: ['a', 'b'] }))).toBe(4 + 3 + 2 + 2);
  expect(itemSize(toItem({ map: { a: 'b' } }))).toBe(3 + 3 + 1 + 1 + 1);
  expect(itemSize(toItem({ absent: null, missing: undefined }))).toBe(0);
});
