/** Every error that the API answers with: RFC 9457 problems, written down once. What a caller can do is in docs/problems.md. */

interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** Sent with every problem of this type. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Keys are stable: the `type` of a problem is `/problems/` and the key. */
export const problemTypes = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: {
    status: 401,
    title: 'No valid API key was given',
    headers: { 'www-authenticate': 'Bearer' },
  },
  'webhook-refused': { status: 401, title: 'The delivery could not be verified' },
  'account-not-found': { status: 404, title: 'There is no such account' },
  'signature-request-not-found': { status: 404, title: 'There is no such signature request' },
  'route-not-found': { status: 404, title: 'There is nothing at this path' },
  'method-not-allowed': { status: 405, title: 'This path does not support this method' },
  'webhook-endpoint-not-found': { status: 404, title: 'There is no such webhook endpoint' },
  'not-cancellable': { status: 409, title: 'The signature request has ended in another way' },
  'not-retryable': { status: 409, title: 'Only a failed cancellation can be retried' },
  'not-finished': { status: 409, title: 'Only a finished signature request can be erased' },
  'not-undecided': { status: 409, title: 'There is nothing to decide about this signature request' },
  'not-remindable': { status: 409, title: 'No reminder can be sent' },
  'reminder-too-early': { status: 409, title: 'The provider takes no reminder yet' },
  'not-at-provider': { status: 409, title: 'The signature request is not known to be at the provider' },
  'too-many-webhook-endpoints': { status: 409, title: 'The tenant has as many webhook endpoints as it may' },
  'webhook-endpoint-disabled': { status: 409, title: 'The webhook endpoint is disabled' },
  'account-has-open-work': { status: 409, title: 'Cancellations of this account are still open' },
  'provider-cannot-change': { status: 409, title: 'The provider of an account cannot change' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key was used for another signature request',
  },
  'webhook-not-registered': { status: 424, title: 'The provider did not take the webhook URL' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  'temporarily-unavailable': {
    status: 503,
    title: 'The service cannot answer at the moment',
    headers: { 'retry-after': '2' },
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemName = keyof typeof problemTypes;
export const problemNames = Object.keys(problemTypes) as readonly ProblemName[];
export const problemMediaType = 'application/problem+json';
export const problemTypeUri = (name: ProblemName): string => `/problems/${name}`;

/** One thing that is wrong with the request. `field` is a dotted path, `body` for the body as a whole. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface ProblemOptions {
  /** What happened in this case. Never a value that the caller sent: it may be a credential. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem object. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Thrown by whatever cannot answer; `serve` turns it into the response. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemName;
  readonly options: ProblemOptions;

  constructor(type: ProblemName, options: ProblemOptions = {}) {
    super(problemTypes[type].title);
    this.type = type;
    this.options = options;
  }
}

/** @returns the problem for one bad field. */
export const invalidField = (field: string, message: string): Problem =>
  new Problem('invalid-request', { errors: [{ field, message }] });

export const problemHeaders = ({ type, options }: Problem): Readonly<Record<string, string>> => {
  const known: ProblemType = problemTypes[type];
  return { 'content-type': problemMediaType, ...known.headers, ...options.headers };
};

/** The members of a problem, as they go over the wire. */
export const problemBody = (
  { type, options }: Problem,
  requestId: string,
): Readonly<Record<string, unknown>> => ({
  type: problemTypeUri(type),
  title: problemTypes[type].title,
  status: problemTypes[type].status,
  ...(options.detail === undefined ? {} : { detail: options.detail }),
  ...(options.errors === undefined ? {} : { errors: options.errors }),
  ...options.members,
  request_id: requestId,
});
