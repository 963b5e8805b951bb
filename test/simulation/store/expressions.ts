/** The expressions that the store writes, parsed and applied as DynamoDB does. Anything else is refused aloud. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/store/attributes.ts';

export type Names = Readonly<Record<string, string>> | undefined;
export type Values = Readonly<Record<string, AttributeValue>> | undefined;

export type Comparison = '=' | '<' | '<=' | '>' | '>=';
export type Condition =
  | { readonly type: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly type: 'exists' | 'not_exists'; readonly name: string }
  | {
      readonly type: 'compare';
      readonly name: string;
      readonly comparison: Comparison;
      readonly value: string;
    };

export interface Update {
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly remove: readonly string[];
}

/** An expression that this parser does not know: the store has learnt something that this table has not. */
export class UnknownExpression extends Error {
  override readonly name = 'UnknownExpression';
}

const conditions = new Map<string, Condition>();
const updates = new Map<string, Update>();

export const parseCondition = (text: string): Condition => {
  const known = conditions.get(text);
  if (known !== undefined) return known;
  const reader = readerOf(text);
  const parsed = disjunction(reader);
  if (reader.peek() !== undefined) throw new UnknownExpression(text);
  conditions.set(text, parsed);
  return parsed;
};

export const parseUpdate = (text: string): Update => {
  const known = updates.get(text);
  if (known !== undefined) return known;
  const reader = readerOf(text);
  const set: { name: string; value: string }[] = [];
  const remove: string[] = [];
  while (reader.peek() !== undefined) {
    const clause = reader.next();
    do {
      if (clause === 'SET') {
        const name = attributeName(reader);
        reader.expect('=');
        set.push({ name, value: placeholder(reader) });
      } else if (clause === 'REMOVE') remove.push(attributeName(reader));
      else throw new UnknownExpression(text);
    } while (reader.take(','));
  }
  const parsed = { set, remove };
  updates.set(text, parsed);
  return parsed;
};

export const holds = (
  condition: Condition,
  item: Item | undefined,
  names: Names,
  values: Values,
): boolean => {
  switch (condition.type) {
    case 'and':
      return holds(condition.left, item, names, values) && holds(condition.right, item, names, values);
    case 'or':
      return holds(condition.left, item, names, values) || holds(condition.right, item, names, values);
    case 'exists':
      return item?.[attributeNamed(condition.name, names)] !== undefined;
    case 'not_exists':
      return item?.[attributeNamed(condition.name, names)] === undefined;
    case 'compare':
      return compare(
        item?.[attributeNamed(condition.name, names)],
        condition.comparison,
        valueGiven(condition.value, values),
      );
  }
};

/** A name as it stands, or what its placeholder stands for. */
export const attributeNamed = (name: string, names: Names): string => {
  if (!name.startsWith('#')) return name;
  const resolved = names?.[name];
  if (resolved === undefined) throw new UnknownExpression(`${name} is not among the names`);
  return resolved;
};

export const valueGiven = (placeholder: string, values: Values): AttributeValue => {
  const value = values?.[placeholder];
  if (value === undefined) throw new UnknownExpression(`${placeholder} is not among the values`);
  return value;
};

/** What is absent, or of another type, compares with nothing. */
export const compare = (
  stored: AttributeValue | undefined,
  comparison: Comparison,
  given: AttributeValue,
): boolean => {
  if (stored === undefined) return false;
  if (stored.N !== undefined && given.N !== undefined) {
    return ordered(Number(stored.N) - Number(given.N), comparison);
  }
  if (stored.S !== undefined && given.S !== undefined) {
    return ordered(stored.S < given.S ? -1 : stored.S > given.S ? 1 : 0, comparison);
  }
  if (comparison === '=' && stored.BOOL !== undefined && given.BOOL !== undefined) {
    return stored.BOOL === given.BOOL;
  }
  return false;
};

const ordered = (difference: number, comparison: Comparison): boolean => {
  switch (comparison) {
    case '=':
      return difference === 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
};

/** Placeholders that an expression uses. DynamoDB refuses a request that names others. */
export const placeholdersIn = (text: string): readonly string[] => text.match(/[#:]\w+/g) ?? [];

interface Reader {
  readonly text: string;
  peek(): string | undefined;
  next(): string;
  take(token: string): boolean;
  expect(token: string): void;
}

const readerOf = (text: string): Reader => {
  const tokens = text.match(/[#:]?\w+|<=|>=|[=<>(),]|\S/g) ?? [];
  let at = 0;
  const reader: Reader = {
    text,
    peek: () => tokens[at],
    next() {
      const token = tokens[at];
      if (token === undefined) throw new UnknownExpression(text);
      at += 1;
      return token;
    },
    take(token) {
      if (tokens[at] !== token) return false;
      at += 1;
      return true;
    },
    expect(token) {
      if (!reader.take(token)) throw new UnknownExpression(text);
    },
  };
  return reader;
};

const disjunction = (reader: Reader): Condition => {
  let left = conjunction(reader);
  while (reader.take('OR')) left = { type: 'or', left, right: conjunction(reader) };
  return left;
};

const conjunction = (reader: Reader): Condition => {
  let left = term(reader);
  while (reader.take('AND')) left = { type: 'and', left, right: term(reader) };
  return left;
};

const term = (reader: Reader): Condition => {
  if (reader.take('(')) {
    const inner = disjunction(reader);
    reader.expect(')');
    return inner;
  }
  const isPresence = reader.peek() === 'attribute_exists' || reader.peek() === 'attribute_not_exists';
  if (isPresence) {
    const type = reader.next() === 'attribute_exists' ? 'exists' : 'not_exists';
    reader.expect('(');
    const name = attributeName(reader);
    reader.expect(')');
    return { type, name };
  }
  const name = attributeName(reader);
  const comparison = comparisons.find((known) => known === reader.peek());
  if (comparison === undefined) throw new UnknownExpression(reader.text);
  reader.next();
  return { type: 'compare', name, comparison, value: placeholder(reader) };
};

const comparisons: readonly Comparison[] = ['=', '<', '<=', '>', '>='];
const words = new Set(['AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'SET', 'REMOVE', 'ADD', 'DELETE', 'size']);

const attributeName = (reader: Reader): string => {
  const name = reader.next();
  if (!/^#?\w+$/.test(name) || words.has(name)) throw new UnknownExpression(reader.text);
  return name;
};

const placeholder = (reader: Reader): string => {
  const value = reader.next();
  if (!value.startsWith(':')) throw new UnknownExpression(reader.text);
  return value;
};
