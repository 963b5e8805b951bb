/** Lets tests and the benchmark watch every call to the embedded AWS services: count them, delay them, compare images. */

export type AwsService = 'dynamodb' | 'sqs' | 'secretsmanager';

export interface AwsCall {
  readonly service: AwsService;
  readonly operation: string;
  readonly input: unknown;
}

export interface AwsWatcher {
  /** Awaited before the call is carried out. A throw makes the call fail with a server error. */
  before?(call: AwsCall): void | Promise<void>;
  /** After it was carried out; awaited before the caller gets its answer. */
  after?(call: AwsCall, answer: { readonly status: number; readonly output: unknown }): void | Promise<void>;
}

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
