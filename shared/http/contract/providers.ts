/** What `GET /v1/providers` answers. */
import * as z from 'zod/mini';
import { effects } from '../../domain/signature-request.ts';
import { providerNames } from '../../providers/registry.ts';

const scope = z.strictObject({
  effect: z.enum(effects),
  reason_required: z.boolean(),
  reason_delivered: z.boolean(),
});

/** What becomes of a field of the body there. A body with one that is `refused` is answered 400. */
export const creationField = z.discriminatedUnion('support', [
  z.strictObject({ support: z.literal('sent'), as: z.string() }),
  z.strictObject({ support: z.literal('kept'), use: z.string() }),
  z.strictObject({ support: z.literal('refused') }),
]);

const limit = z.strictObject({ per_minute: z.number() });

export const provider = z.strictObject({
  name: z.enum(providerNames),
  title: z.string(),
  scopes: z.strictObject({ workflow: z.optional(scope), signature_packet: z.optional(scope) }),
  creation: z.strictObject({
    fields: z.record(z.string(), creationField),
    most_signers: z.int(),
    most_source_files: z.int(),
    fetches_files: z.nullable(z.strictObject({ most_bytes: z.int(), content_type: z.string() })),
  }),
  limits: z.strictObject({ cancel: limit, read: limit, create: limit, remind: z.nullable(limit) }),
  reminders: z.nullable(z.strictObject({ cool_down_seconds: z.number(), per_signer: z.boolean() })),
  is_silent: z.boolean(),
});
export type CreationFieldView = z.output<typeof creationField>;
export type ProviderView = z.output<typeof provider>;

export const providerPage = z.strictObject({ items: z.array(provider), next_cursor: z.null() });
