/** Turns a handler of one message into the Lambda handler of a queue. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Instant } from '../domain/ids.ts';
import { errorFields, type Log, type LogFields, logWith } from '../log.ts';
import { inInvocation, inTrace } from '../trace/invocation.ts';
import { continuedTrace, type Trace } from '../trace/trace.ts';
import { type HintMessage, parseHint } from './hints.ts';
import { type Notice, parseNotice } from './notices.ts';

export interface Receipt {
  /** How often SQS has handed this message out, this time included. Over 1 means a crash before. */
  readonly receives: number;
  readonly remainingMs: () => number;
  readonly log: Log;
}

interface Consumer<Message> {
  /** The function's name, for its log. */
  readonly function: string;
  /** What its messages are called in its log. */
  readonly kind: string;
  /** Null for a body that no sender of these wrote. */
  readonly parse: (body: string) => Message | null;
  /** What the log may say of a message. */
  readonly fields: (message: Message) => LogFields;
}
type Handle<Message> = (message: Message, receipt: Receipt) => Promise<void>;
type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

export const consumeHints = (handle: Handle<HintMessage>): Handler =>
  consume(
    {
      function: 'dispatch',
      kind: 'hint',
      parse: parseHint,
      fields: ({ id, tenant }) => ({ id, tenant }),
    },
    handle,
  );

export const consumeNotices = (handle: Handle<Notice>): Handler =>
  consume(
    {
      function: 'notify',
      kind: 'notice',
      parse: parseNotice,
      fields: ({ kind, tenant }) => ({ kind, tenant }),
    },
    handle,
  );

/**
 * The answer always names its failures, because an answer that is missing tells Lambda that the whole batch succeeded.
 * A body that is no message is a permanent failure: it is logged and dropped, not returned, so it cannot poison its batch.
 * Only what was thrown comes back to the queue.
 */
const consume =
  <Message>(consumer: Consumer<Message>, handle: Handle<Message>): Handler =>
  (event, context) =>
    // Each message goes on with the trace of whoever sent it; the batch has none of its own.
    inInvocation(null, async (counts) => {
      const log = logWith({ function: consumer.function, request_id: context.awsRequestId });
      const started = performance.now();
      const traced = event.Records.map((record) => ({ record, trace: traceOf(record) }));
      const failed = await Promise.all(
        traced.map(({ record, trace }) =>
          inTrace(trace, () => consumeOne(consumer, record, handle, context, log)),
        ),
      );
      const batchItemFailures = failed
        .filter((id) => id !== null)
        .map((itemIdentifier) => ({ itemIdentifier }));
      const [metrics, ...more] = counts.fields(context.functionName, Date.now() as Instant);
      log(batchItemFailures.length === 0 ? 'info' : 'error', 'consumed', {
        records: event.Records.length,
        failures: batchItemFailures.length,
        ms: Math.round(performance.now() - started),
        trace_id: [...new Set(traced.map(({ trace }) => trace.traceId))].join(' '),
        ...metrics,
      });
      // Of a batch from one provider's queue there is nothing more.
      for (const fields of more) log('info', 'metrics', fields);
      return { batchItemFailures };
    });

/** One that was sent before messages had a trace gets one now. */
const traceOf = ({ messageAttributes = {} }: SQSRecord): Trace =>
  continuedTrace(messageAttributes['traceparent']?.stringValue, messageAttributes['tracestate']?.stringValue);

/** @returns the message's id if it must come back */
const consumeOne = async <Message>(
  { kind, parse, fields }: Consumer<Message>,
  record: SQSRecord,
  handle: Handle<Message>,
  context: Context,
  log: Log,
): Promise<string | null> => {
  const message = parse(record.body);
  if (message === null) {
    log('error', `${kind}.malformed`, { message_id: record.messageId });
    return null;
  }
  const receives = Number(record.attributes.ApproximateReceiveCount);
  try {
    await handle(message, { receives, remainingMs: () => context.getRemainingTimeInMillis(), log });
    return null;
  } catch (error) {
    log('error', `${kind}.failed`, { ...fields(message), receives, ...errorFields(error) });
    return record.messageId;
  }
};
