/** Lets tests and the benchmark watch every call to the embedded AWS services: count them, delay them, compare images. */

export type AwsService = 'dynamodb' | 'sqs' | 'secretsmanager';

export interface AwsCall {
  readonly service: AwsService;
  readonly operation: string;
  readonly input: unknown;
  /** The logical id of the function that calls; null for this stack itself, and for the commands of this project. */
  readonly caller: string | null;
}

export interface AwsWatcher {
  /** Awaited before the call is carried out. A throw makes the call fail: with a server error, or as `AccessDenied`. */
  before?(call: AwsCall): void | Promise<void>;
  /** After it was carried out; awaited before the caller gets its answer. */
  after?(call: AwsCall, answer: { readonly status: number; readonly output: unknown }): void | Promise<void>;
}

/** Thrown by a watcher for a call that IAM would refuse. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  /** What all of these services call it on the wire. */
  static readonly type = 'AccessDeniedException';
}

/** Each function has a session token of its own, as on Lambda; here it says whose it is. */
export const callerOf = (headers: Readonly<Record<string, string | string[] | undefined>>): string | null => {
  const token = headers['x-amz-security-token'];
  return typeof token === 'string' ? token : null;
};

/** `DynamoDB_20120810.PutItem` → `PutItem` */
export const operationOf = (target: string | string[] | undefined): string =>
  String(target ?? '')
    .split('.')
    .at(-1) ?? '';

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
