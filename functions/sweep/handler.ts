/** Entry of the sweep function, run by the schedule. Reports in one line that CloudWatch also reads as metrics. */
import type { Context } from 'aws-lambda';
import { dynamoDBClient, sqsClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { logWith } from '../../shared/log.ts';
import { emitMetrics } from '../../shared/metrics.ts';
import { telling } from '../../shared/notify/telling.ts';
import { policyOf } from '../../shared/policy.ts';
import { hintSender } from '../../shared/queue/hints.ts';
import { readSetting } from '../../shared/settings.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { sweep } from './sweep.ts';

const dynamoDB = dynamoDBClient();
const sqs = sqsClient();
const tableName = required(environmentNames.table);
const now = () => Date.now() as Instant;

const ports = {
  requests: requestStore(dynamoDB, tableName, readSetting(process.env, 'RETENTION_DAYS')),
  sendHint: hintSender(sqs),
  telling: telling(dynamoDB, tableName, sqs, now),
  policy: policyOf(process.env),
  now,
  dice: Math.random,
};

export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const log = logWith({ function: 'sweep', request_id: context.awsRequestId });
  const report = await sweep({ ...ports, log, remainingMs: () => context.getRemainingTimeInMillis() });
  const { failed, overdue, ...counts } = report;
  log('info', 'swept', { ...counts, failed, overdue });
  emitMetrics(
    { FailedCancellations: failed, OverdueCancellations: overdue },
    context.functionName,
    ports.now(),
  );
};
