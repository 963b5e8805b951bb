/** Counts what the stack asks of AWS, call by call, while the benchmark runs. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { AwsCall, AwsWatcher } from '../../infra/local/aws-calls.ts';
import type { Item } from '../../shared/store/attributes.ts';
import { table } from '../../shared/store/table.ts';
import { failedConditionUnits, writeUnits } from './write-units.ts';

export interface Counts {
  writes: number;
  writeUnits: number;
  /** GetItem and Query. */
  reads: number;
  /** Half a unit for each 4 KB, twice as much when consistent. */
  readUnits: number;
  sqsSends: number;
  sqsReceives: number;
  /** Receives that brought nothing: the price of waiting, not of a cancellation. */
  sqsEmptyReceives: number;
  sqsDeletes: number;
  secretReads: number;
}

const noCounts = (): Counts => ({
  writes: 0,
  writeUnits: 0,
  reads: 0,
  readUnits: 0,
  sqsSends: 0,
  sqsReceives: 0,
  sqsEmptyReceives: 0,
  sqsDeletes: 0,
  secretReads: 0,
});

interface WriteInput {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
}

/** The images of a write are read by the meter itself; those reads are told by this and not counted. */
const ownRead = { ReturnConsumedCapacity: 'NONE' } as const;

/** @param client to the same embedded server, once it is there */
export const openMeter = (client: () => DynamoDBClient) => {
  let counts = noCounts();
  const befores = new Map<AwsCall, Item | null>();

  const imageOf = async (call: AwsCall): Promise<Item | null> => {
    const { TableName, Item, Key } = call.input as WriteInput;
    const source = Key ?? Item ?? {};
    const keys = [table.partitionKey, table.sortKey].map((name) => [name, source[name]]);
    const read = new GetItemCommand({
      TableName,
      Key: Object.fromEntries(keys) as Item,
      ConsistentRead: true,
      ...ownRead,
    });
    return (await client().send(read)).Item ?? null;
  };

  const countDynamoDB = async (call: AwsCall, status: number): Promise<void> => {
    const input = call.input as { ReturnConsumedCapacity?: string; ConsistentRead?: boolean };
    if (isWrite(call)) {
      const before = befores.get(call) ?? null;
      befores.delete(call);
      // Awaited first: `+=` would read the old sum before the wait, and lose what was added meanwhile.
      const units = status === 200 ? writeUnits(before, await imageOf(call)) : failedConditionUnits(before);
      counts.writes += 1;
      counts.writeUnits += units;
    } else if (input.ReturnConsumedCapacity !== ownRead.ReturnConsumedCapacity) {
      counts.reads += 1;
      counts.readUnits += input.ConsistentRead === true ? 1 : 0.5;
    }
  };

  const countSqs = ({ operation }: AwsCall, output: unknown): void => {
    if (operation === 'SendMessage') counts.sqsSends += 1;
    if (operation === 'DeleteMessage' || operation === 'DeleteMessageBatch') counts.sqsDeletes += 1;
    if (operation === 'ReceiveMessage') {
      const messages = (output as { Messages?: unknown[] } | null)?.Messages ?? [];
      if (messages.length > 0) counts.sqsReceives += 1;
      else counts.sqsEmptyReceives += 1;
    }
  };

  const watcher: AwsWatcher = {
    before: async (call) => {
      if (call.service === 'dynamodb' && isWrite(call)) befores.set(call, await imageOf(call));
    },
    after: async (call, { status, output }) => {
      if (call.service === 'dynamodb') await countDynamoDB(call, status);
      if (call.service === 'sqs') countSqs(call, output);
      if (call.service === 'secretsmanager' && call.operation === 'GetSecretValue') counts.secretReads += 1;
    },
  };
  return {
    watcher,
    /** What was counted since the last call of this. */
    take: (): Counts => {
      const taken = counts;
      counts = noCounts();
      return taken;
    },
  };
};

const isWrite = ({ operation }: AwsCall): boolean =>
  operation === 'PutItem' || operation === 'UpdateItem' || operation === 'DeleteItem';
