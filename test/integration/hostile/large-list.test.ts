/** However much is told of each request, a page of the list is one that a function may answer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiFunction } from '../edge/api-function.ts';
import { startTableServer, type TableServer } from '../edge/table-server.ts';

/** What Lambda takes from a function, less what its envelope adds. */
const longestAnswer = 6 * 1024 * 1024 - 64 * 1024;

let server: TableServer;
beforeAll(async () => {
  server = await startTableServer();
});
afterAll(() => server?.close());

test('a page of requests with as much as is kept of each is short, and the next goes on', async () => {
  const api = apiFunction(server, 'large');
  await api.makeAccount();
  const wanted: string[] = [];
  for (let at = 0; at < 40; at += 1) {
    const body = { account_id: 'main', provider_request_id: `request-${at}` };
    const { id } = (await api.post('signature_requests/import', body)).body;
    wanted.push(String(id));
    await api.learn(String(id), {
      signers: Array.from({ length: 16 }, (_, one) => ({
        ref: `signer-${one}`,
        name: '€'.repeat(1_900),
        declineReason: '€'.repeat(1_900),
        email: '€'.repeat(1_900),
        status: 'declined',
      })),
    });
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < 100; pages += 1) {
    const query: string = `limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const answer = await api.ask('GET /v1/signature_requests', { query });
    expect(answer.statusCode).toBe(200);
    expect(JSON.stringify(answer).length).toBeLessThan(longestAnswer);
    expect(Buffer.byteLength(answer.body ?? '')).toBeLessThan(longestAnswer);
    const page: { items: { id: string }[]; next_cursor: string | null } = JSON.parse(answer.body ?? '');
    expect(page.items.length).toBeGreaterThan(0);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect([...seen].sort()).toEqual([...wanted].sort());
});
