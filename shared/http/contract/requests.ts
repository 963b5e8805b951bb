/** The bodies and queries that clients send. Strict: an unknown field is refused. */
import * as z from 'zod/mini';
import { cancellationStates, requestStatuses, scopes } from '../../domain/signature-request.ts';
import { accountId, providerRequestId, reason, remoteData, signerId } from './fields.ts';

const wish = {
  reason: z.optional(reason),
  scope: z._default(z.enum(scopes), 'workflow'),
  remote_data: z.optional(remoteData),
};

export const cancelBody = z.strictObject(wish);
export type CancelBody = z.output<typeof cancelBody>;

export const createCancellationBody = z.strictObject({
  account_id: accountId,
  provider_request_id: providerRequestId,
  ...wish,
});

export const importBody = z.strictObject({ account_id: accountId, provider_request_id: providerRequestId });

export const remindBody = z.strictObject({ signer_id: z.optional(signerId) });

/** What a person has found out about a creation whose outcome Rescind cannot know. */
export const resolveBody = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('send_again') }),
  z.strictObject({ decision: z.literal('give_up') }),
  z.strictObject({ decision: z.literal('link'), provider_request_id: providerRequestId }),
]);
export type ResolveBody = z.output<typeof resolveBody>;

/** Of a call that says all with its path, such as a retry, which repeats what was asked. */
export const emptyBody = z.strictObject({});

export const pageLimit = z._default(
  z.pipe(
    z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')),
    z.transform(Number),
  ),
  20,
);

export const listQuery = z.strictObject({
  account_id: z.optional(accountId),
  status: z.optional(z.enum(requestStatuses)),
  cancellation_state: z.optional(z.enum(cancellationStates)),
  limit: pageLimit,
  cursor: z.optional(z.string()),
});
export type ListQuery = z.output<typeof listQuery>;
