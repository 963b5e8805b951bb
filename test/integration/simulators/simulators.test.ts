import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { addressSettings, providerNames } from '../../../shared/providers/registry.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { listen, until } from '../providers/call.ts';

/** Every answer of the administration, as far as the tests look at it. */
const administered = z.looseObject({
  id: z._default(z.string(), ''),
  status: z._default(z.string(), ''),
  error: z._default(z.string(), ''),
});
const json = async (url: string, method = 'GET', body?: object) => {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: administered.parse(await response.json()) };
};
const records = z.array(z.looseObject({}));
const list = async (url: string) => records.parse(await (await fetch(url)).json());
const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });

describe('the powers over HTTP', () => {
  let simulators: Simulators;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
  });
  afterAll(() => simulators.close());
  const at = (path: string) => `${simulators.url}/${path}`;

  test('each provider has its page, and each address is below it', async () => {
    for (const [setting, url] of Object.entries(simulators.baseUrls)) {
      expect(setting).toMatch(/_(BASE|TOKEN)_URL$/);
      const [, name = ''] = url.slice(simulators.url.length).split('/');
      expect((await json(at(`${name}/`))).body['provider']).toBe(name);
    }
    expect(Object.keys(simulators.control).sort()).toEqual([...providerNames].sort());
    expect(Object.keys(simulators.baseUrls).sort()).toEqual([...addressSettings].sort());
  });

  test('a page lists every switch with its values, its meaning and its current value', async () => {
    for (const name of Object.keys(simulators.control)) {
      const { body } = await json(at(`${name}/`));
      const switches = records.parse(body['switches']);
      expect(switches.length).toBeGreaterThan(5);
      for (const one of switches) {
        expect(one).toEqual({
          name: expect.any(String),
          values: expect.any(String),
          meaning: expect.any(String),
          default: expect.anything(),
          current: one['default'],
        });
      }
    }
  });

  test('switches are set for all requests or for one, and nonsense is refused by name', async () => {
    await json(at('dropbox-sign/_switches'), 'PUT', { cancel_delay_ms: 7, second_cancel: '409' });
    const { body } = await json(at('dropbox-sign/'));
    expect(body['switches']).toContainEqual(
      expect.objectContaining({ name: 'second_cancel', current: '409' }),
    );
    for (const wrong of [
      { cancel_delay_ms: 'x' },
      { constructor: 1 },
      { faults: [{ do: 'explode' }] },
      { faults: [{ on: 'x', do: 'hang' }] },
    ]) {
      const refused = await json(at('dropbox-sign/_switches'), 'PUT', wrong);
      expect([refused.status, refused.body.error]).toEqual([
        400,
        expect.stringContaining(Object.keys(wrong)[0] ?? ''),
      ]);
    }
    expect((await json(at('dropbox-sign/_requests/none'), 'PUT', {})).status).toBe(400);
    expect((await json(at('dropbox-sign/_requests'), 'POST', { status: 'purple' })).status).toBe(400);
  });

  test('a request is seeded, called, counted and acted on', async () => {
    const seeded = await json(at('okdokument/_requests'), 'POST', { id: 'mine', key: 'k1' });
    expect(seeded).toMatchObject({ status: 201, body: { id: 'mine', status: 'tosign' } });
    await fetch(at('okdokument/JSON/signatureRequest/mine'), {
      method: 'DELETE',
      headers: { 'x-api-key': 'k2' },
    });
    await fetch(at('okdokument/JSON/signatureRequest/mine'), {
      method: 'DELETE',
      headers: { 'x-api-key': 'k1' },
    });
    const calls = await list(at('okdokument/_calls?request_id=mine&operation=cancel'));
    expect(calls.map(({ status }) => status)).toEqual([400, 200]);
    expect((await json(at('okdokument/_requests/mine'))).body.status).toBe('deleted');
    expect((await json(at('dropbox-sign/_requests'), 'POST', { id: 'other' })).status).toBe(201);
    expect((await json(at('dropbox-sign/_requests/other/sign'), 'POST')).body.status).toBe('signed');
  });

  test('a fault spoils as many calls as it says, and 0 means until it is removed', async () => {
    const { body } = await json(at('dropbox-sign/_requests'), 'POST', {});
    const read = async () =>
      (await fetch(at(`dropbox-sign/v3/signature_request/${body.id}`), { headers: basic('k') })).status;
    const fault = (times: number) => ({ faults: [{ on: 'read', do: 'status', status: 503, times }] });
    await json(at(`dropbox-sign/_requests/${body.id}`), 'PUT', fault(2));
    expect([await read(), await read(), await read()]).toEqual([503, 503, 200]);
    await json(at(`dropbox-sign/_requests/${body.id}`), 'PUT', fault(0));
    expect([await read(), await read(), await read()]).toEqual([503, 503, 503]);
    await json(at(`dropbox-sign/_requests/${body.id}`), 'PUT', { faults: [] });
    expect(await read()).toBe(200);
  });

  test('a cancel is answered with nothing at all, and the limits in headers', async () => {
    const { body } = await json(at('dropbox-sign/_requests'), 'POST', {});
    const response = await fetch(at(`dropbox-sign/v3/signature_request/cancel/${body.id}`), {
      method: 'POST',
      headers: basic('k'),
    });
    expect([response.status, await response.text(), response.headers.get('content-length')]).toEqual([
      200,
      '',
      '0',
    ]);
    expect(Number(response.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1_000);
  });

  test('callbacks that are not acknowledged come again on the schedule, and then no more', async () => {
    const listener = await listen('Hello API Event Received');
    const { body } = await json(at('dropbox-sign/_requests'), 'POST', { key: 'k3' });
    const headers = { ...basic('k3'), 'content-type': 'application/json' };
    const set = { method: 'PUT', headers, body: JSON.stringify({ callback_url: listener.url }) };
    expect((await fetch(at('dropbox-sign/v3/account'), set)).status).toBe(200);
    listener.answerWith(500, '');
    await json(at('dropbox-sign/_switches'), 'PUT', { time_scale: 0.000001 });
    await json(at(`dropbox-sign/_requests/${body.id}/view`), 'POST');
    await listener.delivery(1 + 7);
    const one = async () => (await list(at('dropbox-sign/_callbacks'))).at(-1);
    const given = await until(async () => ({ kind: String((await one())?.['nextAt']) }), 'null');
    expect(given.kind).toBe('null');
    expect(await one()).toMatchObject({
      event: 'signature_request_viewed',
      attempts: Array(7).fill(500),
      delivered: false,
    });
    await listener.close();
  });
});

