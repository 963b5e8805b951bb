/** The table in memory answers as a wire-compatible server does, whatever commands it is given in whatever order. */
import { readdir, readFile } from 'node:fs/promises';
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item } from '../../../shared/store/attributes.ts';
import { startTestDynamoDB, tableName } from '../../integration/support/dynamodb.ts';
import { parseCondition, parseUpdate, UnknownExpression } from './expressions.ts';
import { MemoryDynamoDB, Refused } from './memory-dynamodb.ts';

let server: Awaited<ReturnType<typeof startTestDynamoDB>>;
beforeAll(async () => {
  server = await startTestDynamoDB();
});
afterAll(() => server.close());

/** One command, made anew for each run with keys of its own. */
type Make = (run: string) => Command;
type Command = GetItemCommand | PutItemCommand | UpdateItemCommand | DeleteItemCommand | QueryCommand;

const names = [
  'v',
  'ttl',
  'alias',
  'uid',
  'trips',
  'paused_until',
  'untold',
  'revision',
  'deleting',
] as const;
const text = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });

const keyOf = (run: string, key: number): Item => ({ pk: text(`r#${run}#${key}`), sk: text('hot') });
const key = fc.integer({ min: 0, max: 3 });
const small = fc.integer({ min: 0, max: 3 });
const name = fc.constantFrom(...names);
/** Some names are words of DynamoDB's own, and must be written with a placeholder. */
const plainName = fc.constantFrom('paused_until', 'revision', 'trips', 'untold');

