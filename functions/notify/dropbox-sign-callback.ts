/**
 * An event in Dropbox Sign's own form, so that a handler of its callbacks takes it: a form with one field `json`, and a hash
 * over time and type under the client's key (sources: its OpenAPI document and its SDK's EventCallbackHelper).
 */
import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { type RequestId, requestIdPattern } from '../../shared/domain/ids.ts';
import { viewAsDropboxSign } from '../../shared/http/dropbox-sign-view.ts';
import { viewRequest } from '../../shared/http/request-view.ts';
import type { Delivery } from '../../shared/notify/delivery.ts';
import { dropboxSignEventNames, dropboxSignEvents } from '../../shared/notify/dropbox-sign-events.ts';
import type { NotifyPorts } from './ports.ts';

/** What its documents tell a handler to answer; theirs count an answer that holds it. */
const acknowledgement = 'Hello API Event Received';
/** Some answer with JSON around it. */
export const longestAcknowledgement = 4_096;
export const isAcknowledgement = (answer: Buffer): boolean => answer.includes(acknowledgement);

export interface Callback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param key the client's own */
export const callbackOf = async (
  ports: CallbackPorts,
  delivery: Delivery,
  key: string,
): Promise<Callback> => {
  const { type, timestamp, data } = sentBody.parse(JSON.parse(delivery.body));
  const event_type = dropboxSignEvents[type];
  const event_time = String(Math.floor(Date.parse(timestamp) / 1_000));
  const event_hash = createHmac('sha256', key)
    .update(event_time + event_type)
    .digest('hex');
  return asForm({
    event: { event_type, event_time, event_hash, event_metadata: notKnown },
    signature_request: await subjectOf(ports, delivery, data),
  });
};

export interface CallbackPorts {
  readonly requests: Pick<NotifyPorts['requests'], 'get'>;
  readonly details: NotifyPorts['details'];
}

const sentBody = z.object({
  type: z.enum(dropboxSignEventNames),
  timestamp: z.iso.datetime(),
  data: z.object({
    id: z.pipe(
      z.string().check(z.regex(requestIdPattern)),
      z.transform((id) => id as RequestId),
    ),
    provider_request_id: z.nullable(z.string()),
  }),
});
type Subject = z.output<typeof sentBody>['data'];

const notKnown = {
  related_signature_id: null,
  reported_for_account_id: null,
  reported_for_app_id: null,
  event_message: null,
};

/** As it stands now, as a read shows it; of one that was erased, which one it was. */
const subjectOf = async (
  { requests, details }: CallbackPorts,
  { tenant }: Delivery,
  { id, provider_request_id }: Subject,
): Promise<object> => {
  const request = await requests.get(tenant, id);
  if (request === null) return { signature_request_id: provider_request_id ?? id };
  const kept = request.detailsRevision === 0 ? null : await details.get(tenant, id);
  // Its sign links, and so their base, are not shown there.
  return viewAsDropboxSign(viewRequest(request, { reason: null, details: kept }, ''), null);
};

const asForm = (content: object): Callback => {
  const boundary = `------------------------${randomBytes(8).toString('hex')}`;
  const part = `Content-Disposition: form-data; name="json"\r\n\r\n${JSON.stringify(content)}`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'user-agent': 'HelloSign API' },
    body: `--${boundary}\r\n${part}\r\n--${boundary}--\r\n`,
  };
};
