/** OKdokument's own calls against Rescind: with the host and the key changed, and nothing else. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type Connection, openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { untilRequest } from '../end-to-end/waiting.ts';
import { connectSimulated } from './connect-simulated.ts';

let rescind: Rescind;
let connection: Connection;
let files: Server;
let fileUrl: string;
beforeAll(async () => {
  // Creating takes a file to be fetched: longer than a deletion.
  rescind = await openRescind({ ...quickSettings, PROVIDER_TIMEOUT_MS: '2000' });
  files = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7\n%%EOF\n');
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/nda.pdf`;
});
// An account's calls are paced, and stop for a while after trouble: one test should not wait for another's.
beforeEach(async () => {
  connection = await rescind.connect('okdokument');
});
afterEach(() => connection.control.set({ faults: [] }));
afterAll(async () => {
  files?.close();
  await rescind?.stack.close();
});

/** The example of the vendor's page, with another host and key. */
const deleteRequest = async (
  id: string,
  key = rescind.keys.client,
  base = `/d/${connection.accountId}`,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const answer = await fetch(`${rescind.stack.url}${base}/JSON/signatureRequest/${id}`, {
    method: 'DELETE',
    headers: { 'x-api-key': key },
  });
  return { status: answer.status, body: await answer.json() };
};

test('a deletion is answered when it is proven', async () => {
  const id = connection.seed();
  expect(await deleteRequest(id)).toEqual({ status: 200, body: { message: 'msg.deleted', result: id } });
  expect(connection.control.request(id)?.status).toBe('deleted');
});

test('what does not exist is said to in the words of the vendor', async () => {
  const id = randomUUID();
  expect(await deleteRequest(id)).toEqual({
    status: 400,
    body: { message: 'err.signature.request.not.exist', value: id },
  });
});

test('what does not exist is said to again when it is asked for again', async () => {
  const id = randomUUID();
  const first = await deleteRequest(id);
  expect(await deleteRequest(id)).toEqual(first);
});

test('a deletion that is not proven in time is an error, goes on, and is done when it is asked for again', async () => {
  const id = connection.seed();
  const faults = [{ on: 'cancel', do: 'status', status: 429, times: 0 }] as const;
  connection.control.override(id, { faults });
  expect(await deleteRequest(id)).toEqual({
    status: 500,
    body: { message: 'err.signature.request.delete.pending', value: id },
  });
  expect(connection.control.request(id)?.status).toBe('tosign');
  connection.control.override(id, { faults: [] });
  expect(await deleteRequest(id)).toEqual({ status: 200, body: { message: 'msg.deleted', result: id } });
  expect(connection.cancelCalls(id)).toBeGreaterThan(1);
});

test('a deletion of which nobody can know the outcome is an error', async () => {
  connection.control.set({ faults: [{ on: 'read', do: 'html', times: 0 }] });
  const id = randomUUID();
  expect(await deleteRequest(id)).toEqual({
    status: 500,
    body: { message: 'err.signature.request.delete.failed', value: id },
  });
});

test('a wrong key is 401', async () => {
  expect(await deleteRequest(randomUUID(), 'no-key')).toMatchObject({ status: 401 });
});

test('without an account in the path it is the one that is named like the provider', async () => {
  const { client, stranger } = rescind.keys;
  // The first tenant of a local stack has one.
  expect(await deleteRequest(randomUUID(), client, '')).toMatchObject({ status: 400 });
  expect(await deleteRequest(randomUUID(), stranger, '')).toMatchObject({ status: 403 });
});

test("another tenant's account is not there", async () => {
  expect(await deleteRequest(randomUUID(), rescind.keys.stranger)).toMatchObject({ status: 403 });
});

