/** The gateway against real functions: events, answers and limits as an HTTP API has them. */
import { request } from 'node:http';
import { connect } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalStack, startLocalStack } from '../../../infra/local/local-stack.ts';
import { httpApi, lambdaFunction, quietEnvironment, writeAssembly } from './assembly.ts';

const echo = `export const handler = async (event, context) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json', 'x-remaining': String(context.getRemainingTimeInMillis()) },
  body: JSON.stringify(event),
});`;
/** Answers what the client wants answered. */
const answer = `export const handler = async (event) => {
  if (event.body === 'throw') throw new Error('on purpose');
  if (event.body === 'exit') process.exit(1);
  if (event.body === 'undefined') return undefined;
  if (event.body === 'environment') return Object.keys(process.env);
  if (event.body === 'large') return { statusCode: 200, body: 'x'.repeat(7 * 1024 * 1024) };
  return JSON.parse(event.body);
};`;
const slow = `export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));`;
const broken = `import 'a-package-that-is-not-there';`;

let stack: LocalStack;
beforeAll(async () => {
  const api = httpApi({
    'GET /echo': 'Echo',
    'POST /echo': 'Echo',
    'GET /echo/{id}': 'Echo',
    'GET /echo/{id}/parts/{part}': 'Echo',
    'ANY /files/{proxy+}': 'Echo',
    'POST /answer': 'Answer',
    'POST /slow': 'Slow',
    'POST /broken': 'Broken',
  });
  const impatient = {
    ...Object.entries(api).find(([, resource]) => JSON.stringify(resource).includes('"Slow"')),
  };
  const assembly = writeAssembly(
    {
      ...api,
      ...(impatient[0] && {
        [impatient[0]]: {
          ...impatient[1],
          Properties: { ...propertiesOf(impatient[1]), TimeoutInMillis: 300 },
        },
      }),
      Echo: lambdaFunction('echo'),
      Answer: lambdaFunction('answer', {
        Environment: { Variables: { STAGE: { 'Fn::Sub': ['$', '{AWS::Region}-x'].join('') } } },
      }),
      Slow: lambdaFunction('slow'),
      Broken: lambdaFunction('broken'),
    },
    { echo, answer, slow, broken },
  );
  process.env['OUTER_SECRET'] = 'must not reach a function';
  stack = await startLocalStack({ environment: quietEnvironment(), assembly });
});
afterAll(() => stack.close());

const propertiesOf = (resource: unknown): object =>
  typeof resource === 'object' &&
  resource &&
  'Properties' in resource &&
  resource.Properties instanceof Object
    ? resource.Properties
    : {};

const ask = (path: string, init?: RequestInit) => fetch(`${stack.url}${path}`, init);
const parsed = async (response: Response): Promise<APIGatewayProxyEventV2> =>
  JSON.parse(await response.text());
const event = async (path: string, init?: RequestInit) => parsed(await ask(path, init));
const post = (path: string, body: string | Buffer | Uint8Array, contentType = 'text/plain') =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(Buffer.from(body)),
  });

