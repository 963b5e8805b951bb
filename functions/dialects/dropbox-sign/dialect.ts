/**
 * Dropbox Sign's own calls. What a path and an answer look like there is from its published OpenAPI document, the names of
 * its errors from its reference; docs/dialects/dropbox-sign.md says what each answer means here.
 */
import type { Dialect } from '../dialect.ts';
import { cancelSignatureRequest } from './cancel.ts';
import { refuse } from './errors.ts';
import { listSignatureRequests } from './list.ts';
import { getSignatureRequest } from './read.ts';
import { remindSigner } from './remind.ts';
import { removeSignatureRequest } from './remove.ts';
import { sendSignatureRequest } from './send.ts';

const base = '/v3/signature_request';
const id = '{signature_request_id}';

export const dropboxSign: Dialect = {
  calls: [
    { method: 'POST', path: `${base}/cancel/${id}`, answer: cancelSignatureRequest },
    { method: 'GET', path: `${base}/list`, answer: listSignatureRequests },
    { method: 'GET', path: `${base}/${id}`, answer: getSignatureRequest },
    { method: 'POST', path: `${base}/send`, answer: sendSignatureRequest },
    { method: 'POST', path: `${base}/remind/${id}`, answer: remindSigner },
    { method: 'POST', path: `${base}/remove/${id}`, answer: removeSignatureRequest },
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
