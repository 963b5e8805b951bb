/**
 * OKdokument's own calls. It answers when a thing is done: so does this dialect, for as long as a client may be kept waiting.
 * Source: the vendor's pages of each call; docs/dialects/okdokument.md says what each answer means here.
 */
import type { Dialect } from '../dialect.ts';
import { createSignatureRequest } from './create.ts';
import { deleteSignatureRequest } from './delete.ts';
import { refuse } from './errors.ts';
import { openDocument } from './open.ts';
import { updateSignatureRequest } from './update.ts';

const requests = '/JSON/signatureRequest';

export const okdokument: Dialect = {
  calls: [
    { method: 'DELETE', path: `${requests}/{signatureRequestId}`, answer: deleteSignatureRequest },
    { method: 'POST', path: requests, answer: createSignatureRequest },
    { method: 'PATCH', path: requests, answer: updateSignatureRequest },
    { method: 'GET', path: '/JSON/openDocument/{signatureRequestId}', answer: openDocument },
  ],
  keyIn: (headers) => headers['x-api-key']?.trim() || null,
  refuse: (problem, { parameters }) => refuse(problem, parameters['signatureRequestId'] ?? null),
};
