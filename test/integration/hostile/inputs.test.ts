/** Whatever bytes a client sends, on any route, the answer is no server error; what is no valid call changes nothing. */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyLimitBytes } from '../../../shared/http/body.ts';
import { descriptions } from '../../../shared/http/openapi/operations.ts';
import { type Operation, routes } from '../../../shared/http/routes.ts';
import { describeAfterwards } from '../end-to-end/afterwards.ts';
import { untilState } from '../end-to-end/waiting.ts';
import {
  bodyOf,
  type Names,
  openPrepared,
  operations,
  type Prepared,
  pathOf,
  startingMs,
  untilQuiet,
} from './prepared.ts';
import { pathsIn, withValue } from './values-within.ts';

let prepared: Prepared;
beforeAll(async () => {
  prepared = await openPrepared();
}, startingMs);
afterAll(() => prepared?.close());

interface Sent {
  readonly operation: Operation;
  /** As it goes over the wire, query included. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | null;
}

/** Nothing on the way tidies the path. */
const ask = ({ operation, path, headers = {}, body }: Sent): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const url = new URL(prepared.rescind.stack.url);
    const call = request({
      host: url.hostname,
      port: url.port,
      path,
      method: routes[operation].method,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${prepared.rescind.keys.client}`,
        ...headers,
      },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.end(body ?? undefined);
  });

const askAll = async (
  calls: readonly Sent[],
  atOnce: number,
): Promise<readonly { status: number; text: string }[]> => {
  const answers: { status: number; text: string }[] = [];
  for (let at = 0; at < calls.length; at += atOnce) {
    answers.push(...(await Promise.all(calls.slice(at, at + atOnce).map(ask))));
  }
  return answers;
};

const shown = ({ operation, path, headers, body }: Sent): string =>
  `${operation} ${path.slice(0, 200)} ${JSON.stringify(headers ?? {}).slice(0, 200)} ${String(body ?? '').slice(0, 300)}`;

/** @param of what is expected of a status */
const expectAll = async (
  calls: readonly Sent[],
  of: (status: number, call: Sent) => boolean,
  atOnce = 8,
): Promise<void> => {
  const answers = await askAll(calls, atOnce);
  const wrong = answers.flatMap(({ status, text }, at) => {
    const call = calls[at];
    return call === undefined || of(status, call)
      ? []
      : [`${status} for ${shown(call)}: ${text.slice(0, 200)}`];
  });
  expect(wrong).toEqual([]);
  expect(answers.length).toBeGreaterThan(0);
};

const isRefused = (status: number): boolean => status >= 400 && status < 500;
const validBody = (operation: Operation, names: Names = prepared.own): string | null => {
  const body = bodyOf(operation, names);
  return body && JSON.stringify(body);
};

describe('a path parameter', () => {
  const parametersOf = (operation: Operation): readonly string[] =>
    [...routes[operation].path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const hostile = (own: string): readonly string[] => [
    '.',
    '..',
    '%2e%2e',
    '.%2e',
    '%252e%252e',
    '%2f',
    '..%2f..',
    '%2e%2e%2f%2e%2e%2fv1%2faccounts',
    `x%2f..%2f${own}`,
    `${own}%2f`,
    `${own}%2f..`,
    `${own}%00`,
    `%00${own}`,
    `%20${own}`,
    `${own}%0d%0aset-cookie:%20a=b`,
    `${own}.`,
    `${own}%3f`,
    `${own}%e2%80%8b`,
    `${own}*`,
    `${own}%22`,
    '%',
    '%ff',
    '%c0%ae%c0%ae',
    '%ed%a0%80',
    '%f0%9f%98%80',
    '%EF%BC%8E%EF%BC%8E',
    '%{id}',
    '*',
    '__proto__',
    'a'.repeat(64),
    'a'.repeat(5_000),
    '%61'.repeat(2_000),
  ];

  test('that tries to climb, to end, or to be another is refused on every route', async () => {
    const before = await untilQuiet(prepared);
    const calls = operations.flatMap((operation) =>
      parametersOf(operation).flatMap((name) => {
        const key = operation === 'followSignLink' ? `sign_${name}` : name;
        return hostile(prepared.own[key] ?? '').map((value) => ({
          operation,
          path: pathOf(operation, { ...prepared.own, [key]: value }),
          body: validBody(operation),
        }));
      }),
    );
    expect(calls.length).toBeGreaterThan(700);
    await expectAll(calls, isRefused);
    expect(await untilQuiet(prepared)).toEqual(before);
  });

  test('in other letters is another', async () => {
    const calls = operations.flatMap((operation) =>
      parametersOf(operation)
        .filter((name) => name !== 'asset')
        .map((name) => {
          const key = operation === 'followSignLink' ? `sign_${name}` : name;
          const own = prepared.own[key] ?? '';
          const other = own === own.toUpperCase() ? own.toLowerCase() : own.toUpperCase();
          return {
            operation,
            path: pathOf(operation, { ...prepared.own, [key]: other }),
            body: validBody(operation),
          };
        }),
    );
    await expectAll(calls, isRefused);
  });
});

describe('a body', () => {
  const withBody = operations.filter((operation) => descriptions[operation].body !== undefined);
  const call = (operation: Operation, body: Buffer | string, headers = {}): Sent => ({
    operation,
    path: pathOf(operation, prepared.own),
    body,
    headers,
  });
  /** Nothing but a call that says all with its path takes an empty one. */
  const asText = (operation: Operation): string => validBody(operation) ?? '{}';
  const inside = (operation: Operation, more: string): string =>
    asText(operation).replace(/^\{/, (brace) => `${brace}${more}${asText(operation) === '{}' ? '' : ','}`);

  test('that is none, or not an object, or no text, is refused', async () => {
    const before = await untilQuiet(prepared);
    const bodies: readonly (Buffer | string)[] = [
      ' ',
      'null',
      'true',
      '1',
      '1e999',
      '"x"',
      '[]',
      '[{}]',
      '{',
      '{}{}',
      '{"a":1,}',
      "{'a':1}",
      'NaN',
      '// no\n{}',
      '\0',
      Buffer.from('{}', 'utf16le'),
      Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
      '['.repeat(60_000),
      '{"a":'.repeat(12_000),
    ];
    const types = [
      'application/json',
      'text/plain',
      'application/octet-stream',
      'application/json; charset=utf-16',
    ];
    const calls = withBody.flatMap((operation) =>
      bodies.flatMap((body) => types.map((type) => call(operation, body, { 'content-type': type }))),
    );
    await expectAll(calls, (status) => status === 400);
    expect(await untilQuiet(prepared)).toEqual(before);
  });

  test('with a field that is not known is refused, by whatever name', async () => {
    const before = await untilQuiet(prepared);
    const keys = [
      'extra',
      '',
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      '\\u005f_proto__',
      'tenant',
      'id',
      'a.b',
      '\\u0000',
      '\\ud800',
      'x'.repeat(10_000),
    ];
    const values = ['null', '1', '"x"', '{}', '{"admin":true}', '[[[[]]]]'];
    const calls = withBody.flatMap((operation) =>
      keys.flatMap((key) => values.map((value) => call(operation, inside(operation, `"${key}":${value}`)))),
    );
    await expectAll(calls, (status) => status === 400);
    expect(await untilQuiet(prepared)).toEqual(before);
  });

  test('in the form of a page is refused, and one in another charset is not misread', async () => {
    const forms = ['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'MULTIPART/mixed'];
    await expectAll(
      withBody.flatMap((operation) =>
        forms.map((type) => call(operation, asText(operation), { 'content-type': type })),
      ),
      (status) => status === 415,
    );
  });

  test('with a wrong value in any field is answered below 500', async () => {
    const values = [
      'null',
      'true',
      '0',
      '-1',
      '1e999',
      '9007199254740993',
      '""',
      '"\\u0000"',
      '"\\ud800"',
      '"../.."',
      '"a/../b"',
      '"\\r\\nx: y"',
      '"javascript:alert(1)"',
      '"http://127.0.0.1:1/"',
      '"https://user:pass@example.com/"',
      '"http://[::ffff:127.0.0.1]/"',
      `"${'x'.repeat(20_000)}"`,
      `"${'€'.repeat(3_000)}"`,
      '[]',
      '{}',
      '[null]',
      '{"__proto__":{"a":1}}',
      `${'['.repeat(40)}${']'.repeat(40)}`,
      `[${'0,'.repeat(9_000)}0]`,
    ];
    const placeholder = '"here"';
    const calls = withBody.flatMap((operation) =>
      Object.values(descriptions[operation].body?.examples ?? {}).flatMap(({ value }) =>
        pathsIn(value).flatMap((path) => {
          const around = JSON.stringify(withValue(value, path, 'here'));
          return values.map((given) =>
            call(
              operation,
              around.replace(placeholder, () => given),
            ),
          );
        }),
      ),
    );
    expect(calls.length).toBeGreaterThan(1_500);
    // Some are valid, and about the same thing: a crowd on one item would be told to come back.
    await expectAll(calls, (status) => status < 500, 1);
  }, 120_000);

  test('that names a request by more than an id never reaches a provider', async () => {
    const ids = [
      '..',
      '../..',
      'a/../b',
      '%2e%2e',
      'a%2fb',
      'a/b',
      'a\\b',
      '.a',
      'a.',
      'a b',
      'ä',
      'a\0',
      'a?x=1',
      'a#b',
      '',
    ];
    const about = ['createCancellation', 'importSignatureRequest'] as const;
    const calls = about.flatMap((operation) =>
      ['dropbox-sign', 'okdokument', 'box-sign', 'ironclad', 'truto'].flatMap((account_id) =>
        ids.map((provider_request_id) =>
          call(
            operation,
            JSON.stringify({
              account_id,
              provider_request_id,
              ...(operation === 'createCancellation' && { reason: 'why' }),
            }),
          ),
        ),
      ),
    );
    await expectAll(calls, (status) => status === 400);
  });

  test('of as many bytes as are allowed is read, and of one more refused', async () => {
    const sized = (operation: Operation, bytes: number): string => asText(operation).padEnd(bytes, ' ');
    await expectAll(
      withBody.flatMap((operation) =>
        [1, 10, bodyLimitBytes, 900_000].map((more) =>
          call(operation, sized(operation, bodyLimitBytes + more)),
        ),
      ),
      (status) => status === 413,
    );
    await expectAll(
      withBody.map((operation) => call(operation, sized(operation, bodyLimitBytes))),
      (status) => status !== 413 && status < 500,
    );
  });
});

describe('a query', () => {
  const lists = operations.filter((operation) => descriptions[operation].query !== undefined);
  const refused = [
    'extra=1',
    '__proto__=1',
    'constructor=1',
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1e1',
    'limit=0x10',
    'limit=',
    'limit=1&limit=2',
    'limit=%00',
    'limit=%ff',
    'cursor=',
    'cursor=AAAA',
    'cursor=..%2f..',
    'cursor=%00',
    `cursor=${'A'.repeat(5_000)}`,
    `cursor=${Buffer.from('2026-11-21T10:00:00.000Z#sr_').toString('base64url')}`,
    'cursor=x&cursor=y',
    '%ff=%ff',
    '=',
    'limit[]=1',
  ];
  test('that is not foreseen is refused by every list', async () => {
    expect(lists.length).toBeGreaterThan(1);
    await expectAll(
      lists.flatMap((operation) =>
        refused.map((query) => ({ operation, path: `${pathOf(operation, prepared.own)}?${query}` })),
      ),
      (status) => status === 400,
    );
  });
  test('is no server error on any route', async () => {
    const odd = [
      '',
      '?',
      '%',
      '%ff',
      '%00',
      '&&&',
      '=',
      'a'.repeat(4_000),
      '__proto__=1',
      'a=%ed%a0%80',
      '#',
    ];
    await expectAll(
      operations
        .filter((operation) => routes[operation].method === 'GET')
        .flatMap((operation) =>
          odd.map((query) => ({ operation, path: `${pathOf(operation, prepared.own)}?${query}` })),
        ),
      (status) => status < 500,
    );
  });
});

describe('a header', () => {
  test('that is beyond reason is no server error, and stands in no answer', async () => {
    const headers: readonly Readonly<Record<string, string>>[] = [
      { prefer: 'wait=-1' },
      { prefer: `wait=${'9'.repeat(500)}` },
      { prefer: '"'.repeat(999) },
      { prefer: `${'a,'.repeat(400)}wait=0` },
      { prefer: `${'"\\'.repeat(499)}` },
      { 'idempotency-key': '' },
      { 'idempotency-key': '"' },
      { 'idempotency-key': '"\\"' },
      { 'idempotency-key': 'k'.repeat(256) },
      { 'idempotency-key': 'ÿ' },
      { 'accept-encoding': 'gzip;q=1e9, br;q=NaN' },
      { accept: '\t' },
      { 'content-type': '' },
      { 'content-type': 'x'.repeat(4_000) },
      { 'content-encoding': 'gzip' },
      { 'x-forwarded-for': '::1, "evil"\\' },
      { host: 'evil.example' },
      { 'if-none-match': '"'.repeat(2_000) },
      { range: 'bytes=0-18446744073709551615' },
      { __proto__: 'x' },
      { constructor: 'x' },
    ];
    const wrong: string[] = [];
    for (const operation of operations.filter((name) => routes[name].method !== 'DELETE')) {
      const [path, body] = [pathOf(operation, prepared.absent), validBody(operation, prepared.absent)];
      const calls = headers.map((given) => ({ operation, path, body, headers: given }));
      // One after the other: a crowd on one item is told to come back, which is no matter of its headers.
      for (const call of calls) {
        const { status, text } = await ask(call);
        if (status >= 500 || text.includes('evil')) wrong.push(`${status} for ${shown(call)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('more of them than the gateway takes is refused before any function runs', async () => {
    const long = { 'x-long': 'x'.repeat(11_000) };
    await expectAll(
      operations.map((operation) => ({ operation, path: pathOf(operation, prepared.own), headers: long })),
      (status) => status === 431,
    );
  });
});

describe('a connection', () => {
  /** Writes as it is told, and reads what comes until the other side ends it, or for `patienceMs`. */
  const speak = (text: string | Buffer, patienceMs = 1_500): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(prepared.rescind.stack.url);
      const chunks: Buffer[] = [];
      const socket = connect(Number(port), hostname, () => socket.write(text));
      const end = () => {
        clearTimeout(timer);
        socket.destroy();
        resolve(Buffer.concat(chunks).toString('latin1'));
      };
      const timer = setTimeout(end, patienceMs);
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', end);
      socket.on('close', end);
    });
  const statusesIn = (text: string): readonly number[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const last = 'connection: close\r\n';

  test.each([
    ['nothing but noise', '\0\xff\r\n\r\n'],
    ['no host', `GET /health HTTP/1.1\r\n${last}\r\n`],
    ['another version', `GET /health HTTP/9.9\r\nhost: x\r\n${last}\r\n`],
    ['a method that nobody knows', `EVIL /health HTTP/1.1\r\nhost: x\r\n${last}\r\n`],
    ['a method that is not served', `TRACE /health HTTP/1.1\r\nhost: x\r\n${last}\r\n`],
    ['a whole address for a path', `GET http://evil.example/health HTTP/1.1\r\nhost: x\r\n${last}\r\n`],
    ['an asterisk for a path', `OPTIONS * HTTP/1.1\r\nhost: x\r\n${last}\r\n`],
    ['a path of dots', `GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n${last}\r\n`],
    ['a path with two slashes', `GET //v1/accounts HTTP/1.1\r\nhost: x\r\n${last}\r\n`],
    ['a null byte in a header', `GET /health HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n${last}\r\n`],
    ['a header without a colon', `GET /health HTTP/1.1\r\nhost: x\r\nnonsense\r\n${last}\r\n`],
    [
      'a length and chunks',
      'POST /webhooks/x HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/accounts HTTP/1.1\r\n\r\n',
    ],
    [
      'two lengths',
      `POST /webhooks/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n${last}\r\nab`,
    ],
    ['a length below zero', `POST /webhooks/x HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n${last}\r\n`],
    [
      'a chunk beyond reason',
      `POST /webhooks/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n${last}\r\nffffffffffffffffff\r\n`,
    ],
    ['an upgrade', `GET /health HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`],
    ['a tunnel', 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: 127.0.0.1:1\r\n\r\n'],
  ])('with %s gets no server error, and none of what it should not see', async (_, text) => {
    const answer = await speak(Buffer.from(text, 'latin1'));
    expect(statusesIn(answer).filter((status) => status >= 500)).toEqual([]);
    expect(answer).not.toMatch(/root:|"webhook_url"/);
  });

  test('that is slow, or never ends what it begins, keeps nobody else waiting', async () => {
    const { hostname, port } = new URL(prepared.rescind.stack.url);
    const begin = [
      'GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ',
      'POST /webhooks/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n',
      'POST /v1/cancellations HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab',
      'G',
    ];
    const sockets = Array.from({ length: 400 }, (_, at) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.on('connect', () => socket.write(begin[at % begin.length] ?? ''));
      return socket;
    });
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('x');
    }, 100);
    try {
      for (let asked = 0; asked < 20; asked += 1) {
        const begun = performance.now();
        const { status } = await ask({ operation: 'listAccounts', path: '/v1/accounts' });
        expect(status).toBe(200);
        expect(performance.now() - begun).toBeLessThan(2_000);
      }
    } finally {
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    }
    expect((await ask({ operation: 'getHealth', path: '/health' })).status).toBe(200);
  });
});

test('no function crashed, and every line of the log is one', () => {
  const { dataDir } = prepared.rescind.stack.configuration;
  const lines = readFileSync(join(dataDir, 'logs', 'rescind.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const events = lines.map((line): { readonly event?: string; readonly level?: string } => JSON.parse(line));
  expect(events.length).toBeGreaterThan(1_000);
  expect(events.filter(({ event }) => event === 'request failed' || event === 'text')).toEqual([]);
});

test('and what is valid works as before', async () => {
  const connection = await prepared.rescind.connect('dropbox-sign');
  await untilState(prepared.rescind.client, (await connection.cancel(connection.seed())).id, 'confirmed');
});

describeAfterwards(() => prepared.rescind);
