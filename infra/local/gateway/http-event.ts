/** The event of payload format 2.0 that an HTTP API makes of a request. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { localAws } from '../local-aws.ts';
import { decode, type MatchedRoute } from './route-table.ts';

/** Between one hop and the next; an HTTP API passes none of them on. Cookies travel in their own field. */
const droppedHeaders = [
  'connection',
  'cookie',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export const splitUrl = (url: string): { path: string; query: string } => {
  const cut = url.indexOf('?');
  return cut < 0 ? { path: url, query: '' } : { path: url.slice(0, cut), query: url.slice(cut + 1) };
};

export const httpEvent = (
  request: IncomingMessage,
  body: Buffer,
  route: MatchedRoute<unknown>,
  now: Date,
): APIGatewayProxyEventV2 => {
  const { path, query } = splitUrl(request.url ?? '/');
  // Measured on AWS: `rawPath` is decoded, and cut at a question mark that decoding brings to light.
  const rawPath = decode(path).split('?')[0] ?? '';
  const cookies = (request.headersDistinct['cookie'] ?? [])
    .flatMap((line) => line.split(/;\s*/))
    .filter(Boolean);
  const parameters = queryParameters(query);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: headersOf(request),
    ...(Object.keys(parameters).length > 0 ? { queryStringParameters: parameters } : {}),
    ...(Object.keys(route.pathParameters).length > 0 ? { pathParameters: { ...route.pathParameters } } : {}),
    requestContext: requestContext(request, route.routeKey, rawPath, now),
    ...bodyFields(body, request.headers['content-type']),
  };
};

/**
 * Which bodies travel as text: measured on AWS, not documented. No content type and form fields go as base64.
 * Bytes that are no UTF-8 would be lost in text, so the functions must not rely on them.
 */
const isText = (contentType: string | undefined): boolean =>
  /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i.test(contentType?.trim() ?? '');

const bodyFields = (body: Buffer, contentType: string | undefined) => {
  if (body.length === 0) return { isBase64Encoded: false };
  return isText(contentType)
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
};

const headersOf = (request: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values && !droppedHeaders.includes(name)) headers[name] = values.join(',');
  }
  return {
    ...headers,
    'x-amzn-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    'x-forwarded-for': [headers['x-forwarded-for'], sourceIp(request)].filter(Boolean).join(', '),
    'x-forwarded-port': String(request.socket.localPort ?? ''),
    'x-forwarded-proto': 'http',
  };
};

const queryParameters = (query: string): Record<string, string> => {
  const parameters = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return { ...parameters };
};

const requestContext = (request: IncomingMessage, routeKey: string, path: string, now: Date) => {
  const domainName = (request.headers.host ?? '127.0.0.1').replace(/:\d+$/, '');
  return {
    accountId: localAws.accountId,
    apiId: 'local',
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    http: {
      method: request.method ?? 'GET',
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: sourceIp(request),
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    time: commonLogTime(now),
    timeEpoch: now.getTime(),
  };
};

const sourceIp = (request: IncomingMessage): string => request.socket.remoteAddress ?? '127.0.0.1';

/** `12/Mar/2026:19:03:58 +0000` */
const commonLogTime = (at: Date): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
};
