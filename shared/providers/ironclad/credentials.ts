/** A token as it is, or client credentials, which are exchanged for one; and the user that the calls are made as. */
import * as z from 'zod/mini';
import { type AccountOptions, accountOptions } from '../account-options.ts';
import { type AttributeOptions, attributeOptions } from './attributes.ts';

/** Some of these go into headers, so they must not end one. */
const secret = z
  .string()
  .check(z.minLength(1), z.maxLength(4096), z.regex(/^[!-~]*$/, 'must be printable ASCII without spaces'));

const email = z
  .string()
  .check(z.maxLength(254), z.regex(/^[!-?A-~]+@[!-?A-~]+$/, 'must be an email address'));

export const credentials = z.union([
  z.strictObject({ access_token: secret, as_user_email: z.optional(email) }),
  // A token for client credentials has no user of its own: one must be named with each call (documented).
  z.strictObject({ client_id: secret, client_secret: secret, as_user_email: email }),
]);
export type IroncladCredentials = z.output<typeof credentials>;

const regions = ['na1', 'eu1', 'demo'] as const;

export const options = z.strictObject({
  ...accountOptions,
  ...attributeOptions,
  region: z._default(z.enum(regions), 'na1'),
  /** The app of the client credentials may create workflows and remind signers. A token as it is need not say so. */
  creates: z._default(z.boolean(), false),
});
export interface IroncladOptions extends AccountOptions, AttributeOptions {
  readonly region: (typeof regions)[number];
  readonly creates: boolean;
}

/** Production in the US and the EU, and the demo environment (documented). */
export const hostOf = ({ region }: IroncladOptions): string => `https://${region}.ironcladapp.com`;
