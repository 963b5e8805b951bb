/** API Gateway's events (HTTP API, payload format 2.0) to requests, and responses back. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Log } from '../log.ts';
import type { Caller, Request, Response } from './exchange.ts';
import { Problem, problemBody, problemHeaders, problemTypes } from './problem.ts';
import { type Operation, routes } from './routes.ts';

export type Authenticate = (headers: Request['headers']) => Promise<Caller>;

/** @throws Problem `unauthenticated` when the route needs a key and none is valid. */
export const toRequest = async (
  operation: Operation,
  event: APIGatewayProxyEventV2,
  context: Context,
  authenticate: Authenticate,
  log: Log,
): Promise<Request> => {
  const route = routes[operation];
  const request: Omit<Request, 'path' | 'caller'> & LooselyTyped = {
    operation,
    path: pathParameters(route.path, event.pathParameters ?? {}),
    query: new URLSearchParams(event.rawQueryString),
    headers: event.headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    requestId: context.awsRequestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
    caller: route.key ? await authenticate(event.headers) : null,
    log: (level, what, fields) =>
      log(level, what, { operation, request_id: context.awsRequestId, ...fields }),
  };
  // The edge where the route's own types begin: its parameters are all there, and a caller where it needs a key.
  return request as Request;
};

interface LooselyTyped {
  readonly path: Readonly<Record<string, string>>;
  readonly caller: Caller | null;
}

const pathParameters = (
  path: string,
  given: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
      const value = given[name];
      if (value === undefined) throw new Problem('route-not-found');
      return [name, value];
    }),
  );

export const toResult = ({ status, headers = {}, body }: Response): APIGatewayProxyStructuredResultV2 => {
  const defaults = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if (body === undefined) return { statusCode: status, headers: { ...defaults, ...headers } };
  if (Buffer.isBuffer(body)) {
    const encoded = { body: body.toString('base64'), isBase64Encoded: true };
    return { statusCode: status, headers: { ...defaults, ...headers }, ...encoded };
  }
  const text = typeof body === 'string';
  const type = { 'content-type': text ? 'text/plain; charset=utf-8' : 'application/json' };
  return {
    statusCode: status,
    headers: { ...defaults, ...type, ...headers },
    body: text ? body : JSON.stringify(body),
  };
};

export const problemResult = (problem: Problem, requestId: string): APIGatewayProxyStructuredResultV2 =>
  toResult({
    status: problemTypes[problem.type].status,
    headers: problemHeaders(problem),
    body: problemBody(problem, requestId),
  });