test("the vendor's example of a deletion, with another host and key alone", async () => {
  const { seed, control } = await connectSimulated(rescind, 'okdokument', 'okdokument');
  const id = seed();
  const { hostname, port } = new URL(rescind.stack.url);
  const raw = [
    `DELETE /JSON/signatureRequest/${id} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    `x-api-key: ${rescind.keys.client}`,
    'Connection: close',
    '\r\n',
  ].join('\r\n');
  const socket = connect(Number(port), hostname);
  socket.write(raw);
  const answered = await text(socket);
  expect(answered).toMatch(/^HTTP\/1\.1 200 /);
  expect(answered).toContain(JSON.stringify({ message: 'msg.deleted', result: id }));
  expect(control.request(id)?.status).toBe('deleted');
});

describe('a creation', () => {
  const created = z.strictObject({ message: z.literal('msg.created'), result: z.string(), url: z.url() });

  const call = async (method: string, path: string, body?: object, key = rescind.keys.client) => {
    const answer = await fetch(`${rescind.stack.url}/d/${connection.accountId}/JSON${path}`, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...(key !== '' && { 'x-api-key': key }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const said = await answer.text();
    return {
      status: answer.status,
      location: answer.headers.get('location'),
      body: said === '' ? null : z.unknown().parse(JSON.parse(said)),
    };
  };
  const create = (body: object) => call('POST', '/signatureRequest', body);
  const open = (id: string, key?: string) => call('GET', `/openDocument/${id}`, undefined, key);
  const createCalls = () => connection.control.calls({ operation: 'create' }).length;

  /** As an app uploads it at the provider itself. */
  const upload = async (): Promise<string> => {
    const base = rescind.stack.simulators?.baseUrls.OKDOKUMENT_BASE_URL;
    const answer = await fetch(`${base}/document`, {
      method: 'POST',
      headers: { 'x-api-key': connection.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ file: 'JVBERi0xLjcK', filename: 'nda.pdf' }),
    });
    return z.object({ result: z.string() }).parse(await answer.json()).result;
  };

  test('of a document that is there, under an id of the client, happens once and is found by that id', async () => {
    const signatureRequestId = randomUUID();
    const body = { id: await upload(), changeState: 'tosign', signatureRequestId };
    const before = createCalls();
    const atOnce = await Promise.all([create(body), create(body), create(body)]);
    const first = await create(body);
    expect(first.status).toBe(200);
    const made = created.parse(first.body);
    expect(made.result).toBe(signatureRequestId);
    for (const answer of atOnce) expect(answer).toEqual(first);
    expect(createCalls()).toBe(before + 1);

    // The link of the answer is for the signer, and needs no key; the id alone is not enough without one.
    const page = await fetch(made.url, { redirect: 'manual' });
    expect(page.status).toBe(302);
    expect(page.headers.get('location')).toContain('/openDocument/');
    expect(await open(signatureRequestId)).toMatchObject({ status: 302, location: made.url });
    expect((await open(signatureRequestId, '')).status).toBe(401);
    expect((await open(signatureRequestId, rescind.keys.stranger)).status).toBe(403);

    const updated = { message: 'msg.updated', result: signatureRequestId, url: made.url };
    expect(await call('PATCH', '/signatureRequest', { signatureRequestId })).toMatchObject({
      status: 200,
      body: updated,
    });

    const other = await create({ ...body, resulturl: 'https://app.example.com/done' });
    expect(other).toMatchObject({
      status: 409,
      body: { message: 'err.signature.request.exist' },
    });

    const deleted = { status: 200, body: { message: 'msg.deleted', result: signatureRequestId } };
    expect(await deleteRequest(signatureRequestId.toUpperCase())).toMatchObject({ status: 200 });
    expect(await deleteRequest(signatureRequestId)).toEqual(deleted);
    const gone = {
      status: 400,
      body: { message: 'err.signature.request.not.exist', value: signatureRequestId },
    };
    expect(await open(signatureRequestId)).toMatchObject(gone);
    expect(await call('PATCH', '/signatureRequest', { signatureRequestId })).toMatchObject(gone);
    expect((await fetch(made.url, { redirect: 'manual' })).status).toBe(410);
  });

  test('that was signed first is not deleted, and not said to be unknown', async () => {
    const { result } = created.parse((await create({ id: await upload() })).body);
    const { client } = rescind;
    const query = { account_id: connection.accountId };
    const { items } = (await client.call('listSignatureRequests', { query })).body;
    const ours = items.find(({ provider_request_id }) => provider_request_id === result)?.id ?? '';
    connection.control.act(result, 'sign');
    await untilRequest(client, ours, ({ status }) => status === 'signed');
    for (const _attempt of [1, 2]) {
      expect(await deleteRequest(result)).toEqual({
        status: 400,
        body: { message: 'err.signature.request.already.signed', value: result },
      });
    }
    expect(connection.cancelCalls(result)).toBe(0);
  });

  test("of a file that is fetched answers with the provider's id", async () => {
    const filedata = { url: fileUrl, filename: 'nda.pdf', state: 'tosign' };
    const answer = await create({ filedata, resulturl: 'https://app.example.com/done' });
    expect(answer.status).toBe(200);
    const { result } = created.parse(answer.body);
    expect(connection.control.request(result)?.status).toBe('tosign');
    expect(await deleteRequest(result)).toMatchObject({ status: 200 });
    expect(connection.control.request(result)?.status).toBe('deleted');
  });

  test("that is late answers with Rescind's id, which every call takes", async () => {
    connection.control.set({ faults: [{ on: 'create', do: 'status', status: 429, times: 0 }] });
    const { status, body } = await create({ id: await upload() });
    expect(status).toBe(200);
    const { result, url } = created.parse(body);
    expect(result).toMatch(/^sr_/);
    // Nothing to sign yet, and the page says so.
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(202);
    expect(await open(result)).toMatchObject({ status: 302, location: url });
    expect(await deleteRequest(result)).toMatchObject({ status: 200, body: { result } });
    expect((await open(result)).status).toBe(400);
  });

  test('without an id of the client happens as often as it is asked for', async () => {
    const body = { id: await upload() };
    const [first, second] = [await create(body), await create(body)];
    expect(created.parse(first.body).result).not.toBe(created.parse(second.body).result);
  });

  test('that the provider refuses is 400', async () => {
    const answer = await create({ id: 'nosuchdocument' });
    expect(answer).toMatchObject({ status: 400, body: { message: 'err.signature.request.not.created' } });
  });

  test.each([
    [
      'the bytes of a file',
      { filedata: { content: 'JVBERi0xLjcK', filename: 'nda.pdf', state: 'tosign' } },
      'filedata.content',
    ],
    [
      'a state that needs preparing',
      { filedata: { url: 'https://x.example/a.pdf', state: 'tags' } },
      'filedata.state',
    ],
    ['a callback', { id: 'a', sendInfoURL: 'https://x.example/' }, 'sendInfoURL'],
    ['an expiry', { id: 'a', expirationTime: '1796000000000' }, 'expirationTime'],
    ['rules', { id: 'a', rules: { signAnywhereEnabled: false } }, 'rules'],
    ['fields', { id: 'a', allowedFields: { SIGNATURE: '_SO1_' } }, 'allowedFields'],
    ['what is not documented', { id: 'a', colour: 'red' }, 'colour'],
    ['an id that is no UUID', { id: 'a', signatureRequestId: 'mine' }, 'signatureRequestId'],
    ['a result page that is no URL', { id: 'a', resulturl: 'mine' }, 'resulturl'],
    ['a file that is no URL', { filedata: { url: 'mine' } }, 'filedata.url'],
    ['two documents', { id: 'a', filedata: { url: 'https://x.example/a.pdf' } }, 'id'],
    ['no document', {}, 'filedata'],
  ])('with %s is refused by its name', async (_what, body, field) => {
    const before = createCalls();
    const { status, body: said } = await create(body);
    const { message, value } = z.strictObject({ message: z.string(), value: z.string() }).parse(said);
    expect({ status, message }).toEqual({ status: 400, message: 'err.invalid.request' });
    expect(value).toMatch(new RegExp(`^${field.replace('.', '\\.')} `));
    expect(createCalls()).toBe(before);
  });

  test('with a file in the body that is too large is told to send a URL', async () => {
    const { status, body } = await create({ filedata: { content: 'A'.repeat(70_000) } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ value: expect.stringContaining('filedata.url') });
  });

  test.each([{ sendInfoURL: 'https://x.example/' }, { resulturl: 'https://x.example/' }])(
    'cannot be updated with %o',
    async (change) => {
      const { status } = await call('PATCH', '/signatureRequest', {
        signatureRequestId: connection.seed(),
        ...change,
      });
      expect(status).toBe(400);
    },
  );

  test('that was made elsewhere is there, with a link that only its maker knows', async () => {
    expect(await open(connection.seed())).toMatchObject({
      status: 404,
      body: { message: 'err.open.document.link.unknown' },
    });
    expect((await open(randomUUID())).status).toBe(400);
  });
});
