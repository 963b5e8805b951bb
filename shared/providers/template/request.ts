/** What every call to Example Sign has in common. */
import * as z from 'zod/mini';
import { providerRequestIdPattern } from '../../domain/ids.ts';
import type { RequestStatus } from '../../domain/signature-request.ts';
import type { AccountOptions } from '../account-options.ts';
import { apiKey } from '../api-key.ts';
import { readJson } from '../json.ts';
import type { Connection, ProviderResponse } from '../provider.ts';

/** `webhook_secret` comes from the provider when a webhook is registered, or from a person. */
export const credentials = z.strictObject({ api_key: apiKey, webhook_secret: z.optional(apiKey) });
export type ExampleSignCredentials = z.output<typeof credentials>;

export type ExampleSignConnection = Connection<ExampleSignCredentials, AccountOptions>;

export const headersFor = ({ credentials: { api_key } }: ExampleSignConnection) => ({
  accept: 'application/json',
  authorization: `Bearer ${api_key}`,
});

export const jsonHeadersFor = (connection: ExampleSignConnection) => ({
  ...headersFor(connection),
  'content-type': 'application/json',
});

/** A code, never a free text: a text may quote a credential, or a signer's address. */
const errorBody = z.object({ error: z.string().check(z.regex(/^[a-z]{1,20}(_[a-z]{1,20}){0,5}$/)) });

export const codeIn = ({ body }: ProviderResponse): string | null => readJson(errorBody, body)?.error ?? null;

export const signatureRequest = z.object({
  id: z.string().check(z.regex(providerRequestIdPattern)),
  status: z.string(),
});

const statuses: ReadonlyMap<string, RequestStatus> = new Map([
  ['sent', 'sent'],
  ['viewed', 'viewed'],
  ['signed', 'signed'],
  ['declined', 'declined'],
  ['expired', 'expired'],
  ['cancelled', 'cancelled'],
]);

/** The status of the request in an answer to a call to `url`; null where there is none, or of another request. */
export const statusIn = ({ body }: ProviderResponse, url: string): RequestStatus | null => {
  const found = readJson(signatureRequest, body);
  const [, asked] = /\/signature_requests\/([^/]+)/.exec(url) ?? [];
  if (found === null || found.id !== asked) return null;
  return statusNamed(found.status);
};

export const statusNamed = (name: string): RequestStatus => statuses.get(name) ?? 'unknown';
