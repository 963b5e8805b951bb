/** Hints on SQS: "look at this one". Any may be lost, doubled, late or reordered, and the outcome is the same. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { namePattern, type RequestId, requestIdPattern, type Tenant } from '../domain/ids.ts';
import { type HintCause, hintCauses } from '../domain/transition.ts';
import { queueUrlName, required } from '../environment.ts';
import { jsonIn, sendMessage } from './messages.ts';

export interface HintMessage {
  readonly tenant: Tenant;
  readonly id: RequestId;
  readonly version: number;
  readonly cause: HintCause;
  /** Calls are reserved for whoever takes this hint. */
  readonly permit?: true | undefined;
}

/** @param delayMs rounded up to whole seconds, so that nothing is early */
export type SendHint = (provider: string, hint: HintMessage, delayMs: number) => Promise<void>;

/**
 * A `new` hint may allow a call without a look, at its first receipt. In the queue twice, it would allow two: it is sent
 * once, and one that is lost is left to the sweep.
 * @param once a client that repeats no call
 */
export const hintSender =
  (client: SQSClient, once: SQSClient): SendHint =>
  (provider, hint, delayMs) =>
    sendMessage(hint.cause === 'new' ? once : client, required(queueUrlName(provider)), hint, delayMs);

/** @returns null for a body that no hint sender wrote */
export const parseHint = (body: string): HintMessage | null => {
  const parsed = hintSchema.safeParse(jsonIn(body));
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
