/** Entry of the sweep function, run by the schedule. Its report is one line that CloudWatch also reads as metrics. */
import type { Context } from 'aws-lambda';
import { dynamoDBClient, sqsClient, sqsOnceClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { logWith } from '../../shared/log.ts';
import { metricFields } from '../../shared/metrics.ts';
import { telling } from '../../shared/notify/telling.ts';
import { policyOf } from '../../shared/policy.ts';
import { hintSender } from '../../shared/queue/hints.ts';
import { noticeSender } from '../../shared/queue/notices.ts';
import { readSetting } from '../../shared/settings.ts';
import { dueDeliveryStore } from '../../shared/store/due-deliveries.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { sweep } from './sweep.ts';
import { sweepDeliveries } from './sweep-deliveries.ts';

const dynamoDB = dynamoDBClient();
const sqs = sqsClient();
const tableName = required(environmentNames.table);
const now = () => Date.now() as Instant;

const ports = {
  requests: requestStore(dynamoDB, tableName, readSetting(process.env, 'RETENTION_DAYS')),
  sendHint: hintSender(sqs, sqsOnceClient()),
  telling: telling(dynamoDB, tableName, sqs, now),
  policy: policyOf(process.env),
  now,
  dice: Math.random,
};

/** Kept for the deliveries. */
const deliveriesMs = 15_000;

const deliveryPorts = {
  dueDeliveries: dueDeliveryStore(dynamoDB, tableName),
  sendNotice: noticeSender(sqs),
  recoveryMs: ports.policy.recoveryMs,
  now,
};

export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const log = logWith({ function: 'sweep', request_id: context.awsRequestId });
  const remainingMs = () => context.getRemainingTimeInMillis();
  try {
    const report = await sweep({ ...ports, log, remainingMs: () => remainingMs() - deliveriesMs });
    const { failed, overdue, unconfirmed } = report;
    const values = {
      FailedCancellations: failed,
      OverdueCancellations: overdue,
      UnconfirmedCancellations: unconfirmed,
    };
    log('info', 'swept', { ...report, ...metricFields(values, context.functionName, ports.now()) });
  } finally {
    // Last: what is told can wait, what is cancelled cannot. Yet a backlog of the one does not stop the other.
    const deliveries = await sweepDeliveries({ ...deliveryPorts, log, remainingMs });
    log('info', 'swept_deliveries', { ...deliveries });
  }
};
