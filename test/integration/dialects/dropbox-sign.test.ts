/** Dropbox Sign's own SDK against Rescind: with the base URL and the key changed, and nothing else. */
import { randomBytes } from 'node:crypto';
import { HttpError, SignatureRequestApi, SubSigningOptions } from '@dropbox/sign';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { untilState } from '../end-to-end/waiting.ts';
import { eventually } from '../local-stack/assembly.ts';
import {
  errorResponse,
  signatureRequestGetResponse,
  signatureRequestListResponse,
} from './dropbox-sign-schema.ts';

let rescind: Rescind;
let connection: Connection;
let api: SignatureRequestApi;

beforeAll(async () => {
  rescind = await openRescind({ ...quickSettings, PROVIDER_TIMEOUT_MS: '2000' });
});
/** One for each test: calls to an account are paced, and a row of tests is faster than a client. */
beforeEach(async () => {
  connection = await rescind.connect('dropbox-sign');
  api = sdk();
});
afterAll(() => rescind?.stack.close());

const base = (accountId = connection.accountId): string => `${rescind.stack.url}/d/${accountId}/v3`;

/** As an app makes it, but for these two lines. */
const sdk = (key = rescind.keys.client, basePath = base()): SignatureRequestApi => {
  const client = new SignatureRequestApi(basePath);
  client.username = key;
  return client;
};

/** What the SDK throws for an answer of the provider's form. */
const refusalOf = async (
  call: Promise<unknown>,
): Promise<{ status: number; name: string; path?: string }> => {
  const error = await call.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpError)) throw error;
  errorResponse.parse(error.response.data);
  const { errorName: name, errorPath: path } = error.body.error;
  return { status: error.statusCode ?? 0, name, ...(path !== undefined && { path }) };
};

const unknownId = (): string => randomBytes(20).toString('hex');

/** The raw answer, valid by the published document. */
const get = async (id: string) => {
  const { response, body } = await api.signatureRequestGet(id);
  signatureRequestGetResponse.parse(response.data);
  return body.signatureRequest;
};

const rescindId = async (providerRequestId: string): Promise<string> => {
  const body = { account_id: connection.accountId, provider_request_id: providerRequestId };
  return (await rescind.client.call('importSignatureRequest', { body })).body.id;
};

describe('cancel', () => {
  test('is answered with an empty 200 at once, and carried out', async () => {
    const id = connection.seed();
    const { response } = await api.signatureRequestCancel(id);
    expect(response.status).toBe(200);
    expect(response.data).toBe('');
    await eventually(() => connection.control.request(id)?.status === 'cancelled', 20_000);
    await untilState(rescind.client, await rescindId(id), 'confirmed');
    expect(connection.cancelCalls(id)).toBe(1);
  });

  test('again while it is under way is the same cancellation; 410 once it is done', async () => {
    const id = connection.seed();
    await api.signatureRequestCancel(id);
    await api.signatureRequestCancel(id);
    await untilState(rescind.client, await rescindId(id), 'confirmed');
    expect(await refusalOf(api.signatureRequestCancel(id))).toEqual({ status: 410, name: 'deleted' });
    expect(await refusalOf(api.signatureRequestGet(id))).toEqual({ status: 410, name: 'deleted' });
    expect(connection.cancelCalls(id)).toBe(1);
  });

  test('takes a bearer token, as an app with OAuth sends it, and the id of Rescind', async () => {
    const id = connection.seed();
    const ours = await rescindId(id);
    const bearer = new SignatureRequestApi(base());
    bearer.accessToken = rescind.keys.client;
    expect((await bearer.signatureRequestCancel(ours)).response.status).toBe(200);
    await untilState(rescind.client, ours, 'confirmed');
  });

  test('of what all have signed is refused in the words of the provider, once that is known', async () => {
    const id = connection.seed({ status: 'signed' });
    await api.signatureRequestCancel(id);
    await untilState(rescind.client, await rescindId(id), 'rejected');
    expect(await refusalOf(api.signatureRequestCancel(id))).toEqual({
      status: 400,
      name: 'signature_request_cancel_failed',
    });
  });

  test('of what does not exist is 404, once that is known', async () => {
    const id = unknownId();
    await api.signatureRequestCancel(id);
    const body = { account_id: connection.accountId, provider_request_id: id };
    const { body: known } = await rescind.client.call('importSignatureRequest', { body });
    await untilState(rescind.client, known.id, 'rejected');
    expect(await refusalOf(api.signatureRequestCancel(id))).toEqual({ status: 404, name: 'not_found' });
  });

  test.each(['sr_00000000000000000000000000000000', 'not.an.id'])('of %s is 404 at once', async (id) => {
    expect(await refusalOf(api.signatureRequestCancel(id))).toEqual({ status: 404, name: 'not_found' });
  });

  test('through Rescind and through the dialect at the same time is one cancellation', async () => {
    const id = connection.seed();
    const [request] = await Promise.all([connection.cancel(id), api.signatureRequestCancel(id)]);
    await untilState(rescind.client, request.id, 'confirmed');
    expect(connection.cancelCalls(id)).toBe(1);
  });
});

