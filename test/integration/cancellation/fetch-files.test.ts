/** What becomes of a creation when its file is not what it should be: nothing has been sent then. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchFiles } from '../../../functions/dispatch/fetch-files.ts';
import { oneAtATime } from '../../../functions/dispatch/one-at-a-time.ts';
import { createRequestBody } from '../../../shared/http/contract/creation.ts';
import { guardedCall } from '../../../shared/net/guarded-call.ts';

let server: Server;
let base: string;
const answers: Readonly<Record<string, readonly [number, string]>> = {
  '/nda.pdf': [200, '%PDF-1.7\n%%EOF\n'],
  '/log-in': [200, '<!doctype html><title>Log in</title>'],
  '/gone': [404, ''],
  '/elsewhere': [302, ''],
  '/down': [503, ''],
  '/large': [200, `%PDF-1.7${'x'.repeat(2_000)}`],
};
beforeAll(async () => {
  server = createServer((request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, ''];
    response.writeHead(status, { 'content-type': 'application/pdf', location: '/nda.pdf' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const fetchOne = (url: string, allowLoopback = true) =>
  fetchFiles(
    { guardedCall, allowLoopback, callTimeoutMs: () => 2_000 },
    { fetchesFiles: { mostBytes: 1_000, contentType: 'application/pdf', mark: '%PDF-' } },
    createRequestBody.parse({ account_id: 'a', signers: [{ name: 'Ann' }], source_files: [{ url }] }),
  );

test('a file is taken as it is, under its own name', async () => {
  const fetched = await fetchOne(`${base}/nda.pdf`);
  expect(fetched).toMatchObject({ kind: 'files', files: [{ name: 'nda.pdf' }] });
});

test.each([
  ['/log-in', 'invalid', 'it is no application/pdf'],
  ['/gone', 'invalid', 'answered 404'],
  ['/elsewhere', 'invalid', 'answered 302'],
  ['/large', 'invalid', 'larger than 1000 bytes'],
  ['/down', 'try_again', 'answered 503'],
])('%s: %s', async (path, kind, detail) => {
  const fetched = await fetchOne(`${base}${path}`);
  expect(fetched).toMatchObject({
    kind: 'failed',
    answer: { kind, error: { type: 'source-unavailable', detail: expect.stringContaining(detail) } },
  });
});

test('an address that is not public is not even connected to', async () => {
  expect(await fetchOne(`${base}/nda.pdf`, false)).toMatchObject({
    kind: 'failed',
    answer: { kind: 'invalid', error: { detail: expect.stringContaining('not public') } },
  });
});

test('visits that hold files wait for each other, also after one that failed', async () => {
  const turn = oneAtATime();
  const log: string[] = [];
  const work = (name: string, fails: boolean) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`${name} ends`);
    if (fails) throw new Error(name);
  };
  const outcomes = await Promise.allSettled([turn(work('first', true)), turn(work('second', false))]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});
