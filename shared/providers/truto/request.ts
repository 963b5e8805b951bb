/** What every call to Truto has in common. */
import * as z from 'zod/mini';
import { type AccountOptions, accountOptions } from '../account-options.ts';
import { apiKey } from '../api-key.ts';
import { type AttributeOptions, attributeOptions } from '../ironclad/attributes.ts';
import type { Connection } from '../provider.ts';

export const credentials = z.strictObject({
  /** Of an environment; a token of one integrated account lives only 15 minutes (documented). */
  api_token: apiKey,
  integrated_account_id: apiKey,
  /** Shown once, when a webhook is created. */
  webhook_secret: z.optional(apiKey),
});
export type TrutoCredentials = z.output<typeof credentials>;

/** The attributes are those of the Ironclad behind it. */
export const options = z.strictObject({ ...accountOptions, ...attributeOptions });
export type TrutoOptions = AccountOptions & AttributeOptions;

export type TrutoConnection = Connection<TrutoCredentials, TrutoOptions>;

export const headersFor = ({ credentials }: TrutoConnection): Readonly<Record<string, string>> => ({
  accept: 'application/json',
  authorization: `Bearer ${credentials.api_token}`,
});

/** @param path from the root on; the integrated account goes into the query */
export const urlOf = ({ baseUrl, credentials }: TrutoConnection, path: string): string =>
  `${baseUrl}${path}?integrated_account_id=${encodeURIComponent(credentials.integrated_account_id)}`;

export const workflowsPath = '/unified/e-signature/workflows';
