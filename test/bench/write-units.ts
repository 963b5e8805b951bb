/**
 * What DynamoDB bills for one write, computed from the images before and after it: an embedded server under-reports
 * the writes of indexes. Rules from the developer guide's pages on on-demand capacity and on secondary indexes.
 */
import { type Item, itemSize } from '../../shared/store/attributes.ts';
import { table } from '../../shared/store/table.ts';

const unitBytes = 1024;

/** Both indexes project the keys alone. */
const indexes = [table.byTenant, table.due];

/**
 * @param before null: there was no item
 * @param after null: the write deleted it
 */
export const writeUnits = (before: Item | null, after: Item | null): number =>
  tableUnits(before, after) +
  indexes.reduce((sum, index) => sum + indexUnits(projected(before, index), projected(after, index)), 0);

/** A write whose condition failed is billed for the item that stood in its way, one unit at least. */
export const failedConditionUnits = (standing: Item | null): number =>
  unitsOf(standing === null ? 0 : itemSize(standing));

/** The larger of the two images, however little of it changed. */
const tableUnits = (before: Item | null, after: Item | null): number =>
  unitsOf(Math.max(before === null ? 0 : itemSize(before), after === null ? 0 : itemSize(after)));

/** An entry that comes or goes is one write; one whose key changes goes and comes; an unchanged one costs nothing. */
const indexUnits = (before: Item | null, after: Item | null): number => {
  if (before === null && after === null) return 0;
  if (before === null || after === null) return unitsOf(itemSize(before ?? after ?? {}));
  if (JSON.stringify(before) === JSON.stringify(after)) return 0;
  return unitsOf(itemSize(before)) + unitsOf(itemSize(after));
};

/** The index's entry for an item: none, unless both of its keys are there. */
const projected = (item: Item | null, index: (typeof indexes)[number]): Item | null => {
  const names = [table.partitionKey, table.sortKey, index.partitionKey, index.sortKey];
  const entry: Item = {};
  for (const name of names) {
    const value = item?.[name];
    if (value === undefined) return null;
    entry[name] = value;
  }
  return entry;
};

const unitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / unitBytes));
