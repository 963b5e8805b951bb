/** The list over the wire, its filters and pages; and the API's description of itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { routes } from '../../../shared/http/routes.ts';
import { describeAfterwards } from './afterwards.ts';
import { type Connection, openRescind, quickSettings, type Rescind } from './rescind.ts';
import { untilState } from './waiting.ts';

let rescind: Rescind;
let waiting: Connection;
let deleting: Connection;
/** Ids, newest first. */
const asked: string[] = [];
beforeAll(async () => {
  rescind = await openRescind({ ...quickSettings, CONFIRMATION_WINDOW_SECONDS: '3600' });
  const { client, connect } = rescind;
  waiting = await connect('dropbox-sign');
  deleting = await connect('okdokument');
  for (const connection of [waiting, deleting, deleting, waiting, deleting, waiting, deleting]) {
    const providerRequestId = connection.seed();
    if (connection === waiting)
      connection.control.override(providerRequestId, { cancel_outcome: 'silently_dropped' });
    const { id } = await connection.cancel(providerRequestId);
    asked.unshift(id);
    await untilState(client, id, connection === waiting ? 'submitted' : 'confirmed');
  }
});
afterAll(() => rescind?.stack.close());

const ids = (items: readonly SignatureRequestView[]): readonly string[] => items.map(({ id }) => id);

/** Follows the cursors to the end. `between` happens after the first page. */
const pages = async (query: Record<string, string>, between = async (): Promise<void> => {}) => {
  const found: SignatureRequestView[][] = [];
  for (let cursor: string | null = ''; cursor !== null && found.length < 50; ) {
    const given: Record<string, string> = cursor === '' ? query : { ...query, cursor };
    const { body } = await rescind.client.call('listSignatureRequests', { query: given });
    found.push(body.items);
    if (cursor === '') await between();
    cursor = body.next_cursor;
  }
  return found;
};

describe('the list', () => {
  test('is newest first, and each item is the request itself', async () => {
    const [page = [], ...more] = await pages({});
    expect(more).toEqual([]);
    expect(ids(page)).toEqual(asked);
    for (const item of page) {
      const { body } = await rescind.client.call('getSignatureRequest', { path: { id: item.id } });
      expect(item).toEqual(body);
    }
  });

  test.each(['1', '2', '3', '7', '100'])('in pages of %s it has no gaps and no repeats', async (limit) => {
    const found = await pages({ limit });
    expect(ids(found.flat())).toEqual(asked);
    for (const page of found) expect(page.length).toBeLessThanOrEqual(Number(limit));
  });

  test.each([
    [
      'account_id',
      () => waiting.accountId,
      (item: SignatureRequestView) => item.account_id === waiting.accountId,
    ],
    ['status', () => 'cancelled', (item: SignatureRequestView) => item.status === 'cancelled'],
    [
      'cancellation_state',
      () => 'submitted',
      (item: SignatureRequestView) => item.cancellation?.state === 'submitted',
    ],
  ])('filtered by %s', async (name, value, fits) => {
    const all = (await pages({})).flat();
    const expected = ids(all.filter(fits));
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(all.length);
    for (const limit of ['100', '2']) {
      expect(ids((await pages({ [name]: value(), limit })).flat())).toEqual(expected);
    }
  });

  test('filters add up, and may leave nothing', async () => {
    const query = { account_id: waiting.accountId, cancellation_state: 'confirmed' };
    expect((await pages(query)).flat()).toEqual([]);
    expect((await pages({ account_id: 'no-such-account' })).flat()).toEqual([]);
  });

  test.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '1.5'],
    ['limit', ''],
    ['cursor', 'bm90IGEgY3Vyc29y'],
    ['cursor', ''],
    ['cursor', '%'],
    ['status', 'gone'],
    ['cancellation_state', 'done'],
    ['account_id', 'Main'],
    ['sort', 'oldest'],
  ])('refuses %s=%s', async (name, value) => {
    const refused = await rescind.client.refused('listSignatureRequests', { query: { [name]: value } });
    expect([refused.status, refused.fields]).toEqual([400, [name]]);
  });

  test('what is new while somebody turns pages does not disturb them', async () => {
    const found = await pages({ limit: '3' }, async () => {
      const { id } = await deleting.cancel(deleting.seed());
      await untilState(rescind.client, id, 'confirmed');
    });
    expect(ids(found.flat())).toEqual(asked);
  });
});

const described = z.object({ openapi: z.string(), paths: z.record(z.string(), z.looseObject({})) });

describe('the API about itself', () => {
  const get = (path: string) => fetch(`${rescind.stack.url}${path}`);

  test('health', async () => {
    expect((await rescind.client.call('getHealth')).body).toEqual({ status: 'ok' });
  });

  test('openapi.json is OpenAPI 3.1 and has every route', async () => {
    const response = await get('/openapi.json');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    const document = described.parse(await response.json());
    expect(document.openapi).toMatch(/^3\.1\./);
    for (const { method, path } of Object.values(routes))
      expect(document.paths[path]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined();
  });

  test('docs needs nothing from elsewhere', async () => {
    const response = await get('/docs');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const html = await response.text();
    const referenced = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => path);
    expect(referenced.length).toBeGreaterThan(2);
    for (const path of referenced) {
      expect(path).toMatch(/^\/[^/]/);
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    }
    expect(html).not.toMatch(/https?:\/\//);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|unsafe/);
  });
});

describeAfterwards(() => rescind);
