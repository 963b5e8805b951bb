/** Every error that the API answers with: RFC 9457 problems, written down once. docs/problems.md explains each. */

interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly advice: string;
  /** Sent with every problem of this type. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Keys are stable: the `type` of a problem is `/problems/` and the key. */
export const problemTypes = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    advice: 'Correct the fields that `errors` names. Nothing was stored.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key was given',
    advice: 'Send `Authorization: Bearer KEY` or `x-api-key: KEY`; not two different keys.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  'webhook-refused': {
    status: 401,
    title: 'The delivery could not be verified',
    advice: 'Use the webhook URL and the secret of the account as they are now. Nothing was changed.',
  },
  'account-not-found': {
    status: 404,
    title: 'There is no such account',
    advice: 'Create it with `PUT /v1/accounts/{account_id}`, or use the key of the tenant that owns it.',
  },
  'signature-request-not-found': {
    status: 404,
    title: 'There is no such signature request',
    advice: 'Use an id that this API has given to this tenant. A request that Rescind did not create is cancelled with `POST /v1/cancellations`.',
  },
  'route-not-found': {
    status: 404,
    title: 'There is nothing at this path',
    advice: 'See `/openapi.json` for the paths.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not support this method',
    advice: 'Use a method that the `Allow` header names.',
  },
  'not-cancellable': {
    status: 409,
    title: 'The signature request has ended in another way',
    advice: 'Nothing is left to cancel. `signature_request` says how it ended.',
  },
  'not-retryable': {
    status: 409,
    title: 'Only a failed cancellation can be retried',
    advice: 'Read the signature request; cancel it if it has no cancellation.',
  },
  'account-has-open-work': {
    status: 409,
    title: 'Cancellations of this account are still open',
    advice: 'Wait until they are confirmed, rejected or failed, then delete the account.',
  },
  'provider-cannot-change': {
    status: 409,
    title: 'The provider of an account cannot change',
    advice: 'Create another account for the other provider.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is larger than 64 KB',
    advice: 'Send less.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not JSON',
    advice: 'Send JSON with `Content-Type: application/json`.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    advice: 'Repeat the request: every call of this API may be repeated. Give the operator the `request_id`.',
  },
  'temporarily-unavailable': {
    status: 503,
    title: 'The service cannot answer at the moment',
    advice: 'Repeat the request after the time in `Retry-After`.',
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
export const problemBody = ({ type, options }: Problem, requestId: string): Readonly<Record<string, unknown>> => ({
  type: problemTypeUri(type),
  title: problemTypes[type].title,
  status: problemTypes[type].status,
  ...(options.detail === undefined ? {} : { detail: options.detail }),
  ...(options.errors === undefined ? {} : { errors: options.errors }),
  ...options.members,
  request_id: requestId,
});
