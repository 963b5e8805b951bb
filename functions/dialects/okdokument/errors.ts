/** Errors as OKdokument words them: a `message`, and in `value` what it is about. Most of their texts are not documented. */
import type { CancellationErrorType } from '../../../shared/domain/signature-request.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { type Problem, type ProblemName, problemTypes } from '../../../shared/http/problem.ts';

/** Of the statuses that the vendor documents for these calls. */
const statuses: Partial<Record<ProblemName, number>> = {
  'signature-request-not-found': 400,
  'body-too-large': 400,
  'unsupported-media-type': 400,
  'idempotency-key-reused': 409,
  'account-not-found': 403,
  'temporarily-unavailable': 500,
};

/** @param id that the path names */
export const refuse = (problem: Problem, id: string | null): Response => {
  const status = statuses[problem.type] ?? problemTypes[problem.type].status;
  const value = aboutFields(problem) ?? id;
  return answer(status, messages[problem.type] ?? `err.${dotted(problem.type)}`, value);
};

/** It is not there, or not any more. */
export const notThere = (id: string): Response => answer(400, notExist, id);

/** It has ended in another way, and is not deleted. */
export const endedOtherwise = (as: CancellationErrorType, id: string): Response =>
  as === 'not-found' ? notThere(id) : answer(400, `err.signature.request.${dotted(as)}`, id);

export const answer = (status: number, message: string, value: string | null): Response => ({
  status,
  body: { message, ...(value !== null && { value }) },
});

const notExist = 'err.signature.request.not.exist';

const messages: Partial<Record<ProblemName, string>> = {
  'signature-request-not-found': notExist,
  'idempotency-key-reused': 'err.signature.request.exist',
};

const aboutFields = ({ type, options }: Problem): string | null => {
  if (type === 'body-too-large')
    return 'filedata.content: a body has at most 64 KB; send filedata.url, or the id of a document';
  const { errors = [] } = options;
  return errors.length === 0 ? null : errors.map(({ field, message }) => `${field} ${message}`).join('; ');
};

const dotted = (name: string): string => name.replaceAll('-', '.');
