/**
 * The same calls to DynamoDB and SQS without Rescind around them: what this machine can do at most. The same clients, the
 * same items, through the same embedded servers.
 */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { localAws } from '../../../infra/local/local-aws.ts';
import type { Item } from '../../../shared/store/attributes.ts';
import { table } from '../../../shared/store/table.ts';

/** Stands in every key and queue of the loop, so that its calls are told from the stack's. */
export const bareMark = 'bare-loop';

/** Calls for each cancellation. Fractions: one receive brings several messages. */
export const callMix = z.object({
  gets: z.number(),
  puts: z.number(),
  sends: z.number(),
  receives: z.number(),
  deletes: z.number(),
});
export type CallMix = z.output<typeof callMix>;

export interface BareLoop {
  /** One after the other, as one cancellation makes them. */
  cycle(mix: CallMix): Promise<void>;
}

/** What a POST makes once its key is remembered: the account, whether anybody is told, the item, the hint. */
export const acceptMix: CallMix = { gets: 2, puts: 1, sends: 1, receives: 0, deletes: 0 };

export const bareLoopSetup = z.object({
  dynamodb: z.string(),
  sqs: z.string(),
  tableName: z.string(),
  tenant: z.string(),
  /** Of a cancellation that is accepted: its item is the one that is written again and again. */
  requestId: z.string(),
});

export const openBareLoop = async ({
  dynamodb: dynamodbEndpoint,
  sqs: sqsEndpoint,
  tableName: TableName,
  tenant,
  requestId,
}: z.output<typeof bareLoopSetup>): Promise<BareLoop> => {
  const { region, credentials } = localAws;
  const dynamodb = new DynamoDBClient({ endpoint: dynamodbEndpoint, region, credentials });
  const sqs = new SQSClient({ endpoint: sqsEndpoint, region, credentials });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: bareMark }));
  // What nobody receives would pile up, and each receive of the other mix bring more than the stack's do.
  const unread = await sqs.send(new CreateQueueCommand({ QueueName: `${bareMark}-unread` }));
  const key = (pk: string): Item => ({
    [table.partitionKey]: { S: pk },
    [table.sortKey]: { S: 'hot' },
  });
  const { Item: real } = await dynamodb.send(
    new GetItemCommand({ TableName, Key: key(`r#${tenant}#${requestId}`), ConsistentRead: true }),
  );
  if (real === undefined) throw new Error(`there is no item of ${requestId}`);
  let written = 0;
  /** In both indexes, as one that is queued. */
  const itemFor = (pk: string): Item => ({
    ...real,
    ...key(pk),
    [table.byTenant.partitionKey]: { S: bareMark },
    [table.byTenant.sortKey]: { S: `${new Date().toISOString()}#${pk}` },
    [table.due.partitionKey]: { S: `${bareMark}#${written % 4}` },
    [table.due.sortKey]: { N: String(Date.now() + 60_000) },
  });
  const hint = JSON.stringify({ tenant, id: requestId, version: 1, cause: 'new' });

  const put = async (): Promise<string> => {
    written += 1;
    const pk = `r#${bareMark}#${process.hrtime.bigint()}-${written}`;
    await dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: itemFor(pk),
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': table.partitionKey },
      }),
    );
    return pk;
  };
  const receiveAndDelete = async (deletes: boolean): Promise<void> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (!deletes || Messages.length === 0) return;
    const Entries = Messages.map(({ ReceiptHandle = '' }, n) => ({ Id: String(n), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  };

  const owed = { gets: 0, puts: 0, sends: 0, receives: 0, deletes: 0 };
  /** How often an operation comes now, so that in the sum there are as many as the mix says. */
  const due = (name: keyof CallMix, mix: CallMix): number => {
    owed[name] += mix[name];
    const whole = Math.floor(owed[name]);
    owed[name] -= whole;
    return whole;
  };
  let last = await put();
  return {
    async cycle(mix) {
      for (let n = due('gets', mix); n > 0; n -= 1)
        await dynamodb.send(new GetItemCommand({ TableName, Key: key(last), ConsistentRead: true }));
      for (let n = due('puts', mix); n > 0; n -= 1) last = await put();
      for (let n = due('sends', mix); n > 0; n -= 1)
        await sqs.send(
          new SendMessageCommand({
            QueueUrl: mix.receives > 0 ? QueueUrl : unread.QueueUrl,
            MessageBody: hint,
          }),
        );
      const deletes = due('deletes', mix);
      for (let n = due('receives', mix); n > 0; n -= 1) await receiveAndDelete(n <= deletes);
    },
  };
};
