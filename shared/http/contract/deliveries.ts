/** Deliveries and replays over the wire: what a client sends and what it is answered. */
import * as z from 'zod/mini';
import { attemptErrors, deliveryFailures, deliveryStates } from '../../notify/delivery.ts';
import { replayStates } from '../../notify/replay.ts';
import { pageLimit } from './requests.ts';

export const deliveriesQuery = z.strictObject({
  state: z.optional(z.enum(deliveryStates)),
  limit: pageLimit,
  cursor: z.optional(z.string()),
});

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const since = z
  .string()
  .check(
    z.refine(
      (text) => rfc3339.test(text) && !Number.isNaN(Date.parse(text)),
      'must be a time in UTC, such as 2026-11-21T10:00:00Z',
    ),
  );

export const replayBody = z.strictObject({ since, state: z._default(z.enum(replayStates), 'all') });

export const replayAnswer = z.strictObject({
  replay: z.strictObject({ since: z.iso.datetime(), state: z.enum(replayStates) }),
});

const time = z.iso.datetime();
export const delivery = z.strictObject({
  id: z.string(),
  type: z.string(),
  /** What the event is about: a signature request, or a webhook endpoint. */
  subject_id: z.string(),
  created_at: time,
  state: z.enum(deliveryStates),
  failure: z.nullable(z.enum(deliveryFailures)),
  attempt_count: z.int(),
  attempts: z.array(
    z.strictObject({
      at: time,
      status: z.nullable(z.int()),
      error: z.nullable(z.enum(attemptErrors)),
      duration_ms: z.int(),
    }),
  ),
  next_attempt_at: z.nullable(time),
});
export type DeliveryView = z.output<typeof delivery>;

export const deliveryPage = z.strictObject({
  items: z.array(delivery),
  next_cursor: z.nullable(z.string()),
});
