/** What a function that writes transitions needs, so that who wants to be told of them is. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Telling } from '../cancellation/apply.ts';
import type { Instant } from '../domain/ids.ts';
import { noticeSender } from '../queue/notices.ts';
import { endpointReads } from '../store/endpoint-reads.ts';
import { subscriptions } from './subscriptions.ts';

export const telling = (
  dynamoDB: DynamoDBClient,
  tableName: string,
  sqs: SQSClient,
  now: () => Instant,
): Telling => {
  const send = noticeSender(sqs);
  return {
    isWanted: subscriptions({ endpoints: endpointReads(dynamoDB, tableName), now }),
    sendHint: (tenant, id) => send({ kind: 'tell', tenant, id }, 0),
  };
};
