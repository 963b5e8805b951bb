/**
 * The project's table in memory, behind the commands of the real client: just what the store sends, and everything else is
 * refused aloud. `memory-dynamodb.test.ts` compares it with a wire-compatible server.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/store/attributes.ts';
import { table } from '../../../shared/store/table.ts';
import {
  attributeNamed,
  type Condition,
  compare,
  holds,
  parseCondition,
  parseUpdate,
  placeholdersIn,
  valueGiven,
} from './expressions.ts';

export interface Written {
  readonly key: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

interface MemoryOptions {
  readonly written?: (written: Written) => void;
  /** Called for each change of an index; whoever delays it makes the index lag, as a real one may. */
  readonly index?: (apply: () => void) => void;
}

const indexes = {
  [table.byTenant.index]: table.byTenant,
  [table.due.index]: table.due,
} as const;
type IndexName = keyof typeof indexes;
const indexNames: readonly IndexName[] = [table.byTenant.index, table.due.index];

/** What the real client would not have sent, or the real server not have taken. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export class MemoryDynamoDB {
  readonly items = new Map<string, Item>();
  readonly #entries: Readonly<Record<IndexName, Map<string, Item>>> = {
    [table.byTenant.index]: new Map(),
    [table.due.index]: new Map(),
  };
  readonly #options: MemoryOptions;

  constructor(options: MemoryOptions = {}) {
    this.#options = options;
  }

  /** @throws ConditionalCheckFailedException as the real client does; Refused and UnknownExpression for a mistake */
  execute(command: object): object {
    if (command instanceof GetItemCommand) {
      const { Key } = only(command.input, ['TableName', 'Key', 'ConsistentRead']);
      const item = this.items.get(keyOf(Key));
      return item === undefined ? {} : { Item: { ...item } };
    }
    if (command instanceof PutItemCommand) return this.#put(command.input);
    if (command instanceof UpdateItemCommand) return this.#update(command.input);
    if (command instanceof DeleteItemCommand) return this.#delete(command.input);
    if (command instanceof QueryCommand) return this.#query(command.input);
    throw new Refused(command.constructor.name);
  }

  #put(given: PutItemCommand['input']): object {
    const input = only(given, ['TableName', 'Item', ...conditional]);
    allUsed(input, input.ConditionExpression);
    const key = keyOf(input.Item);
    const before = this.items.get(key);
    check(input, before);
    this.#write(key, before, checked({ ...input.Item }));
    return {};
  }

  #update(given: UpdateItemCommand['input']): object {
    const input = only(given, ['TableName', 'Key', 'UpdateExpression', ...conditional]);
    const text = input.UpdateExpression ?? '';
    allUsed(input, text, input.ConditionExpression);
    const key = keyOf(input.Key);
    const before = this.items.get(key);
    check(input, before);
    const after: Item = { ...(before ?? input.Key) };
    const { set, remove } = parseUpdate(text);
    for (const { name, value } of set) {
      after[named(name, input.ExpressionAttributeNames)] = valueGiven(value, input.ExpressionAttributeValues);
    }
    for (const name of remove) delete after[named(name, input.ExpressionAttributeNames)];
    this.#write(key, before, checked(after));
    return {};
  }

  #delete(given: DeleteItemCommand['input']): object {
    const input = only(given, ['TableName', 'Key', ...conditional]);
    allUsed(input, input.ConditionExpression);
    const key = keyOf(input.Key);
    const before = this.items.get(key);
    check(input, before);
    this.#write(key, before, undefined);
    return {};
  }

  #write(key: string, before: Item | undefined, after: Item | undefined): void {
    if (after === undefined) this.items.delete(key);
    else this.items.set(key, after);
    for (const name of indexNames) {
      const entries = this.#entries[name];
      // Late or not, it shows what then is so: an index never goes back.
      const apply = () => {
        const item = this.items.get(key);
        const projected = item && projection(indexes[name], item);
        if (projected === undefined) entries.delete(key);
        else entries.set(key, projected);
      };
      const changes = !same(entries.get(key), after && projection(indexes[name], after));
      if (changes && this.#options.index !== undefined) this.#options.index(apply);
      else if (changes) apply();
    }
    this.#options.written?.({ key, before, after });
  }

  #query(given: QueryCommandInput): object {
    const input = only(given, [
      'TableName',
      'IndexName',
      'KeyConditionExpression',
      'ExpressionAttributeNames',
      'ExpressionAttributeValues',
      'ScanIndexForward',
      'Limit',
      'ExclusiveStartKey',
    ]);
    const name = indexNames.find((known) => known === input.IndexName);
    if (name === undefined) throw new Refused(`no index ${input.IndexName}`);
    const text = input.KeyConditionExpression ?? '';
    allUsed(input, text);
    const condition = parseCondition(text);
    checkKeyCondition(condition, name, input);
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const { sortKey } = indexes[name];
    const order = (a: Item, b: Item): number => direction * compareEntries(sortKey, a, b);
    const start = input.ExclusiveStartKey;
    const found = [...this.#entries[name].values()]
      .filter((entry) =>
        holds(condition, entry, input.ExpressionAttributeNames, input.ExpressionAttributeValues),
      )
      .sort(order)
      .filter((entry) => start === undefined || order(entry, start) > 0);
    const limit = input.Limit ?? Number.POSITIVE_INFINITY;
    const Items = found.slice(0, limit).map((entry) => ({ ...entry }));
    const last = Items.at(-1);
    // As the real one: a page that is full has a next one, even if this will be empty.
    return {
      Items,
      Count: Items.length,
      ...(last !== undefined && Items.length === limit && { LastEvaluatedKey: { ...last } }),
    };
  }
}

