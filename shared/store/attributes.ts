/** Between plain values and DynamoDB's attribute values, for the few kinds that the store uses. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** JSON-like: what a stored item is made of. */
export type Stored =
  | string
  | number
  | boolean
  | null
  | readonly Stored[]
  | { readonly [name: string]: Stored | undefined };

/** Absent and null fields are left out: they cost bytes, and a sparse index needs its keys to be absent. */
export const toItem = (fields: { readonly [name: string]: Stored | undefined }): Item => {
  const item: Item = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) item[name] = toAttribute(value);
  }
  return item;
};

const toAttribute = (value: Stored): AttributeValue => {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isList(value)) return { L: value.map(toAttribute) };
  return { M: toItem(value) };
};

const isList = (
  value: readonly Stored[] | { readonly [name: string]: Stored | undefined },
): value is readonly Stored[] => Array.isArray(value);

/** The plain form of an item, to be parsed by the schema of its kind. */
export const fromItem = (item: Item): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]));

const fromAttribute = (value: AttributeValue): unknown => {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.M !== undefined) return fromItem(value.M);
  return null;
};

/** Size as DynamoDB bills it, in bytes: names and values in UTF-8, and its overhead for lists and maps. */
export const itemSize = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + attributeSize(value),
    0,
  );

const attributeSize = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // One byte for every two significant digits, and one more.
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]|^0+|0+$/g, '').length / 2) + 1;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, entry) => sum + 1 + attributeSize(entry), 0);
  if (value.M !== undefined) {
    return (
      3 +
      Object.entries(value.M).reduce(
        (sum, [name, entry]) => sum + 1 + Buffer.byteLength(name) + attributeSize(entry),
        0,
      )
    );
  }
  return 1;
};