interface Given {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** Every condition that the store writes, with small values: so that they hold about as often as not. */
const condition: fc.Arbitrary<Given> = fc.oneof(
  fc.tuple(name, small).map(([at, value]) => ({
    ConditionExpression: '#a = :a',
    ExpressionAttributeNames: { '#a': at },
    ExpressionAttributeValues: { ':a': number(value) },
  })),
  fc.tuple(name, name, small).map(([first, second, value]) => ({
    ConditionExpression: 'attribute_not_exists(#a) OR #b < :b',
    ExpressionAttributeNames: { '#a': first, '#b': second },
    ExpressionAttributeValues: { ':b': number(value) },
  })),
  fc.tuple(name, plainName, small, small).map(([first, second, one, two]) => ({
    ConditionExpression: `attribute_not_exists(#k) OR #a = :a OR ${second} < :b`,
    ExpressionAttributeNames: { '#k': 'pk', '#a': first },
    ExpressionAttributeValues: { ':a': number(one), ':b': number(two) },
  })),
  fc.tuple(name, plainName, small, small).map(([first, second, one, two]) => ({
    ConditionExpression: `#a = :a AND attribute_not_exists(deleting) AND (attribute_not_exists(${second}) OR ${second} < :b)`,
    ExpressionAttributeNames: { '#a': first },
    ExpressionAttributeValues: { ':a': number(one), ':b': number(two) },
  })),
  name.map((at) => ({
    ConditionExpression: 'attribute_exists(#a)',
    ExpressionAttributeNames: { '#a': at },
  })),
);
const perhaps = fc.option(condition, { nil: {}, freq: 2 });

const fields = fc.dictionary(fc.constantFrom(...names), small, { maxKeys: 4 });
/** In no index, in one of them, or in both. */
const places = fc.record(
  {
    shard: fc.constantFrom('open#0', 'failed'),
    wake: small,
    list: fc.constantFrom('alpha', 'beta'),
    created: small,
  },
  { requiredKeys: [] },
);

const put: fc.Arbitrary<Make> = fc
  .tuple(key, fields, places, perhaps)
  .map(([at, values, place, given]) => (run) => {
    const { shard, wake, list, created } = place;
    return new PutItemCommand({
      TableName: tableName,
      Item: {
        ...keyOf(run, at),
        ...Object.fromEntries(Object.entries(values).map(([attribute, value]) => [attribute, number(value)])),
        ...(shard !== undefined && { shard: text(`${run}${shard}`) }),
        ...(wake !== undefined && { wake: number(wake) }),
        ...(list !== undefined && { list: text(`${run}${list}`) }),
        ...(created !== undefined && { created: text(`t${created}`) }),
      },
      ...given,
    });
  });
const update: fc.Arbitrary<Make> = fc
  .tuple(key, plainName, plainName, small, condition, fc.constantFrom('set', 'remove', 'both', 'wake'))
  .filter(([, first, second]) => first !== second)
  .map(([at, first, second, value, { ExpressionAttributeValues: others, ...given }, how]) => (run) => {
    const expressions = {
      set: { UpdateExpression: `SET ${first} = :new, ${second} = :new`, uses: true },
      remove: { UpdateExpression: `REMOVE ${first}, ${second}`, uses: false },
      both: { UpdateExpression: `SET ${first} = :new REMOVE ${second}`, uses: true },
      wake: { UpdateExpression: 'SET wake = :new', uses: true },
    } as const;
    const { UpdateExpression, uses } = expressions[how];
    const values = { ...others, ...(uses && { ':new': number(value) }) };
    return new UpdateItemCommand({
      TableName: tableName,
      Key: keyOf(run, at),
      UpdateExpression,
      ...given,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    });
  });
const remove: fc.Arbitrary<Make> = fc.tuple(key, perhaps).map(
  ([at, given]) =>
    (run) =>
      new DeleteItemCommand({ TableName: tableName, Key: keyOf(run, at), ...given }),
);
const get: fc.Arbitrary<Make> = key.map(
  (at) => (run) => new GetItemCommand({ TableName: tableName, Key: keyOf(run, at), ConsistentRead: true }),
);
const due: fc.Arbitrary<Make> = fc
  .tuple(fc.constantFrom('open#0', 'failed'), fc.option(small), fc.constantFrom(1, 2, 100))
  .map(
    ([shard, until, Limit]) =>
      (run) =>
        new QueryCommand({
          TableName: tableName,
          IndexName: 'due',
          KeyConditionExpression: until === null ? '#shard = :shard' : '#shard = :shard AND #wake <= :until',
          ExpressionAttributeNames: { '#shard': 'shard', ...(until !== null && { '#wake': 'wake' }) },
          ExpressionAttributeValues: {
            ':shard': text(`${run}${shard}`),
            ...(until !== null && { ':until': number(until) }),
          },
          Limit,
        }),
  );
const list: fc.Arbitrary<Make> = fc
  .tuple(fc.constantFrom('alpha', 'beta'), fc.option(small), fc.boolean())
  .map(
    ([tenant, before, newest]) =>
      (run) =>
        new QueryCommand({
          TableName: tableName,
          IndexName: 'by_tenant',
          KeyConditionExpression: before === null ? '#list = :list' : '#list = :list AND #created < :before',
          ExpressionAttributeNames: { '#list': 'list', ...(before !== null && { '#created': 'created' }) },
          ExpressionAttributeValues: {
            ':list': text(`${run}${tenant}`),
            ...(before !== null && { ':before': text(`t${before}`) }),
          },
          ScanIndexForward: !newest,
          Limit: 100,
        }),
  );

interface Answer {
  readonly error?: string;
  readonly Item?: Item | undefined;
  readonly Items?: readonly Item[];
  /** Whether there is a next page. */
  readonly more?: boolean;
}

/** Entries with the same sort key come in no defined order: of a page that may cut through them, the keys are enough. */
const shown = (output: { Item?: Item; Items?: Item[]; LastEvaluatedKey?: Item }, isPart: boolean): Answer => {
  const { Item, Items } = output;
  if (Items === undefined) return Item === undefined ? {} : { Item };
  const sorted = Items.map((item) => JSON.stringify(Object.entries(item).sort())).sort();
  const sortKeys = Items.map((item) => item['wake']?.N ?? item['created']?.S ?? '');
  return {
    Items: isPart ? [] : sorted.map((item) => Object.fromEntries(JSON.parse(item))),
    ...{ sortKeys },
    more: output.LastEvaluatedKey !== undefined,
  };
};

const askServer = async (client: DynamoDBClient, command: Command): Promise<object> => {
  if (command instanceof GetItemCommand) return client.send(command);
  if (command instanceof PutItemCommand) return client.send(command);
  if (command instanceof UpdateItemCommand) return client.send(command);
  if (command instanceof DeleteItemCommand) return client.send(command);
  return client.send(command);
};

const answerOf = async (command: Command, ask: () => object | Promise<object>): Promise<Answer> => {
  try {
    const isPart = command instanceof QueryCommand && (command.input.Limit ?? 100) < 100;
    return shown(await ask(), isPart);
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) };
  }
};

