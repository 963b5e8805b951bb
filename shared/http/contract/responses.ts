/** What the API answers. The views are typed by these; the OpenAPI document and the tests use them at run time. */
import * as z from 'zod/mini';
import { signerIdPattern, signerRoles, signerStatuses } from '../../domain/details.ts';
import { namePattern, providerRequestIdPattern, requestIdPattern } from '../../domain/ids.ts';
import {
  cancellationErrorTypes,
  cancellationStates,
  creationStates,
  effects,
  evidenceKinds,
  historyTypes,
  reminderStates,
  requestStatuses,
  scopes,
} from '../../domain/signature-request.ts';
import { problemNames, problemTypeUri } from '../problem.ts';

const time = z.iso.datetime();
const errorType = z.enum(cancellationErrorTypes);
const accountId = z.string().check(z.regex(namePattern));
const nullable = { text: z.nullable(z.string()), time: z.nullable(time) };
const error = z.strictObject({ type: errorType, detail: z.string(), provider_status: z.optional(z.int()) });
const signerId = z.string().check(z.regex(signerIdPattern));

export const cancellation = z.strictObject({
  state: z.enum(cancellationStates),
  scope: z.enum(scopes),
  effect: z.enum(effects),
  reason: nullable.text,
  reason_delivered: z.nullable(z.boolean()),
  requested_by: z.string(),
  requested_at: time,
  submitted_at: nullable.time,
  confirmed_at: nullable.time,
  confirmed_by: z.nullable(z.enum(evidenceKinds)),
  attempts: z.int(),
  next_check_at: nullable.time,
  error: z.nullable(error),
});

/** Of a request that was made here. */
export const creation = z.strictObject({
  state: z.enum(creationStates),
  attempts: z.int(),
  next_check_at: nullable.time,
  error: z.nullable(error),
});

/** The last one that was asked for. */
export const reminder = z.strictObject({
  state: z.enum(reminderStates),
  signer_id: z.nullable(signerId),
  requested_at: time,
  sent_at: nullable.time,
  error: z.nullable(error),
  retry_at: nullable.time,
});

export const signer = z.strictObject({
  id: signerId,
  name: nullable.text,
  email: nullable.text,
  role: z.enum(signerRoles),
  order: z.nullable(z.int()),
  status: z.enum(signerStatuses),
  viewed_at: nullable.time,
  decided_at: nullable.time,
  decline_reason: nullable.text,
  provider_signer_id: nullable.text,
  sign_url: nullable.text,
});

export const signatureRequest = z.strictObject({
  id: z.string().check(z.regex(requestIdPattern)),
  account_id: accountId,
  provider: z.string(),
  provider_request_id: z.nullable(z.string().check(z.regex(providerRequestIdPattern))),
  status: z.enum(requestStatuses),
  name: nullable.text,
  external_id: nullable.text,
  signers: z.array(signer),
  creation: z.nullable(creation),
  cancellation: z.nullable(cancellation),
  reminder: z.nullable(reminder),
  expires_at: nullable.time,
  /** Where the sender finishes the document before it is sent, where that was asked for. */
  prepare_url: nullable.text,
  read_at: nullable.time,
  read_error: z.nullable(error),
  created_at: time,
  updated_at: time,
});
export type SignatureRequestView = z.output<typeof signatureRequest>;

export const account = z.strictObject({
  account_id: accountId,
  provider: z.string(),
  options: z.record(z.string(), z.unknown()),
  webhook_url: z.string(),
  health: z.strictObject({
    state: z.enum(['healthy', 'paused']),
    paused_until: nullable.time,
    reason: z.nullable(errorType),
  }),
  created_at: time,
  updated_at: time,
});
export type AccountView = z.output<typeof account>;

export const checkResults = ['good', 'bad_credentials', 'lacking_scope', 'unreachable', 'unclear'] as const;
export const accountCheck = z.strictObject({
  account_id: accountId,
  provider: z.string(),
  result: z.enum(checkResults),
  detail: nullable.text,
  webhooks: z.strictObject({ verifiable: z.boolean(), detail: nullable.text }),
});
export type AccountCheckView = z.output<typeof accountCheck>;

export const webhookRegistration = z.strictObject({
  registered: z.boolean(),
  webhook_url: z.string(),
  steps: z.array(z.string()),
});
export type WebhookRegistrationView = z.output<typeof webhookRegistration>;

export const historyEntry = z.strictObject({
  at: time,
  type: z.enum(historyTypes),
  from: z.nullable(z.enum(cancellationStates)),
  to: z.nullable(z.enum(cancellationStates)),
  status_from: z.nullable(z.enum(requestStatuses)),
  status_to: z.nullable(z.enum(requestStatuses)),
  evidence: z.nullable(z.strictObject({ kind: z.enum(evidenceKinds), status: z.string(), at: time })),
});
export type HistoryEntryView = z.output<typeof historyEntry>;

const pageOf = <T extends z.ZodMiniType>(item: T) =>
  z.strictObject({ items: z.array(item), next_cursor: nullable.text });
export const accountPage = pageOf(account);
export const signatureRequestPage = pageOf(signatureRequest);
export const historyPage = pageOf(historyEntry);

export const health = z.strictObject({ status: z.literal('ok') });

export const problem = z.object({
  type: z.enum(problemNames.map(problemTypeUri)),
  title: z.string(),
  status: z.int(),
  detail: z.optional(z.string()),
  errors: z.optional(z.array(z.strictObject({ field: z.string(), message: z.string() }))),
  /** Of `webhook-not-registered`: what to do by hand. */
  webhook_url: z.optional(z.string()),
  steps: z.optional(z.array(z.string())),
  /** Of `reminder-too-early`. */
  retry_at: z.optional(time),
  request_id: z.string(),
});
