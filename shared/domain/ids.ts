/** Branded identifiers: two ids of different things cannot be mixed up, and each is parsed once at the edge. */
import { createHash, randomBytes } from 'node:crypto';

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Owner of accounts, keys and signature requests. Lower-case letters, digits and hyphens, 1 to 63. */
export type Tenant = Brand<string, 'Tenant'>;
/** The client's name for an account, unique within its tenant. */
export type AccountId = Brand<string, 'AccountId'>;
/** What stands behind an account's name for as long as it exists; a re-created account gets another. */
export type AccountUid = Brand<string, 'AccountUid'>;
/** Rescind's id of a signature request: `sr_` and 32 hex digits. */
export type RequestId = Brand<string, 'RequestId'>;
/** The provider's id of a signature request, safe to place into a URL path. */
export type ProviderRequestId = Brand<string, 'ProviderRequestId'>;
/** The unguessable last segment of an account's webhook URL. */
export type WebhookToken = Brand<string, 'WebhookToken'>;
/** Milliseconds since the epoch, UTC. */
export type Instant = Brand<number, 'Instant'>;

export const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const requestIdPattern = /^sr_[0-9a-f]{32}$/;
/** No dots, no slashes, no percent signs: the id goes into provider URL paths, where `..` survives encoding. */
export const providerRequestIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
export const webhookTokenPattern = /^[A-Za-z0-9_-]{32}$/;

/**
 * The id of a request that Rescind did not create. Derived, not looked up, so that a webhook finds its item
 * without an index and a repeated call meets the same item. Each part is length-prefixed under a domain tag:
 * no two different triples share an input.
 */
export const deriveRequestId = (
  tenant: Tenant,
  accountUid: AccountUid,
  providerRequestId: ProviderRequestId,
): RequestId => `sr_${digest('rescind/request/v1', tenant, accountUid, providerRequestId)}` as RequestId;

/** The id of a request that Rescind creates: the same for the same idempotency key of the same tenant. */
export const deriveCreatedId = (tenant: Tenant, idempotencyKey: string): RequestId =>
  `sr_${digest('rescind/created/v1', tenant, idempotencyKey)}` as RequestId;

/** 128 bits: half of a sign link. Everybody's half names the request, the signer's own half the signer. */
export const newLinkPart = (): string => randomBytes(16).toString('base64url');
export const signTokenPattern = /^[A-Za-z0-9_-]{44}$/;

export const newAccountUid = (): AccountUid => randomBytes(12).toString('hex') as AccountUid;

export const newWebhookToken = (): WebhookToken => randomBytes(24).toString('base64url') as WebhookToken;

const digest = (...parts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex').slice(0, 32);
};
