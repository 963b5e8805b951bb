/** Client credentials, which are exchanged for a token, or a token as it is; and the keys that webhooks are signed with. */
import * as z from 'zod/mini';
import { type AccountOptions, accountOptions } from '../account-options.ts';

/** Some of these go into headers, so they must not end one. A downscoped token is longer than 1000 characters. */
const secret = z
  .string()
  .check(z.minLength(1), z.maxLength(4096), z.regex(/^[!-~]*$/, 'must be printable ASCII without spaces'));

const signatureKeys = { webhook_primary_key: z.optional(secret), webhook_secondary_key: z.optional(secret) };

export const credentials = z.union([
  z.strictObject({
    client_id: secret,
    client_secret: secret,
    /** Only the requester can cancel (documented): the service account, or the user, that sends the requests. */
    subject_type: z.enum(['enterprise', 'user']),
    subject_id: secret,
    ...signatureKeys,
  }),
  z.strictObject({ access_token: secret, ...signatureKeys }),
]);
export type BoxSignCredentials = z.output<typeof credentials>;

/** A webhook cannot be set on the root folder, 0 (documented). */
const folderId = z.string().check(z.regex(/^[1-9]\d{0,19}$/));

export const options = z.strictObject({ ...accountOptions, webhook_folder_id: z.optional(folderId) });
export interface BoxSignOptions extends AccountOptions {
  readonly webhook_folder_id?: string | undefined;
}
