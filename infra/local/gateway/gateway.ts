/** The HTTP API on 127.0.0.1: finds the route, invokes its function, and keeps API Gateway's own limits. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { failed, type InvocationResult } from '../lambda/invocation.ts';
import { closeServer, listenOnLoopback, readBody } from '../loopback.ts';
import { answerOf, gatewayAnswer, type HttpAnswer } from './http-answer.ts';
import { httpEvent, splitUrl } from './http-event.ts';
import type { MatchedRoute, RouteTable } from './route-table.ts';

export interface Integration {
  /** A number from the template, 30 s at most. */
  readonly timeoutMs: number;
  invoke(event: unknown): Promise<InvocationResult>;
}

/** For the log: the route and not the path, which may be a webhook's token. */
export type Served = Readonly<Record<'route' | 'method', string> & Record<'status' | 'ms', number>>;

export interface Gateway {
  readonly port: number;
  /** Until then every request is answered 503. */
  open(routes: RouteTable<Integration>): void;
  /** From then on every request is answered 503 again. */
  shut(): void;
  close(): Promise<void>;
}

const maxBodyBytes = 10 * 1024 * 1024;
/** Request line and header values together. */
const maxHeaderBytes = 10_240;

/** @throws Error when the port is in use. */
export const startGateway = async (port: number, served: (entry: Served) => void): Promise<Gateway> => {
  let routes: RouteTable<Integration> | null = null;
  const server = createServer(
    // Node's own limit must not be met before the gateway's; a slow client is cut off rather than waited for.
    { maxHeaderSize: 64 * 1024, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    async (request, response) => {
      const begun = performance.now();
      const { path } = splitUrl(request.url ?? '/');
      const route = routes?.(request.method ?? 'GET', path) ?? null;
      const answer = routes ? await answerFor(request, route) : gatewayAnswer(503, 'Service Unavailable');
      if (!answer) return;
      send(request, response, answer);
      const ms = Math.round(performance.now() - begun);
      served({
        route: route?.routeKey ?? 'none',
        method: request.method ?? '',
        status: answer.status,
        ms,
      });
    },
  );
  const actualPort = await listenOnLoopback(server, port);
  return {
    port: actualPort,
    open: (table) => {
      routes = table;
    },
    shut: () => {
      routes = null;
    },
    close: () => closeServer(server),
  };
};

/** @returns null when the client went away. */
const answerFor = async (
  request: IncomingMessage,
  route: MatchedRoute<Integration> | null,
): Promise<HttpAnswer | null> => {
  const body = await readBody(request, maxBodyBytes);
  if (body === 'gone') return null;
  if (headerBytes(request) > maxHeaderBytes) return gatewayAnswer(431, 'Request Header Fields Too Large');
  if (!route) return gatewayAnswer(404, 'Not Found');
  if (body === 'too-large') return gatewayAnswer(413, 'Request Entity Too Large');
  const result = await withTimeout(route.target, httpEvent(request, body, route, new Date()));
  return result ? answerOf(result) : gatewayAnswer(503, 'Service Unavailable');
};

const headerBytes = (request: IncomingMessage): number => {
  const requestLine = `${request.method} ${request.url} HTTP/1.1`.length;
  const values = request.rawHeaders.filter((_, index) => index % 2 === 1);
  return values.reduce((sum, value) => sum + value.length, requestLine);
};

/** @returns null when the integration time-out passed first; the function is not stopped by it. */
const withTimeout = async (
  { invoke, timeoutMs }: Integration,
  event: unknown,
): Promise<InvocationResult | null> => {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMs);
  });
  const result = invoke(event).catch(
    (): InvocationResult => failed('ServiceException', 'The invocation failed.'),
  );
  return Promise.race([result, expired]).finally(() => clearTimeout(timer));
};

/** Also what a function made up: headers that cannot be written are its error, not this server's end. */
const send = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
): void => {
  const length = status === 204 || status === 304 ? {} : { 'content-length': String(body.length) };
  try {
    response.writeHead(status, { ...headers, ...length });
    response.end(request.method === 'HEAD' ? undefined : body);
  } catch {
    response
      .writeHead(500, { 'content-type': 'application/json' })
      .end('{"message":"Internal Server Error"}');
  }
};
