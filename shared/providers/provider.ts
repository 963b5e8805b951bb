/**
 * What a provider must declare and answer, and nothing about AWS, clocks or queues.
 * An adapter builds requests and classifies answers; it never performs a call. So every adapter can be
 * tested without a network, and time-outs, size limits and redirects are handled in one place.
 */
import type * as z from 'zod/mini';
import type { CancelAnswer, Memory, Notice, ReadAnswer, Target } from '../domain/answers.ts';
import type { Instant } from '../domain/ids.ts';
import type { ProofRules } from '../domain/policy.ts';
import type { CancelEffect, Scope } from '../domain/signature-request.ts';

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
  /** `request` is what was sent, so that one operation may take more than one form. Never throws. */
  classify(response: ProviderResponse, memory: Memory, request: ProviderRequest): Answer;
}

/** Exchanging credentials for an access token (Box Sign, Ironclad). */
export interface TokenExchange<Credentials, Options> {
  /** Null when the credentials are a token already. */
  request(credentials: Credentials, options: Options, tokenUrl: string): ProviderRequest | null;
  /** Null when the answer carries no token: the credentials are refused. */
  parse(response: ProviderResponse): { readonly accessToken: string; readonly expiresAt: Instant } | null;
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

export interface WebhookSide<Credentials> {
  /** `credentials` holds the current ones first, then those that a rotation has not yet retired. Never throws. */
  receive(delivery: Delivery, credentials: readonly Credentials[]): Received;
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
  readonly proof: ProofRules;
  readonly token?: TokenExchange<Credentials, Options>;
  readonly cancel: Exchange<Credentials, Options, CancelAnswer>;
  readonly read: Exchange<Credentials, Options, ReadAnswer>;
  readonly webhook: WebhookSide<Credentials>;
}
