/**
 * Errors as Truto words them. Its client sends a call again at once, three times in all, on 408, 409, 425, 429, 502, 503 and 504:
 * only what may be repeated blindly has one of those. 503 means a blocked account there, and is never answered.
 */
import { STATUS_CODES } from 'node:http';
import type { CancellationErrorType } from '../../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import {
  type FieldError,
  type Problem,
  type ProblemName,
  problemTypes,
} from '../../../shared/http/problem.ts';
import { readErrorIn } from '../problem-members.ts';
import { accountParameter } from './options.ts';

/** Where Truto's status is not that of the API. */
const statuses: Partial<Record<ProblemName, number>> = {
  // A repeated cancel is the same cancellation, and a repeated read is another look: both may be sent again.
  'temporarily-unavailable': 504,
};

export const refuse = (problem: Problem): Response => {
  const { type, options } = problem;
  const unread = readErrorIn(problem);
  if (unread !== null) return remoteError(readStatuses[unread.type] ?? 504, unread.detail, unread);
  const status = statuses[type] ?? problemTypes[type].status;
  const failures = options.errors ?? [];
  const words = failures.map(({ field, message }) => `${field} ${message}`).join('; ');
  return answer(status, words || (options.detail ?? problemTypes[type].title), {
    ...(failures.length > 0 && { details: { failures } }),
    ...missing(failures),
  });
};

/** The provider's own doing, and so a remote error. */
export const endedOtherwise = (as: CancellationErrorType, request: SignatureRequestView): Response =>
  remote(as === 'not-found' ? 404 : 400, request);

/** Nobody knows, or all trying was in vain. 500 is not sent again by itself; a person who repeats the call starts it anew. */
export const givenUp = (request: SignatureRequestView): Response => remote(500, request);

const remote = (status: number, request: SignatureRequestView): Response =>
  remoteError(
    status,
    request.cancellation?.error?.detail ?? `The signature request is ${request.status}.`,
    request,
  );

const remoteError = (status: number, message: string, raw_response: object): Response =>
  answer(status, message, {
    truto_is_remote_error: true,
    raw_response,
    truto_error_insight: { remote_error: { description: 'The error is not about the call itself.' } },
  });

const readStatuses: Partial<Record<CancellationErrorType, number>> = { unauthorized: 401, forbidden: 403 };

const answer = (statusCode: number, message: string, besides: object): Response => ({
  status: statusCode,
  body: { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message, ...besides },
});

/** What the caller left out, where the vendor's own tools look for it. */
const missing = (failures: readonly FieldError[]): object => {
  const left = failures.filter(({ message }) => message.startsWith('is required')).map(({ field }) => field);
  const inQuery = left.filter((field) => field === accountParameter);
  const inBody = left.filter((field) => field !== accountParameter);
  if (left.length === 0) return {};
  return {
    truto_error_insight: {
      ...(inQuery.length > 0 && {
        missing_required_query_parameters: { description: 'Query parameters are missing.', value: inQuery },
      }),
      ...(inBody.length > 0 && {
        missing_required_body_fields: { description: 'Fields of the body are missing.', value: inBody },
      }),
    },
  };
};
