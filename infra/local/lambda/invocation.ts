/** One call of a function, and how it ended, in Lambda's own terms. */

export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
}

export type InvocationResult =
  /** The handler's return value as JSON text. */
  | { readonly kind: 'returned'; readonly payload: string }
  /** It threw, ran out of time, or its process died. */
  | { readonly kind: 'failed'; readonly errorType: string; readonly errorMessage: string };

export const failed = (errorType: string, errorMessage: string): InvocationResult => ({
  kind: 'failed',
  errorType,
  errorMessage,
});

/** Lambda's own limit for a synchronous call, each way. */
export const maxPayloadBytes = 6 * 1024 * 1024;

/** What the template says about one function. */
export interface FunctionDefinition {
  readonly logicalId: string;
  /** Short, for logs and counters: `dispatch`. */
  readonly name: string;
  readonly arn: string;
  /** Folder of the bundle. */
  readonly codeDirectory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** The template's environment, resolved, and the endpoints of the AWS services. */
  readonly environment: Readonly<Record<string, string>>;
}
