/** What belongs to another account is not there; and no path, method or key makes a dialect fail. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulatedAccounts } from '../../../infra/local/simulated-accounts.ts';
import { newSecret, openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { errorResponse } from './dropbox-sign-schema.ts';

let rescind: Rescind;
beforeAll(async () => {
  rescind = await openRescind({ ...quickSettings, PROVIDER_TIMEOUT_MS: '2000' });
});
afterAll(() => rescind?.stack.close());

const call = (
  method: string,
  path: string,
  authorization = `Bearer ${rescind.keys.client}`,
): Promise<Response> => fetch(`${rescind.stack.url}${path}`, { method, headers: { authorization } });

test('a name that another provider has now shows nothing of the account that had it before', async () => {
  const account_id = `reused-${randomBytes(4).toString('hex')}`;
  const path = { account_id };
  const known = simulatedAccounts.find(({ provider }) => provider === 'box-sign');
  const control = rescind.stack.simulators?.control['box-sign'];
  if (known === undefined || control === undefined) throw new Error('no simulated account at Box Sign');
  const subject_id = String(randomBytes(4).readUInt32BE());
  const credentials = { ...known.credentials, subject_id };
  await rescind.client.call('putAccount', { path, body: { provider: 'box-sign', credentials } });
  const { id } = control.seed({ key: subject_id, status: 'signed' });
  const body = { account_id, provider_request_id: id };
  const old = await rescind.client.call('importSignatureRequest', { body, headers: { prefer: 'wait=10' } });
  expect(old.body.status).toBe('signed');
  await rescind.client.call('deleteAccount', { path });
  const api_key = newSecret();
  const now = { provider: 'dropbox-sign', credentials: { api_key } };
  await rescind.client.call('putAccount', { path, body: now });

  const base = `/d/${account_id}/v3/signature_request`;
  const listed = await call('GET', `${base}/list`);
  expect(await listed.json()).toMatchObject({ list_info: { num_results: 0 }, signature_requests: [] });
  expect((await call('GET', `${base}/${old.body.id}`)).status).toBe(404);
  expect((await call('POST', `${base}/cancel/${old.body.id}`)).status).toBe(404);
});

test('a path is decoded once, as everywhere: what is encoded twice is no id', async () => {
  const { accountId, seed } = await rescind.connect('dropbox-sign');
  const id = seed();
  const twice = `%25${id.charCodeAt(0).toString(16)}${id.slice(1)}`;
  const once = twice.replace('%25', '%');
  const answerTo = async (given: string) =>
    (await call('GET', `/d/${accountId}/v3/signature_request/${given}`)).status;
  expect(await answerTo(once)).toBe(200);
  expect(await answerTo(twice)).toBe(404);
  expect(await answerTo('%25')).toBe(404);
});

test('odd paths, methods and keys are refused in the words of the dialect', async () => {
  const { accountId } = await rescind.connect('dropbox-sign');
  const base = `/d/${accountId}/v3`;
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const key = rescind.keys.client;
  const odd: readonly (readonly [status: number, method: string, path: string, key?: string])[] = [
    [405, 'OPTIONS', `${base}/signature_request/list`],
    [405, 'PATCH', `${base}/signature_request/list`],
    [405, 'GET', `${base}/`],
    [405, 'GET', `${base}/signature_request/a%2Fb`],
    [404, 'GET', `${base}/signature_request/%00`],
    [404, 'GET', `${base}/signature_request/${'a'.repeat(5_000)}`],
    [404, 'POST', `${base}/signature_request/cancel/__proto__`],
    [403, 'GET', '/d/__proto__/v3/signature_request/list'],
    [403, 'GET', '/d/A%00B/v3/signature_request/list'],
    [400, 'GET', `${base}/signature_request/list?__proto__=1`],
    [401, 'GET', `${base}/signature_request/list`, basic(`${key}:password`)],
    [401, 'GET', `${base}/signature_request/list`, basic(':')],
    [401, 'GET', `${base}/signature_request/list`, basic('\u043a\u043b\u044e\u0447:')],
    [401, 'GET', `${base}/signature_request/list`, 'Basic ****'],
    [401, 'GET', `${base}/signature_request/list`, `Bearer ${key} ${key}`],
  ];
  for (const [status, method, path, authorization] of odd) {
    const answer = await call(method, path, authorization);
    expect([method, path, answer.status]).toEqual([method, path, status]);
    errorResponse.parse(await answer.json());
  }
});