describe('kill -9', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simulators-'));
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true });
  });
  const start = async (): Promise<string> => {
    const script = `import { startSimulators } from ${JSON.stringify(join(import.meta.dirname, '../../simulators/server.ts'))};
      console.log((await startSimulators({ port: 0, dataDir: ${JSON.stringify(dataDir)} })).url);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return new Promise((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
      child.once('exit', () => reject(new Error('the simulators ended before they were ready')));
    });
  };

  test('what was answered is still so, what was queued still happens, and no key is in a file', async () => {
    const key = 'a-very-recognisable-key';
    const before = await start();
    await json(`${before}/dropbox-sign/_switches`, 'PUT', { cancel_delay_ms: 1_000 });
    const { body } = await json(`${before}/dropbox-sign/_requests`, 'POST', { key });
    const cancel = `dropbox-sign/v3/signature_request/cancel/${body.id}`;
    expect((await fetch(`${before}/${cancel}`, { method: 'POST', headers: basic(key) })).status).toBe(200);
    children[0]?.kill('SIGKILL');

    const after = await start();
    const status = async () => ({
      kind: String((await json(`${after}/dropbox-sign/_requests/${body.id}`)).body.status),
    });
    expect((await until(status, 'cancelled')).kind).toBe('cancelled');
    expect(await list(`${after}/dropbox-sign/_calls`)).toHaveLength(1);
    for (const file of readdirSync(dataDir)) {
      expect(readFileSync(join(dataDir, file), 'latin1')).not.toContain(key);
    }
  });
});
