import { describe, expect, test } from 'vitest';
import type { Handlers, Request, Response } from '../../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../../shared/http/problem.ts';
import { serve } from '../../../shared/http/serve.ts';
import { logWith } from '../../../shared/log.ts';
import { context, gatewayEvent, tenant } from './examples.ts';

const nothing = async (): Promise<Response> => ({ status: 200 });
const apiHandlers: Handlers<'api'> = {
  listProviders: nothing,
  createSignatureRequest: nothing,
  importSignatureRequest: nothing,
  createCancellation: nothing,
  listSignatureRequests: nothing,
  getSignatureRequest: nothing,
  deleteSignatureRequest: nothing,
  refreshSignatureRequest: nothing,
  remindSigners: nothing,
  resolveCreation: nothing,
  cancelSignatureRequest: nothing,
  retryCancellation: nothing,
  getHistory: nothing,
  followSignLink: nothing,
  getHealth: async () => ({ status: 200, body: { status: 'ok' } }),
};
const authenticate = async () => ({ tenant, keyName: 'first' });

const start = (handlers: Partial<Handlers<'api'>> = {}, authenticated = authenticate) => {
  const lines: string[] = [];
  const log = logWith({}, (line) => lines.push(line));
  return {
    lines,
    handler: serve('api', { ...apiHandlers, ...handlers }, { authenticate: authenticated, log }),
  };
};

const bodyOf = (result: { body?: string | undefined }): Record<string, unknown> =>
  JSON.parse(result.body ?? '');

describe('serve', () => {
  test('answers an object as JSON', async () => {
    const { handler } = start();
    const result = await handler(gatewayEvent('GET /health', '/health'), context());
    expect(result).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
    expect(result.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  });

  test('hands over decoded bytes, path parameters, the query and the caller', async () => {
    const seen: Request<'cancelSignatureRequest'>[] = [];
    const { handler } = start({
      cancelSignatureRequest: async (request) => {
        seen.push(request);
        return { status: 202 };
      },
    });
    const bytes = Buffer.from([0, 255, 128]);
    await handler(
      gatewayEvent('POST /v1/signature_requests/{id}/cancel', '/v1/signature_requests/x/cancel', {
        path: { id: 'x' },
        query: 'a=1&a=2',
        body: bytes,
      }),
      context(),
    );
    expect(seen[0]?.body).toEqual(bytes);
    expect(seen[0]?.path).toEqual({ id: 'x' });
    expect(seen[0]?.query.getAll('a')).toEqual(['1', '2']);
    expect(seen[0]?.caller).toEqual({ tenant, keyName: 'first' });
  });

  test('asks for the key before the handler runs, through the exported handler', async () => {
    let ran = false;
    const { handler } = start(
      {
        listSignatureRequests: async () => {
          ran = true;
          return { status: 200 };
        },
      },
      async () => {
        throw new Problem('unauthenticated');
      },
    );
    const result = await handler(
      gatewayEvent('GET /v1/signature_requests', '/v1/signature_requests'),
      context(),
    );
    expect(result.statusCode).toBe(401);
    expect(result.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': 'application/problem+json',
    });
    expect(ran).toBe(false);
  });

  test('without an authenticator, a route that needs a key is shut', async () => {
    const handler = serve('api', apiHandlers, { log: () => undefined });
    const result = await handler(
      gatewayEvent('GET /v1/signature_requests', '/v1/signature_requests'),
      context(),
    );
    expect(result.statusCode).toBe(401);
  });

  test('turns a problem into problem details', async () => {
    const { handler } = start({
      getHealth: async () => {
        throw invalidField('reason', 'is required');
      },
    });
    const result = await handler(gatewayEvent('GET /health', '/health'), context());
    expect(result.statusCode).toBe(400);
    expect(bodyOf(result)).toEqual({
      type: '/problems/invalid-request',
      title: 'The request is not valid',
      status: 400,
      errors: [{ field: 'reason', message: 'is required' }],
      request_id: 'request-1',
    });
  });

  test('tells nothing of an unexpected error, neither the client nor the log its message', async () => {
    const { handler, lines } = start({
      getHealth: async () => {
        throw new TypeError('secret-value');
      },
    });
    const result = await handler(gatewayEvent('GET /health', '/health'), context());
    expect(result.statusCode).toBe(500);
    expect(bodyOf(result)).toMatchObject({ type: '/problems/internal-error' });
    expect(`${result.body}${lines.join()}`).not.toContain('secret-value');
    expect(lines.join()).toContain('TypeError');
  });

  test.each([
    Object.assign(new Error('x'), { name: 'ThrottlingException', $fault: 'client' }),
    Object.assign(new Error('x'), { name: 'InternalServerError', $fault: 'server' }),
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('x'), { name: 'TimeoutError' }),
  ])('a passing failure of AWS is 503 with Retry-After: %#', async (error) => {
    const { handler } = start({
      getHealth: async () => {
        throw error;
      },
    });
    const result = await handler(gatewayEvent('GET /health', '/health'), context());
    expect(result.statusCode).toBe(503);
    expect(result.headers).toMatchObject({ 'retry-after': '2' });
    expect(bodyOf(result)).toMatchObject({ type: '/problems/temporarily-unavailable' });
  });

  test('answers 503 just before Lambda would stop a handler that hangs', async () => {
    const { handler } = start({ getHealth: () => new Promise(() => undefined) });
    const result = await handler(gatewayEvent('GET /health', '/health'), context(350));
    expect(result.statusCode).toBe(503);
  });

  test('what no route matches is 404, a known path with another method 405', async () => {
    const { handler } = start();
    const lost = await handler(gatewayEvent('$default', '/v1/nothing'), context());
    expect([lost.statusCode, bodyOf(lost)['type']]).toEqual([404, '/problems/route-not-found']);
    const wrong = await handler(gatewayEvent('$default', '/v1/accounts/a'), context());
    expect([wrong.statusCode, bodyOf(wrong)['type']]).toEqual([405, '/problems/method-not-allowed']);
    expect(wrong.headers).toMatchObject({ allow: 'PUT, GET, DELETE' });
  });

  test('a route of another function is not answered', async () => {
    const { handler } = start();
    const event = gatewayEvent('GET /v1/accounts', '/v1/accounts');
    expect((await handler(event, context())).statusCode).toBe(404);
  });

  test('logs one line for each answer, with the status', async () => {
    const { handler, lines } = start();
    await handler(gatewayEvent('GET /v1/signature_requests', '/v1/signature_requests'), context());
    await handler(gatewayEvent('$default', '/nothing'), context());
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'answered', operation: 'listSignatureRequests', status: 200, tenant, request_id: 'request-1' },
      { event: 'answered', operation: null, status: 404, tenant: null },
    ]);
  });

  test('the token of a sign link is in no log line', async () => {
    const { handler, lines } = start();
    const token = 'T'.repeat(44);
    await handler(gatewayEvent('GET /sign/{token}', `/sign/${token}`, { path: { token } }), context());
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('TTTT');
  });

  test('a buffer travels as base64', async () => {
    const { handler } = start({ getHealth: async () => ({ status: 200, body: Buffer.from([1, 2]) }) });
    const result = await handler(gatewayEvent('GET /health', '/health'), context());
    expect(result).toMatchObject({ isBase64Encoded: true, body: 'AQI=' });
  });
});