const conditional = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'] as const;

const only = <T extends object>(input: T, known: readonly string[]): T => {
  for (const name of Object.keys(input)) {
    if (!known.includes(name)) throw new Refused(`a request with ${name}`);
  }
  return input;
};

interface Expressions {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

const check = (input: Expressions, before: Item | undefined): void => {
  if (input.ConditionExpression === undefined) return;
  const condition = parseCondition(input.ConditionExpression);
  if (holds(condition, before, input.ExpressionAttributeNames, input.ExpressionAttributeValues)) return;
  throw new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
  });
};

/** The real server refuses names and values that no expression uses, and an empty list of them. */
const allUsed = (input: Expressions, ...texts: readonly (string | undefined)[]): void => {
  const used = new Set(texts.flatMap((text) => (text === undefined ? [] : placeholders(text))));
  const given = [
    ...Object.keys(input.ExpressionAttributeNames ?? {}),
    ...Object.keys(input.ExpressionAttributeValues ?? {}),
  ];
  if (given.length !== used.size || given.some((name) => !used.has(name))) {
    throw new Refused(`names and values other than those of ${texts.join(' and ')}`);
  }
  const isEmpty = (values: object | undefined) => values !== undefined && Object.keys(values).length === 0;
  if (isEmpty(input.ExpressionAttributeNames) || isEmpty(input.ExpressionAttributeValues)) {
    throw new Refused('an empty list of names or values');
  }
};

const placeholderCache = new Map<string, readonly string[]>();
const placeholders = (text: string): readonly string[] => {
  const known = placeholderCache.get(text) ?? placeholdersIn(text);
  placeholderCache.set(text, known);
  return known;
};

const keyOf = (item: Item | undefined): string => {
  const partition = item?.[table.partitionKey]?.S;
  const sort = item?.[table.sortKey]?.S;
  if (!partition || !sort) throw new Refused('an item without its key');
  return `${partition}\n${sort}`;
};

const named = (name: string, names: Record<string, string> | undefined): string => {
  const resolved = attributeNamed(name, names);
  if (resolved === table.partitionKey || resolved === table.sortKey) throw new Refused('a change of the key');
  return resolved;
};

const numeric = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const indexKeyTypes = [
  [table.byTenant.partitionKey, 'S'],
  [table.byTenant.sortKey, 'S'],
  [table.due.partitionKey, 'S'],
  [table.due.sortKey, 'N'],
] as const;

/** Index keys must be of their type, and numbers must be numbers. */
const checked = (item: Item): Item => {
  for (const [name, type] of indexKeyTypes) {
    const value = item[name];
    if (value !== undefined && !value[type]) throw new Refused(`${name} is no index key`);
  }
  for (const [name, value] of Object.entries(item)) {
    if (value.N !== undefined && !numeric.test(value.N)) throw new Refused(`${name} is not a number`);
  }
  return item;
};

type Index = (typeof indexes)[IndexName];

/** Keys only, and only of items that have both keys of the index. */
const projection = ({ partitionKey, sortKey }: Index, item: Item): Item | undefined => {
  const [partition, sort] = [item[partitionKey], item[sortKey]];
  const [pk, sk] = [item[table.partitionKey], item[table.sortKey]];
  if (partition === undefined || sort === undefined || pk === undefined || sk === undefined) return undefined;
  return { [table.partitionKey]: pk, [table.sortKey]: sk, [partitionKey]: partition, [sortKey]: sort };
};

const same = (a: Item | undefined, b: Item | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  return Object.entries(b).every(([name, value]) => a[name]?.S === value.S && a[name]?.N === value.N);
};

const compareEntries = (sortKey: string, a: Item, b: Item): number =>
  compareValues(a[sortKey], b[sortKey]) ||
  compareValues(a[table.partitionKey], b[table.partitionKey]) ||
  compareValues(a[table.sortKey], b[table.sortKey]);

const compareValues = (a: AttributeValue | undefined, b: AttributeValue | undefined): number => {
  if (a === undefined || b === undefined) return 0;
  return compare(a, '<', b) ? -1 : compare(a, '=', b) ? 0 : 1;
};

/** The partition key must equal something; the sort key may be bounded. */
const checkKeyCondition = (condition: Condition, name: IndexName, input: QueryCommandInput): void => {
  const { partitionKey, sortKey } = indexes[name];
  const parts = condition.type === 'and' ? [condition.left, condition.right] : [condition];
  const [first, second] = parts.map((part) =>
    part.type === 'compare'
      ? { attribute: attributeNamed(part.name, input.ExpressionAttributeNames), comparison: part.comparison }
      : null,
  );
  const isPartition = first?.attribute === partitionKey && first.comparison === '=';
  if (!isPartition || (second !== undefined && second?.attribute !== sortKey)) {
    throw new Refused('a key condition that is none');
  }
};
