/**
 * Turns handlers, one for each operation, into the Lambda handler of a function: finds the operation, asks for
 * the key where the route needs one, turns whatever is thrown into a problem, logs one line. Our only contact with middy.
 */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Instant } from '../domain/ids.ts';
import { errorFields, type Log, logWith } from '../log.ts';
import type { Counts } from '../metrics.ts';
import { inInvocation } from '../trace/invocation.ts';
import { continuedTrace, newTrace, type Trace } from '../trace/trace.ts';
import type { Handlers, OperationsOf, Request, Response } from './exchange.ts';
import { asProblem } from './failure.ts';
import { type Authenticate, problemResult, toRequest, toResult } from './gateway-event.ts';
import { Problem } from './problem.ts';
import { findOperation } from './router.ts';
import type { Operation, RoutedFunction } from './routes.ts';

export interface ServeOptions {
  /** Required where a route needs a key. Throws the problem `unauthenticated`. */
  readonly authenticate?: Authenticate;
  readonly log?: Log;
}

export type ServedHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** What the pipeline learns on its way, kept on the event: middy hands its steps and the handler nothing else. */
type Event = APIGatewayProxyEventV2 & {
  startedAt?: number;
  operation?: Operation;
  request?: Request;
  counts?: Counts;
};
type Result = APIGatewayProxyStructuredResultV2;
interface Step {
  readonly event: Event;
  readonly context: Context;
  response: Result | null | undefined;
}

/** So long before Lambda stops the function, the client gets a problem instead of the gateway's own 503. */
const timeoutEarlyInMillis = 300;

/** @returns the wrapped handler: export it as it is; what it wraps authenticates nobody. */
export const serve = <F extends RoutedFunction>(
  name: F,
  handlers: Handlers<F>,
  { authenticate = refuse, log = logWith({ function: name }) }: ServeOptions = {},
): ServedHandler => {
  const pipeline = middy<Event, Result>(answerWith(handlers), { timeoutEarlyInMillis })
    .use(logOneLine(log))
    .use(answerProblems(log))
    .before(async function receiveRequest({ event, context }): Promise<void> {
      event.startedAt = performance.now();
      event.operation = findOperation(event.routeKey, event.rawPath);
      event.request = await toRequest(event.operation, event, context, authenticate, log);
    });
  return (event, context) =>
    inInvocation(traceOf(name, event), (counts) => pipeline({ ...event, counts }, context));
};

/** A client's trace goes on here; a provider's ends at our edge, because it is not the client's. */
const traceOf = (name: RoutedFunction, { headers }: Event): Trace =>
  name === 'webhook' ? newTrace() : continuedTrace(headers['traceparent'], headers['tracestate']);

const refuse: Authenticate = async () => {
  throw new Problem('unauthenticated');
};

const answerWith = <F extends RoutedFunction>(handlers: Handlers<F>) =>
  async function answerRequest({ request }: Event): Promise<Result> {
    if (request === undefined || !(request.operation in handlers)) throw new Problem('route-not-found');
    // The operation picks the handler, so the request is of the type that this handler takes.
    const handle = handlers[request.operation as OperationsOf<F>] as (request: Request) => Promise<Response>;
    return toResult(await handle(request));
  };

const answerProblems = (log: Log) => ({
  onError: function answerProblem(step: Step & { readonly error: unknown }): void {
    const problem = asProblem(step.error);
    if (problem !== step.error) {
      log('error', 'request failed', { request_id: step.context.awsRequestId, ...errorFields(step.error) });
    }
    step.response = problemResult(problem, step.context.awsRequestId);
  },
});

const logOneLine = (log: Log) => {
  // With braces: what a step returns, middy takes for the response.
  const logAnswer = ({ event, context, response }: Step): void => {
    log('info', 'answered', {
      operation: event.operation ?? null,
      status: response?.statusCode ?? null,
      ms: Math.round(performance.now() - (event.startedAt ?? performance.now())),
      tenant: event.request?.caller?.tenant ?? null,
      request_id: context.awsRequestId,
      // What an answer counts has no dimension but its function.
      ...event.counts?.fields(context.functionName, Date.now() as Instant)[0],
    });
  };
  return { after: logAnswer, onError: logAnswer };
};
