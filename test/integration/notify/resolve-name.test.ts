/** Look-ups of clients' names, against a name server on this machine. */
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nameResolver } from '../../../shared/net/resolve-name.ts';

let server: Socket;
let asked: string[];
/** The addresses of a name; null: no answer at all. */
let addresses: readonly (readonly number[])[] | null;

beforeEach(async () => {
  asked = [];
  server = createSocket('udp4');
  server.on('message', (query, { port, address }) => {
    const type = query.readUInt16BE(query.length - queryTail(query));
    asked.push(type === typeA ? 'A' : 'AAAA');
    if (addresses !== null) server.send(answerTo(query, type === typeA ? addresses : []), port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

const typeA = 1;
/** How far from its end the type of a question stands: type and class, and whatever record follows them. */
const queryTail = (query: Buffer): number => query.length - (query.indexOf(0, 12) + 1);

const answerTo = (query: Buffer, found: readonly (readonly number[])[]): Buffer => {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(found.length, 6);
  head.writeUInt32BE(0, 8);
  const records = found.map((bytes) =>
    Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]),
  );
  return Buffer.concat([head, question, ...records]);
};
const resolver = (tryMs: number, tries: number) =>
  nameResolver({ tryMs, tries, servers: [`127.0.0.1:${server.address().port}`] });

test('asks for both kinds of addresses', async () => {
  addresses = [[93, 184, 215, 14]];
  expect(await resolver(1_000, 1)('receiver.example')).toEqual(['93.184.215.14']);
  expect(asked.sort()).toEqual(['A', 'AAAA']);
});

test('names that nobody answers for end by themselves, however many there are', async () => {
  addresses = null;
  const started = performance.now();
  const names = Array.from({ length: 40 }, (_, index) => `silent-${index}.example`);
  const found = await Promise.all(names.map(resolver(100, 2)));
  expect(found).toEqual(names.map(() => []));
  expect(performance.now() - started).toBeLessThan(3_000);
});

test.each(['localhost', 'LOCALHOST.', 'app.localhost'])(
  '%s is this machine, without a query',
  async (name) => {
    expect(await resolver(100, 1)(name)).toEqual(['127.0.0.1', '::1']);
    expect(asked).toEqual([]);
  },
);
