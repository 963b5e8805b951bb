/**
 * What a provider must declare and answer, and nothing about AWS, clocks or queues.
 * An adapter builds requests and classifies answers; it never performs a call. So every adapter can be
 * tested without a network, and time-outs, size limits and redirects are handled in one place.
 */
import type * as z from 'zod/mini';
import type { CancelAnswer, Memory, Notice, Postponement, ReadAnswer, Target } from '../domain/answers.ts';
import type { Instant } from '../domain/ids.ts';
import type { ProofRules } from '../domain/policy.ts';
import type { CancelEffect, Scope } from '../domain/signature-request.ts';
import type {
  CreateSide,
  CreationRules,
  FetchRules,
  FindSide,
  ReminderRules,
  RemindSide,
} from './creation.ts';

/** A request to a provider. Redirects are never followed; an answer over 1 MB is read no further. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer that arrived. Header names are in lower case. `body` is null when it was too large to read. */
export interface ProviderResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly receivedAt: Instant;
}

/** What every call needs beside its target. */
export interface Connection<Credentials, Options> {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly options: Options;
  /** A token obtained with `token` below, for providers that exchange their credentials for one. */
  readonly accessToken: string | null;
}

/** One call and its meaning. */
export interface Exchange<Credentials, Options, Answer> {
  request(target: Target, connection: Connection<Credentials, Options>, memory: Memory): ProviderRequest;
  /**
   * `request` is what was sent, so that one operation may take more than one form. Never throws.
   * `follow`: (more of) the answer lies behind another request, which is made in the same invocation; its answer must not
   * follow. `known` is what the first answer told already: the second `classify` gets it, and it stands if there is no
   * second answer.
   */
  classify(
    response: ProviderResponse,
    memory: Memory,
    request: ProviderRequest,
    known?: Answer,
  ): Answer | { readonly kind: 'follow'; readonly request: ProviderRequest; readonly known?: Answer };
}

/** Exchanging credentials for an access token (Box Sign, Ironclad). */
export interface TokenExchange<Credentials, Options> {
  /** The environment variable that overrides `tokenUrl`. */
  readonly tokenUrlSetting: string;
  tokenUrl(options: Options): string;
  /** Null when the credentials are a token already: the adapter uses them as they are. */
  request(credentials: Credentials, tokenUrl: string, options: Options): ProviderRequest | null;
  /** Never throws. Refused credentials are `refused`, with `unauthorized`. */
  classify(
    response: ProviderResponse,
  ): { readonly kind: 'token'; readonly accessToken: string; readonly expiresAt: Instant } | Postponement;
}

/** What a harmless read says about an account. */
export type CheckAnswer =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad_credentials'; readonly detail: string }
  | { readonly kind: 'lacking_scope'; readonly detail: string }
  | { readonly kind: 'unclear'; readonly detail: string };

export interface AccountCheck<Credentials, Options> {
  request(connection: Connection<Credentials, Options>): ProviderRequest;
  /** Never throws. */
  classify(response: ProviderResponse): CheckAnswer;
}

/** How the provider is told where its webhooks go. */
export interface WebhookSetup<Credentials, Options> {
  /** What a person does, step by step; `{webhook_url}` stands for the account's. */
  readonly steps: readonly string[];
  /** Null when it takes a person, in general or with these options. */
  request(connection: Connection<Credentials, Options>, webhookUrl: string): ProviderRequest | null;
  /** `credentials` are to be added to the account's: a secret that the provider shows only now. Never throws. */
  classify(
    response: ProviderResponse,
  ):
    | { readonly kind: 'registered'; readonly credentials?: Readonly<Record<string, string>> }
    | { readonly kind: 'refused'; readonly detail: string };
}

/** A webhook delivery: the raw bytes, before anything has been parsed. */
export interface Delivery {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly receivedAt: Instant;
}

export type Received =
  /** Not from the provider, or not provably: answered 401, nothing changes. */
  | { readonly kind: 'refused' }
  /** Genuine (or nothing could prove it so, and the provider offers no more). May be empty: acknowledged all the same. */
  | { readonly kind: 'notices'; readonly notices: readonly Notice[] };

/** A public key that the provider publishes for its signatures (Ironclad). */
export interface VerificationKey<Credentials, Options> {
  request(connection: Connection<Credentials, Options>): ProviderRequest;
  /** Null when the answer holds no key. */
  parse(response: ProviderResponse): string | null;
}

export interface WebhookSide<Credentials, Options> {
  /**
   * `credentials` holds the current ones first, then those that a rotation has not yet retired; `verificationKey` is
   * the provider's, where it publishes one and it could be had. Never throws.
   */
  receive(delivery: Delivery, credentials: readonly Credentials[], verificationKey: string | null): Received;
  readonly verificationKey?: VerificationKey<Credentials, Options>;
  /** Whether deliveries to an account with these credentials can be verified at all. */
  verifies(credentials: Credentials): boolean;
  /** What the provider wants to read back, exactly. */
  readonly acknowledgement: { readonly contentType: string; readonly body: string };
}

/** What a cancel of one scope does at this provider. */
export interface ScopeRules {
  readonly effect: CancelEffect;
  /** Whether the client must give a reason. */
  readonly reasonRequired: boolean;
  /** Whether the reason reaches the provider. */
  readonly reasonTravels: boolean;
}

/** The provider's published (or assumed) limit on an operation, for one account. */
export interface RateLimit {
  /** Operations with the same bucket share one limit. */
  readonly bucket: string;
  readonly perMinute: number;
}

export interface Provider<Credentials, Options> {
  /** Part of the API, of queue names and of environment variables: lower-case words joined by hyphens. */
  readonly name: string;
  readonly title: string;
  /** Strict: an unknown field is refused. Every string in it is treated as a secret. */
  readonly credentials: z.ZodMiniType<Credentials>;
  /** Strict. Not secret; shown to the client. */
  readonly options: z.ZodMiniType<Options>;
  /** The environment variable that overrides `baseUrl`, and what it ends in. */
  readonly baseUrlSetting: string;
  baseUrl(options: Options): string;
  readonly scopes: { readonly [S in Scope]?: ScopeRules };
  readonly acceptsRemoteData: boolean;
  /** Narrower than the pattern that every provider's ids match. The message tells the client what is wanted. */
  readonly requestIds?: { readonly pattern: RegExp; readonly message: string };
  /** What `import` takes beside `requestIds`: other names of a request, which a read resolves. */
  readonly importIds?: { readonly pattern: RegExp; readonly message: string };
  readonly proof: ProofRules;
  readonly limits: {
    readonly cancel: RateLimit;
    readonly read: RateLimit;
    readonly create: RateLimit;
    readonly remind: RateLimit;
  };
  readonly creation: CreationRules<Options>;
  /** Absent: it takes a file's URL itself, or ids only. */
  readonly fetchesFiles?: FetchRules;
  readonly create: CreateSide<Credentials, Options>;
  /** Absent: a creation whose answer never came cannot be found again. */
  readonly find?: FindSide<Credentials, Options>;
  /** Absent, both: the provider has no reminders. */
  readonly reminders?: ReminderRules;
  readonly remind?: RemindSide<Credentials, Options>;
  readonly token?: TokenExchange<Credentials, Options>;
  readonly cancel: Exchange<Credentials, Options, CancelAnswer>;
  readonly read: Exchange<Credentials, Options, ReadAnswer>;
  readonly check: AccountCheck<Credentials, Options>;
  readonly webhook: WebhookSide<Credentials, Options>;
  readonly webhookSetup: WebhookSetup<Credentials, Options>;
}
