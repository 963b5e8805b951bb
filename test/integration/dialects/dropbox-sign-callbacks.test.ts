/** Callbacks in Dropbox Sign's own form, taken as a handler of them does: by the vendor's SDK, with the client's own key. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventCallbackHelper, EventCallbackRequest, SignatureRequestApi } from '@dropbox/sign';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { closeServer, readBody } from '../../../infra/local/loopback.ts';
import { deliveryPage } from '../../../shared/http/contract/deliveries.ts';
import { webhookEndpoint } from '../../../shared/http/contract/webhook-endpoints.ts';
import { type Connection, openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { untilState } from '../end-to-end/waiting.ts';
import { eventually } from '../local-stack/assembly.ts';
import { signatureRequestResponse } from './dropbox-sign-schema.ts';

let rescind: Rescind;
let handler: Awaited<ReturnType<typeof openHandler>>;
let connection: Connection;

beforeAll(async () => {
  rescind = await openRescind({
    ...quickSettings,
    PROVIDER_TIMEOUT_MS: '2000',
    EVENT_RETRY_SECONDS: '1,1,1,1,1,1,1,1,1,1',
  });
  handler = await openHandler();
  await put('callbacks', endpoint());
});
afterAll(async () => {
  await handler?.close();
  await rescind?.stack.close();
});
beforeEach(async () => {
  connection = await rescind.connect('dropbox-sign');
});

interface Told {
  readonly headers: IncomingHttpHeaders;
  /** What the SDK makes of it. */
  readonly callback: EventCallbackRequest;
  readonly signatureRequest: z.output<typeof signatureRequestResponse>;
}