describe('get', () => {
  test('shows what the provider tells now', async () => {
    const id = connection.seed();
    expect(await get(id)).toMatchObject({
      signatureRequestId: id,
      isComplete: false,
      isDeclined: false,
      hasError: false,
    });
    const before = connection.control.request(id);
    connection.control.act(id, 'view');
    connection.control.act(id, 'sign');
    const { isComplete, signatures } = await get(id);
    expect(isComplete).toBe(true);
    expect(before?.status).toBe('open');
    expect(signatures?.length).toBeGreaterThan(0);
    for (const { statusCode, signatureId, signedAt } of signatures ?? []) {
      expect(statusCode).toBe('signed');
      expect(signatureId).toMatch(/^[0-9a-f]{32}$/);
      expect(signedAt).toBeGreaterThan(1_700_000_000);
    }
  });

  test.each([
    ['declined', { isDeclined: true, isComplete: false }],
    ['error', { hasError: true, isComplete: false }],
    [
      'expired',
      {
        isComplete: false,
        isDeclined: false,
        signatures: [{ statusCode: 'expired' }, { statusCode: 'expired' }],
      },
    ],
  ] as const)('%s', async (status, shown) => {
    expect(await get(connection.seed({ status }))).toMatchObject(shown);
  });

  test('while its cancellation is under way it is as it was, and soon answered', async () => {
    const id = connection.seed();
    connection.control.override(id, { cancel_delay_ms: 60_000 });
    await api.signatureRequestCancel(id);
    const begun = Date.now();
    expect(await get(id)).toMatchObject({ signatureRequestId: id, isComplete: false });
    expect(Date.now() - begun).toBeLessThan(4_000);
  });

  test('what was cancelled at the provider is 410', async () => {
    const id = connection.seed();
    await get(id);
    connection.control.act(id, 'cancel');
    expect(await refusalOf(api.signatureRequestGet(id))).toEqual({ status: 410, name: 'deleted' });
  });

  test('what the provider does not know is 404, and so is what another account has', async () => {
    const other = await rescind.connect('dropbox-sign');
    const theirs = other.seed();
    await sdk(rescind.keys.client, base(other.accountId)).signatureRequestGet(theirs);
    for (const id of [unknownId(), theirs]) {
      expect(await refusalOf(api.signatureRequestGet(id))).toEqual({ status: 404, name: 'not_found' });
    }
  });

  test("the provider's 429 to a first read is the client's", async () => {
    const id = connection.seed();
    connection.control.override(id, { faults: [{ on: 'read', do: 'status', status: 429 }] });
    expect(await refusalOf(api.signatureRequestGet(id))).toEqual({ status: 429, name: 'exceeded_rate' });
  });
});

/** A body of the reference's own example, with what Rescind has a place for. */
const wanted = () => ({
  title: 'NDA with Acme',
  subject: 'The NDA',
  message: 'Please sign',
  signers: [
    { name: 'Ann', emailAddress: 'ann@signer.example', order: 0 },
    { name: 'Bo', emailAddress: 'bo@signer.example', order: 1 },
  ],
  ccEmailAddresses: ['law@sender.example'],
  fileUrls: ['https://files.example/nda.pdf'],
  metadata: { external_id: 'offer-4711' },
  signingRedirectUrl: 'https://app.example/signed',
  allowDecline: true,
  testMode: false,
});

