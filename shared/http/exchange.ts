/** The request and the response as a handler sees them, free of API Gateway. */
import type { Tenant } from '../domain/ids.ts';
import type { Log } from '../log.ts';
import type { Operation, RoutedFunction, routes } from './routes.ts';

export interface Caller {
  readonly tenant: Tenant;
  readonly keyName: string;
}

type PathParameter<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never;

/** Null where the route needs no key. */
type CallerOf<O extends Operation> = O extends Operation
  ? (typeof routes)[O]['key'] extends true
    ? Caller
    : null
  : never;

export interface Request<O extends Operation = Operation> {
  readonly operation: O;
  /** Decoded, not validated. */
  readonly path: Readonly<Record<PathParameter<(typeof routes)[O]['path']>, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers are joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw bytes. */
  readonly body: Buffer;
  readonly requestId: string;
  /** Milliseconds until the function is stopped. */
  readonly remainingMs: () => number;
  readonly caller: CallerOf<O>;
  readonly log: Log;
}

export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a Buffer as it is. */
  readonly body?: object | string | Buffer;
}

export type OperationsOf<F extends RoutedFunction> = {
  [O in Operation]: (typeof routes)[O]['function'] extends F ? O : never;
}[Operation];

export type Handlers<F extends RoutedFunction> = {
  readonly [O in OperationsOf<F>]: (request: Request<O>) => Promise<Response>;
};
