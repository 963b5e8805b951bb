/**
 * Messages on SQS: JSON, sent now or after a while. The trace that a message belongs to travels beside the body, as
 * attributes: so a message without is as good, and a function of another version takes both.
 */
import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { traceHeaders } from '../trace/outgoing.ts';

/** SQS refuses more; the embedded one does not, so the clamp is ours. */
const longestDelaySeconds = 900;

/** @param delayMs rounded up to whole seconds, so that nothing is early, and clamped to what SQS allows */
export const sendMessage = async (
  client: SQSClient,
  QueueUrl: string,
  message: object,
  delayMs: number,
): Promise<void> => {
  const delay = Math.min(longestDelaySeconds, Math.max(0, Math.ceil(delayMs / 1000)));
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: JSON.stringify(message),
      MessageAttributes: traceAttributes(),
      ...(delay === 0 ? {} : { DelaySeconds: delay }),
    }),
  );
};

const traceAttributes = (): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(traceHeaders()).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );

/** @returns undefined for what is no JSON */
export const jsonIn = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
