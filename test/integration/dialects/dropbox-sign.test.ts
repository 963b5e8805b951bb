/** Dropbox Sign's own SDK against Rescind: with the base URL and the key changed, and nothing else. */
import { randomBytes } from 'node:crypto';
import { HttpError, SignatureRequestApi } from '@dropbox/sign';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { untilState } from '../end-to-end/waiting.ts';
import { eventually } from '../local-stack/assembly.ts';
import { errorResponse, signatureRequestGetResponse } from './dropbox-sign-schema.ts';

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
