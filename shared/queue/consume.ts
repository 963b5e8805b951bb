/** Turns a handler of one hint into the Lambda handler of a queue. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { errorFields, type Log, logWith } from '../log.ts';
import { type HintMessage, parseHint } from './hints.ts';

export interface Receipt {
  /** How often SQS has handed this message out, this time included. Over 1 means a crash before. */
  readonly receives: number;
  readonly remainingMs: () => number;
  readonly log: Log;
}

type HandleHint = (hint: HintMessage, receipt: Receipt) => Promise<void>;

/**
 * The answer always names its failures, because an answer that is missing tells Lambda that the whole batch succeeded.
 * A body that is no hint is a permanent failure: it is logged and dropped, not returned, so it cannot poison its batch.
 * Only what was thrown comes back to the queue.
 */
export const consumeHints =
  (handle: HandleHint) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const log = logWith({ function: 'dispatch', request_id: context.awsRequestId });
    const started = performance.now();
    const failed = await Promise.all(event.Records.map((record) => consumeOne(record, handle, context, log)));
    const batchItemFailures = failed
      .filter((id) => id !== null)
      .map((itemIdentifier) => ({ itemIdentifier }));
    log(batchItemFailures.length === 0 ? 'info' : 'error', 'consumed', {
      records: event.Records.length,
      failures: batchItemFailures.length,
      ms: Math.round(performance.now() - started),
    });
    return { batchItemFailures };
  };

/** @returns the message's id if it must come back */
const consumeOne = async (
  record: SQSRecord,
  handle: HandleHint,
  context: Context,
  log: Log,
): Promise<string | null> => {
  const hint = parseHint(record.body);
  if (hint === null) {
    log('error', 'hint.malformed', { message_id: record.messageId });
    return null;
  }
  const receives = Number(record.attributes.ApproximateReceiveCount);
  try {
    await handle(hint, { receives, remainingMs: () => context.getRemainingTimeInMillis(), log });
    return null;
  } catch (error) {
    log('error', 'hint.failed', { id: hint.id, tenant: hint.tenant, receives, ...errorFields(error) });
    return record.messageId;
  }
};
