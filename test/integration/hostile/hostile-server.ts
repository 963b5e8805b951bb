/** A server in a provider's place that answers by the byte, so that no HTTP library mends what it sends. */
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface HostileServer {
  /** Without a path; whatever path is called, the answer is the same. */
  readonly url: string;
  /** From now on. */
  behave(behaviour: Behaviour): void;
  /** The first lines of the requests that came, and how many bytes went out. */
  readonly seen: { requests: string[]; bytes: number };
  close(): Promise<void>;
}

/** Writes to the connection once a request has come. `elsewhere` counts who lets itself be sent there. */
export type Behaviour = (socket: Socket, elsewhere: string) => void;

export const startHostileServer = async (elsewhere: string): Promise<HostileServer> => {
  let behaviour: Behaviour = (socket) => socket.destroy();
  const seen: HostileServer['seen'] = { requests: [], bytes: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      seen.bytes += socket.bytesWritten;
      sockets.delete(socket);
    });
    // Whoever has read enough hangs up.
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      seen.requests.push(bytes.toString('latin1').split('\r\n')[0] ?? '');
      behaviour(socket, elsewhere);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    behave: (next) => {
      behaviour = next;
    },
    seen,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};

const say =
  (...parts: readonly (string | Buffer)[]): Behaviour =>
  (socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };

/** @param headers further header lines */
const answer = (status: number, body: string | Buffer, ...headers: readonly string[]): Behaviour =>
  say(
    [`HTTP/1.1 ${status} X`, `content-length: ${Buffer.byteLength(body)}`, ...headers, '', ''].join('\r\n'),
    body,
  );

/** Again and again, for as long as somebody listens. */
const endlessly =
  (begin: string, part: string | Buffer, everyMs = 0): Behaviour =>
  (socket) => {
    socket.write(begin);
    const more = (): void => {
      if (socket.destroyed) return;
      if (!socket.write(part)) socket.once('drain', more);
      else setTimeout(more, everyMs);
    };
    more();
  };

const json = 'content-type: application/json';
const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const redirect =
  (status: number, to: (elsewhere: string) => string): Behaviour =>
  (socket, elsewhere) =>
    answer(status, '', `location: ${to(elsewhere)}`)(socket, elsewhere);

/** None of these is proof of anything, nor the end of a request, at any provider. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  'a redirect to this machine': redirect(307, (elsewhere) => elsewhere),
  'a redirect that is for good': redirect(308, (elsewhere) => `${elsewhere}/v3/`),
  'a redirect to another host': redirect(301, () => 'http://elsewhere.invalid/'),
  'a redirect to a file': redirect(303, () => 'file:///etc/passwd'),
  'a hang-up': (socket) => socket.end(),
  'a reset': (socket) => socket.resetAndDestroy(),
  silence: () => undefined,
  'no HTTP': say('220 mail.example ESMTP\r\n'),
  'bytes without end that are no HTTP': endlessly('', Buffer.alloc(65_536, 0)),
  'a body without end': endlessly(chunked, `10000\r\n${'x'.repeat(65_536)}\r\n`),
  'headers without end': endlessly('HTTP/1.1 200 OK\r\n', `x-more: ${'y'.repeat(8_000)}\r\n`),
  'a status line without end': endlessly('HTTP/1.1 200 ', 'O'.repeat(8_000)),
  'interim answers without end': endlessly('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
  'a byte now and then': endlessly('HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n', ' ', 50),
  'a header byte now and then': endlessly('HTTP/1.1 200 OK\r\nx-slow: ', 'z', 50),
  'a chunk length beyond reason': say(chunked, 'fffffffffffffffff\r\nx'),
  'a chunk length that is none': say(chunked, 'zz\r\nx\r\n'),
  'a body that is cut off': say('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status":"canc'),
  'more than its length': say('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{"status":"cancelled"}'),
  'two lengths': say('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\n{}'),
  'a negative length': say('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'),
  'a length and chunks': say(
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ),
  'an upgrade': say('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nx'),
  'a status out of range': say('HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n'),
  'a status of four digits': say('HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n'),
  'a null byte in a header': say('HTTP/1.1 429 X\r\nretry-after: 1\0\r\ncontent-length: 0\r\n\r\n'),
  'a header in a header': answer(429, '', 'retry-after: 1\rx-evil: 1'),
  'a time to come back that is none': answer(429, '', 'retry-after: -99999999999999999999'),
  'a time to come back beyond all': answer(503, '', `retry-after: ${'9'.repeat(15)}`),
  'a date to come back beyond all': answer(503, '', 'retry-after: Fri, 31 Dec 275760 00:00:00 GMT'),
  'a bomb': answer(200, gzipSync(Buffer.alloc(50_000_000)), 'content-encoding: gzip', json),
  'a page': answer(200, '<html>please sign in</html>', 'content-type: text/html'),
  'an error page': answer(502, '<html>bad gateway</html>', 'content-type: text/html'),
  'bytes that are no text': answer(200, Buffer.alloc(1_000, 0xff), json),
  'half of a JSON': answer(200, '{"status":"cancelled"', json),
  'nesting beyond reason': answer(200, '['.repeat(900_000), json),
  'an error that nests beyond reason': answer(
    422,
    `{"statusCode":422,"raw_response":${'['.repeat(300_000)}${']'.repeat(300_000)}}`,
    json,
  ),
};
