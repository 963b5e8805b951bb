/** Errors as Box Sign tells them (`ClientError`): its statuses and codes, and every problem of the API in them. */
import { bodyLimitBytes } from '../../../shared/http/body.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { type FieldError, type Problem, problemTypes } from '../../../shared/http/problem.ts';
import { readErrorIn, requestIn } from '../problem-members.ts';

/** The published codes are a closed list, so 413 and 415 have the code of any other bad request. */
const codes = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'bad_request',
  415: 'bad_request',
  429: 'too_many_requests',
  500: 'internal_server_error',
  503: 'unavailable',
} as const;
type ErrorStatus = keyof typeof codes;

interface About {
  readonly requestId: string;
  /** Never a value that the caller sent. */
  readonly message: string;
  /** Which parameters are wrong, by Box Sign's names. */
  readonly parameters?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

export const clientError = (
  status: ErrorStatus,
  { requestId, message, parameters = [], headers = {} }: About,
): Response => ({
  status,
  headers,
  body: {
    type: 'error',
    status,
    code: codes[status],
    message,
    context_info: {
      errors: parameters.map(({ field, message }) => ({ reason: 'invalid_parameter', name: field, message })),
    },
    help_url: 'https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/',
    request_id: requestId,
  },
});

/** What Box answers about a request that has ended is not documented: an opaque 400 was seen (box-windows-sdk issue 929). */
export const cannotBe = (done: 'cancelled' | 'resent', because: string, requestId: string): Response => {
  const message = `The sign request cannot be ${done}. ${because}`;
  return clientError(400, { requestId, message, parameters: [{ field: 'sign_request_id', message }] });
};

export const notFound = (requestId: string): Response =>
  clientError(404, { requestId, message: 'Not Found' });

/** A problem of the API in Box Sign's words. */
export const refuse = (problem: Problem, requestId: string): Response => {
  const { type, options } = problem;
  const { title } = problemTypes[type];
  const message = options.detail ?? title;
  switch (type) {
    case 'invalid-request': {
      const parameters = (options.errors ?? []).map(named);
      const [first] = parameters;
      const told = first === undefined ? message : `Bad request: ${first.field} ${first.message}`;
      return clientError(400, { requestId, message: told, parameters });
    }
    case 'unauthenticated':
      return clientError(401, { requestId, message, headers: { 'www-authenticate': challenge } });
    // A tenant without the account that the path names: the key is right, and not for this.
    case 'account-not-found':
      return clientError(403, { requestId, message });
    case 'signature-request-not-found':
    case 'route-not-found':
      return notFound(requestId);
    case 'not-cancellable':
      return wasNotThere(problem)
        ? notFound(requestId)
        : cannotBe('cancelled', options.detail ?? '', requestId);
    case 'not-remindable':
      return cannotBe('resent', message, requestId);
    case 'reminder-too-early':
      return { ...cannotBe('resent', message, requestId), headers: options.headers ?? {} };
    case 'idempotency-key-reused':
      return clientError(409, { requestId, message });
    case 'body-too-large':
      return clientError(413, { requestId, message: tooLarge });
    case 'unsupported-media-type':
      return clientError(415, { requestId, message });
    case 'temporarily-unavailable':
      return unavailable(problem, requestId);
    // The others are of calls that this dialect does not make.
    default:
      return clientError(500, { requestId, message });
  }
};

/** To the letter what Box answers to a token that it does not know (seen in box-node-sdk issue 157). */
const challenge =
  'Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid."';

const tooLarge = `The body is larger than ${bodyLimitBytes / 1024} KB. Name files by their ids, and put nothing of them into it.`;

/** What the API calls by another name. */
const named = ({ field, message }: FieldError): FieldError => ({ field: ownNames[field] ?? field, message });
const ownNames: Readonly<Record<string, string>> = {
  provider_request_id: 'sign_request_id',
  cursor: 'marker',
};

/** An earlier wish found out that there is no such request. */
const wasNotThere = (problem: Problem): boolean =>
  requestIn(problem)?.cancellation?.error?.type === 'not-found';

/** Nothing is known of the request yet, and the reason may be worth another status. */
const unavailable = (problem: Problem, requestId: string): Response => {
  const why = readErrorIn(problem);
  switch (why?.type) {
    case 'rate-limited':
      return clientError(429, { requestId, message: why.detail, headers: { 'retry-after': rateWindow } });
    // Box refuses the account that Rescind has there: repeating the call does not help.
    case 'unauthorized':
    case 'forbidden':
    case 'payment-required':
    case 'account-blocked':
      return clientError(403, { requestId, message: why.detail });
    default:
      return clientError(503, {
        requestId,
        message: why?.detail ?? problem.options.detail ?? problemTypes[problem.type].title,
        headers: { ...problemTypes['temporarily-unavailable'].headers, ...problem.options.headers },
      });
  }
};

/** Seconds: Box counts calls by the minute (documented). */
const rateWindow = '60';