/** As the vendor's pages write it: the part `json` of a form, the SDK's check with the API key, the words that they ask for. */
const openHandler = async () => {
  const told: Told[] = [];
  const state = { answer: 'Hello API Event Received', status: 200 };
  const server = createServer(async (request, response) => {
    const body = await readBody(request, 64 * 1024);
    if (!Buffer.isBuffer(body)) throw new Error(`no body: ${body}`);
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    if ([...form.keys()].join() !== 'json') throw new Error('there is another part than json');
    const json = JSON.parse(String(form.get('json')));
    const callback = EventCallbackRequest.init(json);
    if (!EventCallbackHelper.isValid(rescind.keys.client, callback)) {
      response.writeHead(401).end();
      return;
    }
    const signatureRequest = signatureRequestResponse.parse(json.signature_request);
    told.push({ headers: request.headers, callback, signatureRequest });
    response.writeHead(state.status, { 'content-type': 'text/plain' }).end(state.answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    state,
    told,
    of: (id: string) => told.filter(({ signatureRequest }) => signatureRequest.signature_request_id === id),
    url: `http://127.0.0.1:${port}/callback`,
    close: () => closeServer(server),
  };
};

const put = async (id: string, body: object) => {
  const answer = await fetch(`${rescind.stack.url}/v1/webhook_endpoints/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${rescind.keys.client}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
};
const endpoint = () => ({ url: handler.url, format: 'dropbox-sign', signing_key: rescind.keys.client });

const api = (): SignatureRequestApi => {
  const client = new SignatureRequestApi(`${rescind.stack.url}/d/${connection.accountId}/v3`);
  client.username = rescind.keys.client;
  return client;
};
const imported = async (provider_request_id: string) => {
  const body = { account_id: connection.accountId, provider_request_id };
  return (await rescind.client.call('importSignatureRequest', { body, headers: { prefer: 'wait=10' } })).body;
};

test('an endpoint shows its format and what it can be told of, and never its key', async () => {
  const made = await put('another-one', endpoint());
  expect(made.status).toBe(201);
  const shown = webhookEndpoint.parse(made.body);
  expect(shown).toMatchObject({ format: 'dropbox-sign', state: 'enabled' });
  expect([...shown.event_types].sort()).toEqual([
    'signature_request.cancelled',
    'signature_request.declined',
    'signature_request.error',
    'signature_request.expired',
    'signature_request.sent',
    'signature_request.signed',
    'signature_request.viewed',
  ]);
  expect(JSON.stringify(made.body)).not.toContain(rescind.keys.client);
  expect((await put('another-one', endpoint())).status).toBe(200);
  const { status } = await rescind.client.call('deleteWebhookEndpoint', {
    path: { endpoint_id: 'another-one' },
  });
  expect(status).toBe(204);
});

describe('what is told', () => {
  test('a confirmed cancellation, once, with a hash that the SDK verifies', async () => {
    const id = connection.seed();
    const { id: ours } = await imported(id);
    await api().signatureRequestCancel(id);
    await untilState(rescind.client, ours, 'confirmed');
    const canceled = () =>
      handler
        .of(id)
        .filter(({ callback }) => String(callback.event.eventType) === 'signature_request_canceled');
    await eventually(() => canceled().length > 0, 20_000);
    const [one] = canceled();
    expect(one?.headers['user-agent']).toBe('HelloSign API');
    expect(one?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(EventCallbackHelper.getCallbackType(one?.callback ?? new EventCallbackRequest())).toBe(
      'account_callback',
    );
    expect(Number(one?.callback.event.eventTime)).toBeGreaterThan(Date.now() / 1_000 - 60);
    // As there, nothing in the object says that it is cancelled.
    expect(one?.signatureRequest).toMatchObject({ is_complete: false, is_declined: false, has_error: false });
    expect(one?.signatureRequest.signatures?.map(({ signer_email_address }) => signer_email_address)).toEqual(
      ['signer0@signer.example', 'signer1@signer.example'],
    );
    expect(canceled()).toHaveLength(1);
  });

  test('from the sending to the last signature', async () => {
    const { body } = await api().signatureRequestSend({
      title: 'NDA',
      signers: [{ name: 'Ann', emailAddress: 'ann@signer.example' }],
      fileUrls: ['https://files.example/nda.pdf'],
      metadata: { external_id: 'offer-4711' },
    });
    const id = body.signatureRequest.signatureRequestId ?? '';
    await eventually(() => connection.control.request(id)?.status === 'open', 20_000);
    const types = () => handler.of(id).map(({ callback }) => String(callback.event.eventType));
    await eventually(() => types().includes('signature_request_sent'), 20_000);
    connection.control.act(id, 'view');
    await imported(id);
    await eventually(() => types().includes('signature_request_viewed'), 20_000);
    connection.control.act(id, 'sign');
    await imported(id);
    await eventually(() => types().includes('signature_request_all_signed'), 20_000);
    const last = handler.of(id).at(-1)?.signatureRequest;
    expect(last).toMatchObject({ is_complete: true, title: 'NDA', metadata: { external_id: 'offer-4711' } });
    expect(types()).toEqual([
      'signature_request_sent',
      'signature_request_viewed',
      'signature_request_all_signed',
    ]);
  });

  test.each([
    ['declined', 'signature_request_declined'],
    ['expired', 'signature_request_expired'],
    ['error', 'unknown_error'],
  ])('%s', async (status, type) => {
    const id = connection.seed({ status });
    await imported(id);
    await eventually(() => handler.of(id).length > 0, 20_000);
    expect(handler.of(id).map(({ callback }) => String(callback.event.eventType))).toEqual([type]);
  });

  test("nothing of another provider's requests", async () => {
    const other = await rescind.connect('okdokument');
    const id = other.seed();
    const request = await other.cancel(id);
    await untilState(rescind.client, request.id, 'confirmed');
    // What comes later in the same row has been told by then.
    const ours = connection.seed({ status: 'declined' });
    await imported(ours);
    await eventually(() => handler.of(ours).length > 0, 20_000);
    expect(handler.of(id)).toEqual([]);
    expect((await deliveries()).items.some(({ subject_id }) => subject_id === request.id)).toBe(false);
  });
});

const deliveries = async () => {
  const answer = await fetch(`${rescind.stack.url}/v1/webhook_endpoints/callbacks/deliveries?limit=100`, {
    headers: { authorization: `Bearer ${rescind.keys.client}` },
  });
  return deliveryPage.parse(await answer.json());
};

describe('the answer', () => {
  test.each([
    ['without the words', 200, 'OK'],
    ['without a body', 204, ''],
    ['with the words beyond what is read', 200, `${'x'.repeat(5_000)}Hello API Event Received`],
  ])('%s is a failure, and is tried again', async (_, status, answer) => {
    handler.state.status = status;
    handler.state.answer = answer;
    const id = connection.seed({ status: 'declined' });
    const { id: ours } = await imported(id);
    const attempts = async () =>
      (await deliveries()).items.find(({ subject_id }) => subject_id === ours)?.attempts ?? [];
    await eventually(() => handler.of(id).length > 0, 20_000);
    handler.state.status = 200;
    handler.state.answer = '{"message":"Hello API Event Received"}';
    await eventually(async () => (await attempts()).some(({ error }) => error === null), 20_000);
    const [first, ...others] = await attempts();
    expect(first).toMatchObject({ status, error: 'not-acknowledged' });
    expect(others.at(-1)).toMatchObject({ status: 200, error: null });
    // A repetition has the time and the hash of the first.
    const hashes = handler.of(id).map(({ callback }) => callback.event.eventHash);
    expect(new Set(hashes).size).toBe(1);
    expect(hashes.length).toBeGreaterThan(1);
  });

  test('of another status is a failure too, words or not', async () => {
    handler.state.status = 500;
    handler.state.answer = 'Hello API Event Received';
    const id = connection.seed({ status: 'declined' });
    const { id: ours } = await imported(id);
    await eventually(() => handler.of(id).length > 0, 20_000);
    handler.state.status = 200;
    await eventually(() => handler.of(id).length > 1, 20_000);
    const { items } = await deliveries();
    expect(items.find(({ subject_id }) => subject_id === ours)?.attempts[0]).toMatchObject({
      status: 500,
      error: null,
    });
  });
});

describe('a PUT', () => {
  const fieldsOf = (body: unknown): readonly string[] =>
    z
      .object({ errors: z.array(z.object({ field: z.string() })) })
      .parse(body)
      .errors.map(({ field }) => field);

  test.each([
    ['needs a key', { signing_key: undefined }, 'signing_key'],
    ['a key that is too short', { signing_key: 'short' }, 'signing_key'],
    ['a secret of the other format', { secret: `whsec_${Buffer.alloc(32).toString('base64')}` }, 'secret'],
    ['a key with the format standard', { format: 'standard' }, 'signing_key'],
    ['a format that there is not', { format: 'box-sign' }, 'format'],
    [
      'an event without a callback',
      { event_types: ['signature_request.sent', 'cancellation.confirmed'] },
      'event_types.1',
    ],
    ['a family without one', { event_types: ['cancellation.*'] }, 'event_types'],
  ])('%s: 400', async (_, change, field) => {
    const { status, body } = await put('another', { ...endpoint(), ...change });
    expect(status).toBe(400);
    expect(fieldsOf(body)).toEqual([field]);
  });

  test('takes a part of the events', async () => {
    const made = await put('a-part', { ...endpoint(), event_types: ['signature_request.sent'] });
    expect(webhookEndpoint.parse(made.body).event_types).toEqual(['signature_request.sent']);
  });

  test('changes the key, and not the format', async () => {
    await put('changing', { ...endpoint(), event_types: ['signature_request.expired'] });
    const changed = await put('changing', { url: handler.url });
    expect([changed.status, fieldsOf(changed.body)]).toEqual([400, ['format']]);
    const rotated = await fetch(`${rescind.stack.url}/v1/webhook_endpoints/changing/rotate-secret`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rescind.keys.client}` },
    });
    expect(rotated.status).toBe(400);
    expect((await put('changing', { ...endpoint(), signing_key: 'another-key-of-mine' })).status).toBe(200);
  });
});
