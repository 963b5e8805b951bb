/** Dropbox Sign's errors: exactly one for an answer, by its name, with the path of a field where it is about one. */
import type { Response } from '../../../shared/http/exchange.ts';
import {
  type FieldError,
  type Problem,
  type ProblemName,
  problemHeaders,
  problemTypes,
} from '../../../shared/http/problem.ts';
import type { Refused } from '../dialect.ts';
import { readErrorIn, requestIn } from '../problem-members.ts';

/** By name, as its reference has them: the status, and what is said where there is nothing more to say. */
const errors = {
  bad_request: [400, 'The request could not be understood.'],
  invalid_recipient: [400, 'There is no such signer.'],
  invalid_reminder: [400, 'No reminder can be sent.'],
  signature_request_cancel_failed: [400, 'The signature request can no longer be canceled.'],
  signature_request_remove_failed: [400, 'Your access to the signature request cannot be removed.'],
  unauthorized: [401, 'Unauthorized user: no valid API key was given.'],
  forbidden: [403, 'This is not for you.'],
  not_found: [404, 'Not found.'],
  method_not_supported: [405, 'Rescind does not serve this call of Dropbox Sign.'],
  conflict: [409, 'This conflicts with another request.'],
  deleted: [410, 'This resource has been deleted.'],
  unprocessable_entity: [422, 'This cannot be done now.'],
  exceeded_rate: [429, 'Too many requests.'],
  unknown: [500, 'Something went wrong.'],
  unavailable: [503, 'The service is not available at the moment.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;
export type ErrorName = keyof typeof errors;

interface Details {
  readonly message?: string | undefined;
  /** `signers[0].email_address` */
  readonly path?: string | undefined;
  /** Where it is not the usual one of this name. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export const errorAnswer = (name: ErrorName, { message, path, status, headers }: Details = {}): Response => {
  const [usual, words] = errors[name];
  const error = {
    error_msg: message ?? words,
    error_name: name,
    ...(path !== undefined && { error_path: path }),
  };
  return { status: status ?? usual, body: { error }, ...(headers !== undefined && { headers }) };
};

export const refuse = (problem: Problem, { parameters }: Refused): Response => {
  const { type, options } = problem;
  const [first] = options.errors ?? [];
  // Of an id that no request can have, Dropbox Sign says what it says of any that it does not know.
  if (first?.field === 'provider_request_id' && 'signature_request_id' in parameters) {
    return errorAnswer('not_found');
  }
  if (first !== undefined) return fieldAnswer(first);
  const headers = retryAfterOf(problem);
  return errorAnswer(nameOf(problem), { message: options.detail, status: statuses[type], headers });
};

const fieldAnswer = ({ field, message }: FieldError): Response => {
  const path = pathOf(field);
  return errorAnswer('bad_request', { message: `${path} ${message}`, path });
};

/** `signers.0.name` as Dropbox Sign writes it. */
const pathOf = (field: string): string => field.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');

const nameOf = (problem: Problem): ErrorName => {
  const { type } = problem;
  if (requestIn(problem)?.cancellation?.error?.type === 'not-found') return 'not_found';
  const unread = readErrorIn(problem)?.type;
  if (unread === 'rate-limited') return 'exceeded_rate';
  if (unread === 'already-ended') return 'deleted';
  return names[type] ?? byStatus[problemTypes[type].status] ?? 'unknown';
};

const names: Partial<Record<ProblemName, ErrorName>> = {
  // Not 404, which would say that there is no such signature request.
  'account-not-found': 'forbidden',
  'route-not-found': 'method_not_supported',
  'not-cancellable': 'signature_request_cancel_failed',
  'not-remindable': 'invalid_reminder',
  'reminder-too-early': 'invalid_reminder',
  'idempotency-key-reused': 'conflict',
};

const byStatus: Readonly<Partial<Record<number, ErrorName>>> = {
  400: 'bad_request',
  401: 'unauthorized',
  404: 'not_found',
  405: 'method_not_supported',
  409: 'conflict',
  413: 'bad_request',
  415: 'bad_request',
  422: 'unprocessable_entity',
  500: 'unknown',
  503: 'unavailable',
};

/** Dropbox Sign names no error for it. */
const statuses: Partial<Record<ProblemName, number>> = { 'body-too-large': 413 };

const retryAfterOf = (problem: Problem): Readonly<Record<string, string>> | undefined => {
  const value = problemHeaders(problem)['retry-after'];
  return value === undefined ? undefined : { 'retry-after': value };
};