describe('send', () => {
  test('creates it at the provider, and answers with its id there', async () => {
    const { response, body } = await api.signatureRequestSend(wanted());
    expect(response.status).toBe(200);
    signatureRequestGetResponse.parse(response.data);
    const { signatureRequest } = body;
    const { signatureRequestId = '' } = signatureRequest;
    expect(connection.control.request(signatureRequestId)?.title).toBe('NDA with Acme');
    expect(signatureRequest).toMatchObject({
      title: 'NDA with Acme',
      testMode: false,
      isComplete: false,
      metadata: { external_id: 'offer-4711' },
      ccEmailAddresses: ['law@sender.example'],
      signatures: [
        {
          signerEmailAddress: 'ann@signer.example',
          signerName: 'Ann',
          order: 0,
          statusCode: 'awaiting_signature',
        },
        { signerEmailAddress: 'bo@signer.example', order: 1 },
      ],
    });
    expect(signatureRequest.createdAt).toBeGreaterThan(Date.now() / 1_000 - 60);
    const [first] = (await get(signatureRequestId)).signatures ?? [];
    expect(first?.signatureId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is sent once under an idempotency key', async () => {
    const headers = { 'Idempotency-Key': randomBytes(8).toString('hex') };
    const first = await api.signatureRequestSend(wanted(), { headers });
    const again = await api.signatureRequestSend(wanted(), { headers });
    expect(again.body.signatureRequest.signatureRequestId).toBe(
      first.body.signatureRequest.signatureRequestId,
    );
    const other = api.signatureRequestSend({ ...wanted(), title: 'Another' }, { headers });
    expect(await refusalOf(other)).toEqual({ status: 409, name: 'conflict' });
  });

  test('can be cancelled from then on', async () => {
    const { body } = await api.signatureRequestSend(wanted());
    const { signatureRequestId = '' } = body.signatureRequest;
    await eventually(() => connection.control.request(signatureRequestId)?.status === 'open', 20_000);
    await api.signatureRequestCancel(signatureRequestId);
    await eventually(() => connection.control.request(signatureRequestId)?.status === 'cancelled', 20_000);
  });

  test('what the provider has not yet taken is answered with the id of Rescind, which every call takes', async () => {
    connection.control.set({ faults: [{ on: 'create', do: 'status', status: 429, times: 1 }] });
    connection.control.set({ fault_reset_seconds: 30 });
    const { body } = await api.signatureRequestSend(wanted());
    connection.control.set({ fault_reset_seconds: 2, faults: [] });
    const { signatureRequestId = '' } = body.signatureRequest;
    expect(signatureRequestId).toMatch(/^sr_[0-9a-f]{32}$/);
    expect(await get(signatureRequestId)).toMatchObject({ signatureRequestId, title: 'NDA with Acme' });
    // It was never sent, so nothing is asked of the provider.
    expect((await api.signatureRequestCancel(signatureRequestId)).response.status).toBe(200);
    await untilState(rescind.client, signatureRequestId, 'confirmed');
    for (const call of [api.signatureRequestCancel, api.signatureRequestGet]) {
      const again = call.call(api, signatureRequestId);
      expect(await refusalOf(again)).toEqual({ status: 410, name: 'deleted' });
    }
    expect(connection.control.calls({ operation: 'cancel' }).map(({ requestId }) => requestId)).not.toContain(
      signatureRequestId,
    );
  }, 90_000);

  test.each([
    ['another test_mode than the account has', { testMode: true }, 'test_mode'],
    ['allow_decline that it cannot keep', { allowDecline: false }, 'allow_decline'],
    ['an API app', { clientId: 'cc91c61d00f8bb2ece1428035716b' }, 'client_id'],
    ['groups of signers', { groupedSigners: [{ group: 'a', signers: [] }] }, 'grouped_signers'],
    ['metadata that has no place', { metadata: { order: '1' } }, 'metadata.order'],
    [
      'a time that is no whole number of days off',
      { expiresAt: Math.floor(Date.now() / 1_000) + 130_000 },
      'expires_at',
    ],
    ['text tags', { useTextTags: true }, 'use_text_tags'],
    ['no signers', { signers: [] }, 'signers'],
    [
      'a signer without an order beside one that has one',
      {
        signers: [
          { name: 'Ann', emailAddress: 'ann@signer.example', order: 0 },
          { name: 'Bo', emailAddress: 'bo@signer.example' },
        ],
      },
      'signers[1].order',
    ],
    [
      'an address that is none',
      { signers: [{ name: 'Ann', emailAddress: 'ann' }] },
      'signers[0].email_address',
    ],
    [
      'a pin that is too short',
      { signers: [{ name: 'Ann', emailAddress: 'ann@signer.example', pin: '123' }] },
      'signers[0].pin',
    ],
    ['a copy to nobody', { ccEmailAddresses: ['law'] }, 'cc_email_addresses[0]'],
    ['a file at no address', { fileUrls: ['nda.pdf'] }, 'file_urls[0]'],
    ['a title that is too long', { title: 'x'.repeat(256) }, 'title'],
  ])('%s is refused by its name', async (_, change, path) => {
    const before = connection.control.requests().length;
    expect(await refusalOf(api.signatureRequestSend({ ...wanted(), ...change }))).toEqual({
      status: 400,
      name: 'bad_request',
      path,
    });
    expect(connection.control.requests()).toHaveLength(before);
  });

  test('what is as if it were not there is taken', async () => {
    const { response } = await api.signatureRequestSend({
      ...wanted(),
      allowReassign: false,
      useTextTags: false,
      hideTextTags: false,
      isEid: false,
      attachments: [],
      customFields: [],
      signingOptions: {
        defaultType: SubSigningOptions.DefaultTypeEnum.Draw,
        draw: true,
        upload: true,
        type: false,
        phone: false,
      },
      expiresAt: Math.floor(Date.now() / 1_000) + 30 * 86_400,
    });
    const { expires_at } = signatureRequestGetResponse.parse(response.data).signature_request;
    expect(Math.abs((expires_at ?? 0) - (Date.now() / 1_000 + 30 * 86_400))).toBeLessThanOrEqual(3_660);
  });

  test('the final no of the provider is 400, with its status and its code', async () => {
    connection.control.set({ faults: [{ on: 'create', do: 'status', status: 400 }] });
    const call = api.signatureRequestSend({ ...wanted(), title: 'Refused' });
    const error = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof HttpError)) throw error;
    expect([error.statusCode, error.body.error.errorName]).toEqual([400, 'bad_request']);
    expect(error.body.error.errorMsg).toMatch(/400.*bad_request/);
    expect(connection.control.requests().map(({ title }) => title)).not.toContain('Refused');
  });

  test('bytes are refused with the advice to send a URL', async () => {
    const file = {
      value: Buffer.from('%PDF-1.7'),
      options: { filename: 'nda.pdf', contentType: 'application/pdf' },
    };
    const { fileUrls, ...rest } = wanted();
    expect(await refusalOf(api.signatureRequestSend({ ...rest, files: [file] }))).toEqual({
      status: 400,
      name: 'bad_request',
      path: 'files',
    });
    const answer = await post(
      'send',
      JSON.stringify({ files: ['JVBERi0='], signers: [] }),
      'application/json',
    );
    const { error } = errorResponse.parse(await answer.json());
    expect(error.error_path).toBe('files');
    expect(error.error_msg).toContain('file_urls');
  });

  test('a body over 64 KB is 413, in the words of the provider', async () => {
    expect(await refusalOf(api.signatureRequestSend({ ...wanted(), message: 'x'.repeat(66_000) }))).toEqual({
      status: 413,
      name: 'bad_request',
    });
  });
});

