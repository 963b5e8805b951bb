/** An API key that is sent in a header: printable ASCII without spaces, so that it cannot end the header. */
import * as z from 'zod/mini';

export const apiKey = z
  .string()
  .check(z.minLength(1), z.maxLength(512), z.regex(/^[!-~]*$/, 'must be printable ASCII without spaces'));

export const apiKeyCredentials = z.strictObject({ api_key: apiKey });
export type ApiKeyCredentials = z.output<typeof apiKeyCredentials>;