test('random commands come out the same in memory and on the wire', async () => {
  let run = 0;
  const refused = { count: 0, of: 0 };
  const commands = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: put },
      { weight: 4, arbitrary: update },
      { weight: 1, arbitrary: remove },
      { weight: 2, arbitrary: get },
      { weight: 2, arbitrary: due },
      { weight: 1, arbitrary: list },
    ),
    { minLength: 5, maxLength: 25, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (made) => {
      run += 1;
      const memory = new MemoryDynamoDB();
      for (const make of made) {
        const command = make(`run${run}`);
        const here = await answerOf(command, () => memory.execute(command));
        const there = await answerOf(command, () => askServer(server.client, command));
        expect(here).toEqual(there);
        refused.of += 1;
        if (here.error === 'ConditionalCheckFailedException') refused.count += 1;
      }
    }),
    { numRuns: 120 },
  );
  // Neither always nor never: else the conditions were not tried.
  expect(refused.count / refused.of).toBeGreaterThan(0.1);
  expect(refused.count / refused.of).toBeLessThan(0.6);
}, 120_000);

describe('what the store does not send is refused aloud', () => {
  const memory = new MemoryDynamoDB();
  const Key = keyOf('refused', 1);
  test.each([
    [
      'a name that nobody uses',
      {
        ConditionExpression: '#v = :v',
        ExpressionAttributeNames: { '#v': 'v', '#w': 'w' },
        ExpressionAttributeValues: { ':v': number(1) },
      },
      Refused,
    ],
    ['a value that is missing', { ConditionExpression: 'v = :v' }, Refused],
    [
      'a function that is not known',
      { ConditionExpression: 'begins_with(v, :v)', ExpressionAttributeValues: { ':v': text('x') } },
      UnknownExpression,
    ],
    ['an option that is not known', { ReturnValues: 'ALL_OLD' as const }, Refused],
  ])('%s', (_name, given, error) => {
    expect(() => memory.execute(new DeleteItemCommand({ TableName: tableName, Key, ...given }))).toThrow(
      error,
    );
  });
  test('a number that is none, and a query of no index', () => {
    const Item = { ...Key, shard: text('open#0'), wake: { N: 'NaN' } };
    expect(() => memory.execute(new PutItemCommand({ TableName: tableName, Item }))).toThrow(Refused);
    expect(() => memory.execute(new QueryCommand({ TableName: tableName }))).toThrow(Refused);
  });
});

test('every expression in the store is one that is understood here', async () => {
  const folder = new URL('../../../shared/store/', import.meta.url);
  const sources = await Promise.all(
    (await readdir(folder))
      // What tells endpoints of events has no part in the runs.
      .filter((file) => !/deliver|replay|endpoint/.test(file))
      .map((file) => readFile(new URL(file, folder), 'utf8')),
  );
  const written = sources.flatMap((source) => [
    ...source.matchAll(/(Condition|KeyCondition|Update)Expression:\s*'([^']+)'/g),
  ]);
  const apart = written.map(([, kind, expression = '']) =>
    kind === 'Update' ? parseUpdate(expression) : parseCondition(expression),
  );
  expect(apart.length).toBeGreaterThan(10);
});
