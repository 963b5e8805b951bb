/** What a provider must declare and answer to create a signature request, to find it again, and to remind its signers. */
import type { CreateAnswer, FindAnswer, RemindAnswer } from '../domain/answers.ts';
import type { Instant, ProviderRequestId, RequestId } from '../domain/ids.ts';
import type { CreationField, NewRequest } from '../http/contract/creation.ts';
import type { FieldError } from '../http/problem.ts';
import type { Connection, ProviderRequest, ProviderResponse } from './provider.ts';

/** What becomes of one field of the body at one provider. Shown by `GET /v1/providers` and in the docs. */
export type FieldSupport =
  /** Sent under the provider's own name for it. */
  | { readonly kind: 'sent'; readonly as: string }
  /** The provider has nothing for it; Rescind itself uses it, and says for what. */
  | { readonly kind: 'kept'; readonly use: string }
  /** The provider has nothing for it: a body that has it is refused, with the field's name. */
  | { readonly kind: 'refused' };

export const sentAs = (as: string): FieldSupport => ({ kind: 'sent', as });
export const keptFor = (use: string): FieldSupport => ({ kind: 'kept', use });
export const refused: FieldSupport = { kind: 'refused' };

/** What can be created at this provider: all that the api function needs to answer a body. */
export interface CreationRules<Options> {
  readonly fields: Readonly<Record<CreationField, FieldSupport>>;
  readonly mostSigners: number;
  readonly mostSourceFiles: number;
  /** What the fields alone cannot say: combinations, formats, what the account's options must hold. */
  check(wanted: NewRequest, options: Options): readonly FieldError[];
}

/** The provider wants a file's bytes: dispatch fetches each URL. */
export interface FetchRules {
  readonly mostBytes: number;
  readonly contentType: string;
  /** What its beginning holds, whatever its server calls it: a log-in page must not be sent out for signature. */
  readonly mark: string;
}

export interface FetchedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What a create call is made of. */
export interface CreationTarget {
  /** Rescind's own id: it travels where the provider has a place for it, so that the request can be found again. */
  readonly id: RequestId;
  readonly wanted: NewRequest;
  /** In the order of `source_files`; empty unless the provider `fetchesFiles`. */
  readonly files: readonly FetchedFile[];
  /** Where the provider may send what happens to this request, for those that are told with each request. */
  readonly webhookUrl: string;
  /** The same for every repetition of the same creation; for providers with an idempotency key. */
  readonly idempotencyKey: string;
  readonly now: Instant;
}

export interface CreateSide<Credentials, Options> {
  request(target: CreationTarget, connection: Connection<Credentials, Options>): ProviderRequest;
  /** Never throws. */
  classify(response: ProviderResponse, target: CreationTarget): CreateAnswer;
}

/** Looks whether a creation whose answer never came has happened. */
export interface FindSide<Credentials, Options> {
  /**
   * Null: in this case it cannot be found (an option is not set, say), and a person must decide.
   * @param attemptedAt when the first create call was made
   */
  request(
    target: Omit<CreationTarget, 'files'>,
    attemptedAt: Instant,
    connection: Connection<Credentials, Options>,
  ): ProviderRequest | null;
  /** `follow`: the next page; at most ten in one look, then it is `ambiguous`. Never throws. */
  classify(
    response: ProviderResponse,
    target: Omit<CreationTarget, 'files'>,
    attemptedAt: Instant,
    request: ProviderRequest,
  ): FindAnswer | { readonly kind: 'follow'; readonly request: ProviderRequest };
  /** What is absent so long after the call that may have created it was never created. */
  readonly settledAfterMs: number;
}

export interface ReminderTarget {
  readonly providerRequestId: ProviderRequestId;
  /** Whom to remind, where the provider reminds one at a time; as it is kept. */
  readonly signer: {
    readonly ref: string | null;
    readonly email: string | null;
    readonly name: string | null;
  } | null;
}

/** The part of a provider's reminders that the api function needs. */
export interface ReminderRules {
  /** A reminder sooner after the last one is refused by the provider. */
  readonly coolDownMs: number;
  /** The cool-down also counts from when the request was sent. */
  readonly countsFromSending: boolean;
  /** One signer at a time: the client must name one when there are several. Otherwise all who have not signed. */
  readonly perSigner: boolean;
}

export interface RemindSide<Credentials, Options> {
  /** Null: the provider has no way to name this signer (yet). */
  request(target: ReminderTarget, connection: Connection<Credentials, Options>): ProviderRequest | null;
  /** Never throws. */
  classify(response: ProviderResponse): RemindAnswer;
}
