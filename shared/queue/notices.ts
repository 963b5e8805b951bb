/** Notices on the notify queue: "there is something to tell". Any may be lost, doubled, late or reordered. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { namePattern, type RequestId, requestIdPattern, type Tenant } from '../domain/ids.ts';
import { environmentNames, required } from '../environment.ts';
import { positionPattern } from '../notify/delivery.ts';
import { type EndpointUid, endpointUidPattern } from '../notify/endpoint.ts';
import { jsonIn, sendMessage } from './messages.ts';

/** `tell`: a request has untold history. `deliver`: an event's next attempt is due. `replay`: the next part of one is. */
export type Notice =
  | { readonly kind: 'tell'; readonly tenant: Tenant; readonly id: RequestId }
  | {
      readonly kind: 'deliver';
      readonly tenant: Tenant;
      readonly endpoint: EndpointUid;
      readonly position: string;
    }
  | { readonly kind: 'replay'; readonly tenant: Tenant; readonly endpoint: EndpointUid };

/** @param delayMs rounded up to whole seconds, at most 15 minutes */
export type SendNotice = (notice: Notice, delayMs: number) => Promise<void>;

export const noticeSender =
  (client: SQSClient): SendNotice =>
  (notice, delayMs) =>
    sendMessage(client, required(environmentNames.notifyQueue), notice, delayMs);

/** @returns null for a body that no notice sender wrote */
export const parseNotice = (body: string): Notice | null => {
  const parsed = noticeSchema.safeParse(jsonIn(body));
  return parsed.success ? parsed.data : null;
};

const tenant = z.pipe(
  z.string().check(z.regex(namePattern)),
  z.transform((text: string) => text as Tenant),
);
const endpoint = z.pipe(
  z.string().check(z.regex(endpointUidPattern)),
  z.transform((text: string) => text as EndpointUid),
);
const id = z.pipe(
  z.string().check(z.regex(requestIdPattern)),
  z.transform((text: string) => text as RequestId),
);
const noticeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tell'), tenant, id }),
  z.strictObject({
    kind: z.literal('deliver'),
    tenant,
    endpoint,
    position: z.string().check(z.regex(positionPattern)),
  }),
  z.strictObject({ kind: z.literal('replay'), tenant, endpoint }),
]);
