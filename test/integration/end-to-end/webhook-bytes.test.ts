/** Whatever bytes come to a webhook URL, the answer is never a server error, and nothing changes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeAfterwards } from './afterwards.ts';
import { type Connection, openRescind, providers, type Rescind } from './rescind.ts';
import { untilState } from './waiting.ts';

let rescind: Rescind;
const connections = new Map<(typeof providers)[number], Connection>();
beforeAll(async () => {
  rescind = await openRescind();
  for (const provider of providers) connections.set(provider, await rescind.connect(provider));
});
afterAll(() => rescind?.stack.close());

/** Mulberry32: the same bytes in every run. */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

const types = [
  'application/json',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'multipart/form-data; boundary="',
  'application/x-www-form-urlencoded',
  'text/plain; charset=utf-16',
  'application/octet-stream',
  '',
];
const shapes: readonly ((junk: Buffer) => Buffer | string)[] = [
  (junk) => junk,
  (junk) => `{"event":{"event_type":${JSON.stringify(junk.toString('latin1'))}}}`,
  (junk) => Buffer.concat([Buffer.from('--x\r\nContent-Disposition: form-data; name="json"\r\n\r\n'), junk]),
  (junk) => `json=${junk.toString('latin1')}`,
  (junk) => `json=%${junk.toString('hex')}`,
  (junk) => '['.repeat(junk.length * 50),
  (junk) => `{"state":"signed","id":"..","signatureRequestId":${JSON.stringify(junk.toString('utf8'))}}`,
  () => '{"__proto__":{"event":{}},"event":null,"signature_request":[]}',
];

const webhookOf = (provider: (typeof providers)[number]): string =>
  connections.get(provider)?.webhookUrl ?? '';

const post = async (url: string, type: string, body: Buffer | string): Promise<number> => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) });
  await response.arrayBuffer();
  return response.status;
};

test.each([
  ['dropbox-sign', 401],
  ['okdokument', 200],
] as const)('%s: random bytes are answered %i', async (provider, expected) => {
  const random = randomFrom(20_261_121);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  for (let round = 0; round < 25; round += 1) {
    const sent = Array.from({ length: 10 }, () => {
      const junk = Buffer.from(Array.from({ length: Math.floor(random() * 300) }, () => random() * 256));
      return { type: pick(types), body: pick(shapes)(junk) };
    });
    const answered = await Promise.all(sent.map(({ type, body }) => post(webhookOf(provider), type, body)));
    for (const [index, status] of answered.entries())
      expect(status, JSON.stringify(sent[index])).toBe(expected);
  }
});

test.each(['%', '%00', '..', '%2e%2e', 'a/b', 'ü', 'A'.repeat(4_000)])('token %s', async (token) => {
  const { stack } = rescind;
  const status = await post(`${stack.url}/webhooks/${token}`, 'application/json', '{}');
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test.each([
  ['dropbox-sign', 401],
  ['okdokument', 200],
] as const)('%s: a megabyte is read and answered, more is refused', async (provider, expected) => {
  const url = webhookOf(provider);
  const megabyte = 1024 * 1024;
  // Not a byte of it is text, so that it travels in base64 within.
  const sized = (bytes: number) => Buffer.alloc(bytes, 0xff);
  expect(await post(url, 'application/octet-stream', sized(megabyte))).toBe(expected);
  for (const bytes of [
    megabyte + 1,
    4 * megabyte,
    7 * megabyte,
    10 * megabyte,
    10 * megabyte + 1,
    12 * megabyte,
  ]) {
    expect([bytes, await post(url, 'application/octet-stream', sized(bytes))]).toEqual([bytes, 413]);
  }
});

test('afterwards everything still works', async () => {
  for (const connection of connections.values()) {
    const { id } = await connection.cancel(connection.seed());
    await untilState(rescind.client, id, 'confirmed');
  }
  const { items } = (await rescind.client.call('listSignatureRequests')).body;
  expect(items).toHaveLength(connections.size);
});

describeAfterwards(() => rescind);
