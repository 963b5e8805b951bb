/** Calls to addresses that clients give: what is connected to, on real sockets, and what of the answer is read. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeServer } from '../../../infra/local/loopback.ts';
import { type GuardedLimits, type GuardedRequest, guardedCall } from '../../../shared/net/guarded-call.ts';

type Seen = { method?: string | undefined; url?: string | undefined; body: string; headers: object };
let connections = 0;
const seen: Seen[] = [];
let answer: (response: ServerResponse) => void;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    answer(response);
  });
});
server.on('connection', () => {
  connections += 1;
});
let port: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => closeServer(server));
beforeEach(() => {
  connections = 0;
  seen.length = 0;
  answer = (response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('hello');
});

const call = (url: string, limits: Partial<GuardedLimits> = {}, request: Partial<GuardedRequest> = {}) =>
  guardedCall(
    { method: 'GET', url, headers: {}, ...request },
    { timeoutMs: 2_000, mostBytes: 1_000, allowLoopback: false, ...limits },
  );
const allowed = { allowLoopback: true };

describe('never connects to this machine', () => {
  test.each([
    '127.0.0.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '127.1',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '①②⑦.0.0.1',
    'localhost',
  ])('by %s', async (host) => {
    for (const scheme of ['http', 'https']) {
      const outcome = await call(`${scheme}://${host}:${port}/`);
      expect(outcome).toEqual({ kind: 'forbidden_address' });
    }
    expect(connections).toBe(0);
  });

  test('by a name that resolves to it, nor by one that resolves to it among others', async () => {
    for (const addresses of [['127.0.0.1'], ['::1'], ['93.184.215.14', '127.0.0.1'], ['169.254.169.254']]) {
      const outcome = await call(`http://receiver.example:${port}/`, { resolve: async () => addresses });
      expect(outcome).toEqual({ kind: 'forbidden_address' });
    }
    expect(connections).toBe(0);
  });

  test('by a name that changes its mind: it is looked up once, and what was checked is connected to', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [];
    const outcome = await call(`http://receiver.example:${port}/`, { resolve, ...allowed });
    expect([outcome.kind, asked, connections]).toEqual(['response', 1, 1]);
  });

  test('by a redirect', async () => {
    answer = (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    const outcome = await call(`http://127.0.0.1:${port}/`, allowed);
    expect(outcome).toMatchObject({ kind: 'response', status: 302 });
    expect(seen).toHaveLength(1);
  });
});

describe('where loopback is allowed', () => {
  test.each(['127.0.0.1', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost'])('connects to %s', async (host) => {
    const outcome = await call(`http://${host}:${port}/path?query=1`, allowed);
    expect(outcome).toMatchObject({
      kind: 'response',
      status: 200,
      headers: { 'content-type': 'text/plain' },
    });
    expect(outcome.kind === 'response' && outcome.body.toString()).toBe('hello');
    expect(seen).toMatchObject([{ method: 'GET', url: '/path?query=1', body: '' }]);
  });

  test.each(['0.0.0.0', '[::]', '10.255.255.1', '169.254.169.254'])('refuses %s still', async (host) => {
    expect(await call(`http://${host}:${port}/`, allowed)).toEqual({ kind: 'forbidden_address' });
    expect(connections).toBe(0);
  });
});

test('sends a body, the headers as given, and no credentials of the URL', async () => {
  const request = {
    method: 'POST',
    body: '{"ä":1}',
    headers: { 'content-type': 'application/json' },
  } as const;
  await call(`http://user:password@127.0.0.1:${port}/`, allowed, request);
  expect(seen).toMatchObject([{ method: 'POST', body: '{"ä":1}' }]);
  expect(seen[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': '8',
    connection: 'close',
    host: `127.0.0.1:${port}`,
  });
  expect(seen[0]?.headers).not.toHaveProperty('authorization');
});

describe('an answer', () => {
  test('that is too large is not read to its end, and its status is told', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    answer = (response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      response.writeHead(200);
      const write = () => {
        if (!response.destroyed) response.write('x'.repeat(64_000), () => setImmediate(write));
      };
      write();
    };
    expect(await call(`http://127.0.0.1:${port}/`, allowed)).toMatchObject({
      kind: 'too_large',
      status: 200,
    });
    await closed;
  });

  test('of just the size that is wanted is whole', async () => {
    answer = (response) => void response.end('x'.repeat(1_000));
    const outcome = await call(`http://127.0.0.1:${port}/`, allowed);
    expect(outcome.kind === 'response' && outcome.body.length).toBe(1_000);
  });

  test('that does not come, or comes byte by byte, is cut off by one time-out over all of it', async () => {
    answer = () => undefined;
    const started = performance.now();
    expect(await call(`http://127.0.0.1:${port}/`, { ...allowed, timeoutMs: 100 })).toEqual({
      kind: 'no_answer',
      timedOut: true,
      status: null,
    });
    answer = (response) => {
      response.writeHead(201);
      const drip = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(drip));
    };
    expect(await call(`http://127.0.0.1:${port}/`, { ...allowed, timeoutMs: 100 })).toEqual({
      kind: 'no_answer',
      timedOut: true,
      status: 201,
    });
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  test('counts with its head where no body is wanted, and the connection ends', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    answer = (response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      response.writeHead(202, { 'retry-after': '1' }).flushHeaders();
    };
    const started = performance.now();
    const outcome = await call(`http://127.0.0.1:${port}/`, { ...allowed, mostBytes: 'head-only' });
    expect(outcome).toMatchObject({ kind: 'response', status: 202, headers: { 'retry-after': '1' } });
    await closed;
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test.each([
    [10, 'response'],
    [11, 'no_answer'],
  ])('after %d interim ones is a %s', async (count, kind) => {
    answer = (response) => {
      for (let sent = 0; sent < count; sent += 1) response.writeProcessing();
      response.end('hello');
    };
    expect(await call(`http://127.0.0.1:${port}/`, allowed)).toMatchObject({ kind });
  });

  test('that breaks off is no answer', async () => {
    answer = (response) => void response.destroy();
    expect(await call(`http://127.0.0.1:${port}/`, allowed)).toEqual({
      kind: 'no_answer',
      timedOut: false,
      status: null,
    });
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await call(`http://127.0.0.1:${port}/`, allowed)).toMatchObject({
      kind: 'no_answer',
      status: 200,
    });
  });
});

describe('what was certainly not sent', () => {
  test.each([
    ['a name that does not resolve', async () => Promise.reject(new Error('ENOTFOUND'))],
    ['a name without an address', async () => []],
  ])('%s', async (_name, resolve) => {
    expect(await call('http://receiver.example/', { resolve })).toEqual({
      kind: 'not_sent',
      timedOut: false,
    });
  });

  test('a look-up that takes too long', async () => {
    const resolve = () => new Promise<readonly string[]>(() => undefined);
    expect(await call('http://receiver.example/', { resolve, timeoutMs: 50 })).toEqual({
      kind: 'not_sent',
      timedOut: true,
    });
  });

  test('a port that nobody listens on', async () => {
    expect(await call('http://127.0.0.1:1/', allowed)).toEqual({ kind: 'not_sent', timedOut: false });
  });

  test('a server that speaks no TLS', async () => {
    const outcome = await call(`https://127.0.0.1:${port}/`, allowed);
    expect(outcome).toEqual({ kind: 'not_sent', timedOut: false });
  });
});