describe('the event', () => {
  test('has the fields of payload format 2.0', async () => {
    const received = await event('/echo/a%20b?x=1&y=2&x=3&empty=', { headers: { 'X-Mixed-Case': 'Yes' } });
    expect(received).toMatchObject({
      version: '2.0',
      routeKey: 'GET /echo/{id}',
      rawPath: '/echo/a b',
      rawQueryString: 'x=1&y=2&x=3&empty=',
      queryStringParameters: { x: '1,3', y: '2', empty: '' },
      pathParameters: { id: 'a b' },
      isBase64Encoded: false,
      headers: { 'x-mixed-case': 'Yes', 'x-forwarded-proto': 'http' },
      requestContext: {
        stage: '$default',
        routeKey: 'GET /echo/{id}',
        domainName: '127.0.0.1',
        http: { method: 'GET', path: '/echo/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
      },
    });
    expect(received.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(Math.abs(received.requestContext.timeEpoch - Date.now())).toBeLessThan(10_000);
    expect(received).not.toHaveProperty('body');
    expect(received).not.toHaveProperty('cookies');
  });

  test('joins repeated headers with commas and takes cookies apart', async () => {
    const received = await raw(
      'GET /echo HTTP/1.1\r\nHost: x.test\r\nX-A: 1\r\nX-A: 2\r\nCookie: a=1; b=2\r\nConnection: close\r\n\r\n',
    );
    const body: APIGatewayProxyEventV2 = JSON.parse(received.slice(received.indexOf('\r\n\r\n') + 4));
    expect(body.headers['x-a']).toBe('1,2');
    expect(body.headers).not.toHaveProperty('cookie');
    expect(body.cookies).toEqual(['a=1', 'b=2']);
    expect(body.requestContext.domainName).toBe('x.test');
  });

  test.each([
    'text/plain',
    'application/json',
    'application/json; charset=utf-8',
    'application/xml',
    'text/csv',
  ])('carries %s as text', async (contentType) => {
    const received = await parsed(await post('/echo', '{"ä":1}', contentType));
    expect(received).toMatchObject({ body: '{"ä":1}', isBase64Encoded: false });
  });

  test.each([
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '',
  ])('carries %j as base64, byte for byte', async (contentType) => {
    const bytes = Buffer.from([0, 255, 254, 10, 13, 128]);
    const received = await parsed(await post('/echo', bytes, contentType));
    expect(received.isBase64Encoded).toBe(true);
    expect(Buffer.from(received.body ?? '', 'base64')).toEqual(bytes);
  });

  test('names __proto__ in a query without harm', async () => {
    const received = await event('/echo?__proto__=1&constructor=2');
    expect(received.rawQueryString).toBe('__proto__=1&constructor=2');
  });

  test('tells the function how long it has', async () => {
    const remaining = Number((await ask('/echo')).headers.get('x-remaining'));
    expect(remaining).toBeGreaterThan(3_000);
    expect(remaining).toBeLessThanOrEqual(5_000);
  });
});

describe('the answer', () => {
  const answered = (value: unknown) => post('/answer', JSON.stringify(value));

  test('has status, headers, cookies and body', async () => {
    const response = await answered({
      statusCode: 202,
      headers: { Location: '/x', 'X-Number': 5 },
      cookies: ['a=1', 'b=2'],
      body: 'hello',
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe('/x');
    expect(response.headers.get('x-number')).toBe('5');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('hello');
  });

  test('decodes base64', async () => {
    const response = await answered({ statusCode: 200, body: 'AP8=', isBase64Encoded: true });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });

  test.each([[{ any: 'thing' }], ['text'], [[1, 2]], [null]])(
    'takes a bare %j as the JSON body of a 200',
    async (value) => {
      const response = await answered(value);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual(value);
    },
  );

  test('may have no body', async () => {
    const response = await answered({ statusCode: 204 });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  test.each([
    ['throw'],
    ['exit'],
    ['large'],
    [JSON.stringify({ statusCode: 'many' })],
    [JSON.stringify({ statusCode: 200, headers: { bad: 'line\nbreak' } })],
  ])('is 500 when the function fails: %s', async (body) => {
    const response = await post('/answer', body);
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  test('is 500, soon, when the bundle cannot be loaded', async () => {
    const response = await post('/broken', '');
    expect(response.status).toBe(500);
  });

  test('is 503 when the integration takes too long', async () => {
    const response = await post('/slow', 'x');
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });
});

describe('the limits', () => {
  test('a path without route is 404', async () => {
    expect([(await ask('/nothing')).status, await event('/nothing')]).toEqual([
      404,
      { message: 'Not Found' },
    ]);
    expect((await ask('/echo', { method: 'DELETE' })).status).toBe(404);
    expect((await ask('/files/')).status).toBe(404);
  });

  test('a body over 10 MB is 413, and the connection lives on', async () => {
    const response = await post('/echo', Buffer.alloc(10 * 1024 * 1024 + 1));
    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
    expect((await ask('/echo')).status).toBe(200);
  });

  test('a body that Lambda does not take is 413', async () => {
    expect((await post('/echo', Buffer.alloc(7 * 1024 * 1024), 'text/plain')).status).toBe(413);
  });

  test('headers over 10,240 bytes are 431', async () => {
    expect((await ask('/echo', { headers: { 'x-large': 'x'.repeat(10_300) } })).status).toBe(431);
    expect((await ask('/echo', { headers: { 'x-large': 'x'.repeat(9_000) } })).status).toBe(200);
  });

  test('a client that breaks off in its body harms nobody', async () => {
    await new Promise<void>((resolve) => {
      const broken = request(`${stack.url}/echo`, { method: 'POST', headers: { 'content-length': '1000' } });
      broken.on('error', () => resolve());
      broken.write('half');
      setTimeout(() => broken.destroy(), 50);
    });
    expect((await ask('/echo')).status).toBe(200);
  });
});

test('a function sees the template’s environment and not the one around the stack', async () => {
  const names: readonly string[] = JSON.parse(await (await post('/answer', 'environment')).text());
  expect(names).toContain('STAGE');
  expect(names).toContain('AWS_ENDPOINT_URL_DYNAMODB');
  expect(names).not.toContain('OUTER_SECRET');
  expect(names).not.toContain('HOME');
});

/** Sends bytes as they are: `fetch` would tidy them. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('end', () => resolve(received)).on('error', reject);
  });
