import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundles, bundleFunctions } from '../../../infra/bundle.ts';
import type { ServedHandler } from '../../../shared/http/serve.ts';
import { providers } from '../../../shared/providers/registry.ts';
import { context, gatewayEvent } from '../../unit/http/examples.ts';

let folder: string;
let bundles: Bundles;
let handler: ServedHandler;

/** What Lambda does with the handler string `index.handler`. */
const load = async (name: keyof Bundles): Promise<ServedHandler> => {
  const bundle: { handler: ServedHandler } = await import(
    pathToFileURL(join(bundles[name], 'index.mjs')).href
  );
  return bundle.handler;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rescind-bundles-'));
  bundles = await bundleFunctions(folder);
  handler = await load('docs');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const get = async (path: string, headers: Record<string, string> = {}) => {
  const asset = /^\/docs\/(.+)$/.exec(path)?.[1];
  const routeKey = asset === undefined ? `GET ${path}` : 'GET /docs/{asset}';
  const event = gatewayEvent(routeKey, path, { headers, ...(asset && { path: { asset } }) });
  const result = await handler(event, context());
  const bytes = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8');
  return { status: result.statusCode, headers: result.headers ?? {}, bytes };
};

describe('the bundled docs function', () => {
  test('serves the OpenAPI document', async () => {
    const { status, headers, bytes } = await get('/openapi.json');
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(bytes.toString())).toMatchObject({ openapi: '3.1.0' });
  });

  test('serves a page whose every script and style it serves too, and nothing inline or from elsewhere', async () => {
    const { headers, bytes } = await get('/docs');
    const html = bytes.toString();
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(4);
    for (const link of links) expect((await get(link)).status).toBe(200);
    expect(html).not.toMatch(/<script>|\sstyle=|\son\w+=/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  test.each(['index.mjs', 'openapi.json', '..', '../index.mjs', 'constructor', ''])(
    'serves no other file: %j',
    async (name) => {
      const event = gatewayEvent('GET /docs/{asset}', `/docs/${name}`, { path: { asset: name } });
      expect((await handler(event, context())).statusCode).toBe(404);
    },
  );

  test('compresses for whoever takes it, and only then', async () => {
    const plain = await get('/docs/swagger-ui-bundle.js');
    const zipped = await get('/docs/swagger-ui-bundle.js', { 'accept-encoding': 'br;q=1.0, gzip;q=0.8' });
    const refused = await get('/docs/swagger-ui-bundle.js', { 'accept-encoding': 'gzip;q=0, br' });
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(hash(gunzipSync(zipped.bytes))).toBe(hash(plain.bytes));
    expect(refused.headers).not.toHaveProperty('content-encoding');
    // Lambda answers at most 6 MB, in base64 where it is compressed.
    expect(Math.max(plain.bytes.length, zipped.bytes.length) * 1.4).toBeLessThan(6_000_000);
  });

  test('is not loaded twice', async () => {
    const { headers } = await get('/docs/swagger-ui.css');
    const etag = String(headers['etag']);
    for (const given of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const again = await get('/docs/swagger-ui.css', { 'if-none-match': given });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
    }
    expect((await get('/docs/swagger-ui.css', { 'if-none-match': '"other"' })).status).toBe(200);
  });
});

/** What the template gives both of them; nothing is called with it here. */
const environment = {
  TABLE_NAME: 'none',
  SECRET_PREFIX: 'Test/accounts/',
  ENDPOINT_SECRET_PREFIX: 'Test/endpoints/',
  SEALING_KEY_SECRET: 'Test/sealing-key',
  QUEUE_URL_NOTIFY: 'http://127.0.0.1:9/notify',
  PUBLIC_BASE_URL: 'https://api.example.com',
  AWS_REGION: 'us-east-1',
};

describe.each([
  ['api', 'GET /v1/signature_requests'],
  ['accounts', 'GET /v1/accounts'],
] as const)('the bundled %s function', (name, routeKey) => {
  test('asks for a key, through the export that Lambda calls', async () => {
    Object.assign(process.env, environment);
    const served = await load(name);
    const { statusCode, headers, body } = await served(gatewayEvent(routeKey, routeKey), context());
    expect([statusCode, headers?.['content-type']]).toEqual([401, 'application/problem+json']);
    expect(JSON.parse(body ?? '')).toMatchObject({ type: '/problems/unauthenticated' });
  });
});

test('the bundled api function answers a signer without a key, with a page', async () => {
  Object.assign(process.env, environment);
  const served = await load('api');
  const event = gatewayEvent('GET /sign/{token}', '/sign/short', { path: { token: 'short' } });
  const { statusCode, headers, body } = await served(event, context());
  expect([statusCode, headers?.['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  expect(body).toContain('<h1>This link leads nowhere</h1>');
});

test('the bundled api function knows every provider, without what it never calls of them', async () => {
  const code = await readFile(join(bundles.api, 'index.mjs'), 'utf8');
  const titles = Object.values(providers).map(({ title }) => title);
  expect(titles.filter((title) => !code.includes(title))).toEqual([]);
  // Of how a provider is called, or its answers read, there is nothing.
  const calls = ['signature_request/cancel', '/sign_requests/', 'multipart/form-data'];
  expect(calls.filter((call) => code.includes(call))).toEqual([]);
});