const post = (call: string, body: string | FormData | URLSearchParams, type?: string): Promise<Response> =>
  fetch(`${base()}/signature_request/${call}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${rescind.keys.client}:`).toString('base64')}`,
      ...(type !== undefined && { 'content-type': type }),
    },
    body,
  });

/** As the reference's own curl example sends it. */
const bracketed = {
  title: '[draft] NDA',
  'signers[0][email_address]': 'ann@signer.example',
  'signers[0][name]': 'Ann',
  'signers[0][order]': '0',
  'signers[1][email_address]': 'bo@signer.example',
  'signers[1][name]': 'Bo',
  'signers[1][order]': '1',
  'cc_email_addresses[]': 'law@sender.example',
  'file_urls[]': 'https://files.example/nda.pdf',
  'metadata[external_id]': '4711',
  test_mode: '0',
};
/** As the SDKs send a form: what is nested is JSON in one part. */
const jsonInParts = {
  title: '[draft] NDA',
  signers: JSON.stringify([
    { email_address: 'ann@signer.example', name: 'Ann', order: 0 },
    { email_address: 'bo@signer.example', name: 'Bo', order: 1 },
  ]),
  cc_email_addresses: '["law@sender.example"]',
  file_urls: '["https://files.example/nda.pdf"]',
  metadata: '{"external_id":"4711"}',
  test_mode: 'false',
};
const multipart = (fields: Readonly<Record<string, string>>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};

describe('forms', () => {
  test.each([
    ['brackets in multipart', () => multipart(bracketed)],
    ['brackets, URL-encoded', () => new URLSearchParams(bracketed)],
    ['JSON in the parts', () => multipart(jsonInParts)],
  ])('%s', async (_, form) => {
    const answer = await post('send', form());
    const { signature_request } = signatureRequestGetResponse.parse(await answer.json());
    expect(signature_request).toMatchObject({
      title: '[draft] NDA',
      metadata: { external_id: '4711' },
      cc_email_addresses: ['law@sender.example'],
      signatures: [
        { signer_name: 'Ann', order: 0 },
        { signer_name: 'Bo', order: 1 },
      ],
    });
  });

  test.each([
    [
      'a name twice',
      new URLSearchParams([
        ['title', 'a'],
        ['title', 'b'],
      ]),
      undefined,
      'title',
    ],
    [
      'a field that is also a list',
      new URLSearchParams([
        ['signers', 'a'],
        ['signers[0][name]', 'b'],
      ]),
      undefined,
      'signers[0][name]',
    ],
    ['brackets that do not close', new URLSearchParams({ 'signers[0': 'a' }), undefined, 'body'],
    [
      'a name of JavaScript',
      new URLSearchParams({ ...bracketed, '__proto__[x]': 'a' }),
      undefined,
      '__proto__',
    ],
    ['no form at all', 'x', 'multipart/form-data; boundary=y', 'body'],
    ['no boundary', 'x', 'multipart/form-data', 'body'],
  ])('%s is refused', async (_, body, type, path) => {
    const answer = await post('send', body, type);
    expect(answer.status).toBe(400);
    expect(errorResponse.parse(await answer.json()).error.error_path).toBe(path);
  });
});

describe('remind', () => {
  const signers = async (id: string) => (await get(id)).signatures ?? [];

  test('mails the signer with this address, and says when', async () => {
    const id = connection.seed();
    const [first, second] = await signers(id);
    const { response, body } = await api.signatureRequestRemind(id, {
      emailAddress: first?.signerEmailAddress ?? '',
    });
    signatureRequestGetResponse.parse(response.data);
    const [reminded, other] = body.signatureRequest.signatures ?? [];
    expect(reminded?.lastRemindedAt).toBeGreaterThan(Date.now() / 1_000 - 60);
    expect(other?.lastRemindedAt).toBeNull();
    expect(second?.signatureId).toBe(other?.signatureId);
    expect(connection.control.calls({ operation: 'remind', requestId: id })).toHaveLength(1);
  });

  test('again within the hour, of a stranger and of a finished one it is refused as there', async () => {
    const id = connection.seed();
    const [first] = await signers(id);
    const emailAddress = first?.signerEmailAddress ?? '';
    await api.signatureRequestRemind(id, { emailAddress });
    expect(await refusalOf(api.signatureRequestRemind(id, { emailAddress }))).toEqual({
      status: 400,
      name: 'invalid_reminder',
    });
    expect(await refusalOf(api.signatureRequestRemind(id, { emailAddress: 'no@body.example' }))).toEqual({
      status: 400,
      name: 'invalid_recipient',
      path: 'email_address',
    });
    const signed = connection.seed({ status: 'signed' });
    expect(await refusalOf(api.signatureRequestRemind(signed, { emailAddress }))).toMatchObject({
      status: 400,
    });
    expect(connection.control.calls({ operation: 'remind', requestId: signed })).toHaveLength(0);
  });

  test('of two who share an address the one of this name', async () => {
    const email = 'both@signer.example';
    const { body } = await api.signatureRequestSend({
      ...wanted(),
      signers: [
        { name: 'Ann', emailAddress: email },
        { name: 'Bo', emailAddress: email },
      ],
    });
    const id = body.signatureRequest.signatureRequestId ?? '';
    await eventually(() => connection.control.request(id)?.status === 'open', 20_000);
    expect(await refusalOf(api.signatureRequestRemind(id, { emailAddress: email }))).toEqual({
      status: 400,
      name: 'bad_request',
      path: 'name',
    });
    const reminded = await api.signatureRequestRemind(id, { emailAddress: email, name: 'Bo' });
    const told = reminded.body.signatureRequest.signatures?.map(({ signerName, lastRemindedAt }) => [
      signerName,
      typeof lastRemindedAt,
    ]);
    expect(told).toEqual([
      ['Ann', 'object'],
      ['Bo', 'number'],
    ]);
  });

  test('takes a form, as curl sends it', async () => {
    const id = connection.seed();
    const [first] = await signers(id);
    const answer = await post(`remind/${id}`, multipart({ email_address: first?.signerEmailAddress ?? '' }));
    expect(answer.status).toBe(200);
  });
});

describe('remove', () => {
  test('is never said to be done: not of an open one, and not of a signed one', async () => {
    for (const status of ['open', 'signed']) {
      const id = connection.seed({ status });
      expect(await refusalOf(api.signatureRequestRemove(id))).toEqual({
        status: 400,
        name: 'signature_request_remove_failed',
      });
    }
    expect(await refusalOf(api.signatureRequestRemove(unknownId()))).toEqual({
      status: 404,
      name: 'not_found',
    });
  });
});

describe('list', () => {
  const list = async (...args: Parameters<typeof api.signatureRequestList>) => {
    const { response, body } = await api.signatureRequestList(...args);
    signatureRequestListResponse.parse(response.data);
    return body;
  };

  test('numbers the pages of what it knows of the account, newest first, without what was cancelled', async () => {
    const ids: string[] = [];
    for (const _ of [1, 2, 3]) {
      const id = connection.seed();
      await get(id);
      ids.unshift(id);
    }
    const cancelled = connection.seed();
    await api.signatureRequestCancel(cancelled);
    await untilState(rescind.client, await rescindId(cancelled), 'confirmed');
    const first = await list(undefined, 1, 2);
    expect(first.listInfo).toMatchObject({ page: 1, pageSize: 2, numPages: 2, numResults: 3 });
    const second = await list(undefined, 2, 2);
    const listed = [...first.signatureRequests, ...second.signatureRequests];
    expect(listed.map(({ signatureRequestId }) => signatureRequestId)).toEqual(ids);
    expect((await list(undefined, 3, 2)).signatureRequests).toEqual([]);
  });

  test('of an account without any is one empty page', async () => {
    const { listInfo, signatureRequests } = await list();
    expect(listInfo).toMatchObject({ page: 1, pageSize: 20, numPages: 1, numResults: 0 });
    expect(signatureRequests).toEqual([]);
  });

  test.each([
    ['account_id', () => list('all')],
    ['query', () => list(undefined, 1, 20, 'metadata:abc')],
    ['page', () => list(undefined, 0)],
    ['page_size', () => list(undefined, 1, 101)],
  ])('%s that it cannot keep is refused by its name', async (path, call) => {
    expect(await refusalOf(call())).toEqual({ status: 400, name: 'bad_request', path });
  });
});

describe('who may', () => {
  test('a wrong key, no key and a password instead of one are 401', async () => {
    expect(await refusalOf(sdk('no-key').signatureRequestGet(unknownId()))).toEqual({
      status: 401,
      name: 'unauthorized',
    });
    const withPassword = Buffer.from(`${rescind.keys.client}:secret`).toString('base64');
    for (const headers of [{}, { authorization: `Basic ${withPassword}` }, { authorization: 'Basic' }]) {
      const answer = await fetch(`${base()}/signature_request/${unknownId()}`, { headers });
      expect(answer.status).toBe(401);
      expect(errorResponse.parse(await answer.json()).error.error_name).toBe('unauthorized');
    }
  });

  test("another tenant's account is 403, and its requests are not there", async () => {
    const id = connection.seed();
    await api.signatureRequestGet(id);
    const stranger = sdk(rescind.keys.stranger);
    expect(await refusalOf(stranger.signatureRequestGet(id))).toEqual({ status: 403, name: 'forbidden' });
    expect(await refusalOf(stranger.signatureRequestCancel(id))).toEqual({ status: 403, name: 'forbidden' });
  });

  test('without an account in the path it is the one that is named like the provider', async () => {
    const plain = sdk(rescind.keys.client, `${rescind.stack.url}/v3`);
    expect(await refusalOf(plain.signatureRequestGet(unknownId()))).toEqual({
      status: 404,
      name: 'not_found',
    });
  });

  test('a call that Rescind does not serve is no unknown request', async () => {
    const answer = await fetch(`${base()}/template/list`, {
      headers: { authorization: `Bearer ${rescind.keys.client}` },
    });
    expect(answer.status).toBe(405);
    expect(errorResponse.parse(await answer.json()).error.error_name).toBe('method_not_supported');
  });
});
