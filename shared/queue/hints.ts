/** Hints on SQS: "look at this one". Any may be lost, doubled, late or reordered, and the outcome is the same. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { namePattern, type RequestId, requestIdPattern, type Tenant } from '../domain/ids.ts';
import { type HintCause, hintCauses } from '../domain/transition.ts';
import { queueUrlName, required } from '../environment.ts';

export interface HintMessage {
  readonly tenant: Tenant;
  readonly id: RequestId;
  readonly version: number;
  readonly cause: HintCause;
  /** Calls are reserved for whoever takes this hint. */
  readonly permit?: true | undefined;
}

/** SQS refuses more; the embedded one does not, so the clamp is ours. */
const longestDelaySeconds = 900;

/** @param delayMs rounded up to whole seconds, so that nothing is early */
export type SendHint = (provider: string, hint: HintMessage, delayMs: number) => Promise<void>;

export const hintSender =
  (client: SQSClient): SendHint =>
  async (provider, hint, delayMs) => {
    const delay = Math.min(longestDelaySeconds, Math.max(0, Math.ceil(delayMs / 1000)));
    await client.send(
      new SendMessageCommand({
        QueueUrl: required(queueUrlName(provider)),
        MessageBody: JSON.stringify(hint),
        ...(delay === 0 ? {} : { DelaySeconds: delay }),
      }),
    );
  };

/** @returns null for a body that no hint sender wrote */
export const parseHint = (body: string): HintMessage | null => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const parsed = hintSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
};

const hintSchema = z.strictObject({
  tenant: z.pipe(
    z.string().check(z.regex(namePattern)),
    z.transform((text: string) => text as Tenant),
  ),
  id: z.pipe(
    z.string().check(z.regex(requestIdPattern)),
    z.transform((text: string) => text as RequestId),
  ),
  version: z.number().check(z.int(), z.minimum(1)),
  cause: z.enum(hintCauses),
  permit: z.optional(z.literal(true)),
});
