/**
 * Dropbox Sign's own calls. What a path and an answer look like there is from its published OpenAPI document, the names of
 * its errors from its reference; docs/dialects/dropbox-sign.md says what each answer means here.
 */
import type { Dialect } from '../dialect.ts';
import { cancelSignatureRequest } from './cancel.ts';
import { refuse } from './errors.ts';
import { getSignatureRequest } from './read.ts';

export const dropboxSign: Dialect = {
  calls: [
    {
      method: 'POST',
      path: '/v3/signature_request/cancel/{signature_request_id}',
      answer: cancelSignatureRequest,
    },
    { method: 'GET', path: '/v3/signature_request/{signature_request_id}', answer: getSignatureRequest },
  ],
  keyIn: ({ authorization }) => keyIn(authorization ?? ''),
  refuse,
};

/** HTTP Basic, the key as user name and an empty password; or a bearer token, as an app with OAuth sends it. */
const keyIn = (authorization: string): string | null => {
  const [, scheme, value] = /^(Basic|Bearer) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const [key, password = ''] = Buffer.from(value, 'base64').toString('utf8').split(/:(.*)/s);
  return password === '' ? key || null : null;
};
