/** Messages on SQS: JSON, sent now or after a while. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

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
      ...(delay === 0 ? {} : { DelaySeconds: delay }),
    }),
  );
};

/** @returns undefined for what is no JSON */
export const jsonIn = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
