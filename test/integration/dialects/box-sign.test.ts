/** Box's own client against Rescind: with the base URL and the token changed, and nothing else. */
import { randomBytes, randomUUID } from 'node:crypto';
import { BoxCcgAuth, BoxClient, BoxDeveloperTokenAuth, CcgConfig } from 'box-node-sdk';
import { BoxApiError } from 'box-node-sdk/lib/box/errors';
import { NetworkSession } from 'box-node-sdk/lib/networking/network';
import { BoxRetryStrategy } from 'box-node-sdk/lib/networking/retries';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulatedAccounts } from '../../../infra/local/simulated-accounts.ts';
import type { Control } from '../../simulators/control.ts';
import type { Seed } from '../../simulators/simulator.ts';
import { newSecret, openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { eventually } from '../local-stack/assembly.ts';
import { accessToken, clientError, oauthError, signRequest, signRequests } from './box-sign-schema.ts';

let rescind: Rescind;
let control: Control;
/** An account of the first tenant. */
let account: Connection;
beforeAll(async () => {
  rescind = await openRescind({ ...quickSettings, PROVIDER_TIMEOUT_MS: '2000' });
  const { simulators } = rescind.stack;
  if (simulators === null) throw new Error('the simulated providers did not start');
  control = simulators.control['box-sign'];
  account = await connect();
});
afterAll(() => rescind?.stack.close());

interface Connection {
  readonly accountId: string;
  /** A request that is open there, unless `seed` says otherwise. */
  seed(seed?: Seed): string;
}

/** Each account is another user at Box. */
const connect = async (): Promise<Connection> => {
  const known = simulatedAccounts.find(({ provider }) => provider === 'box-sign');
  if (known === undefined) throw new Error('no simulated account at Box Sign');
  const key = String(randomBytes(4).readUInt32BE());
  const accountId = `box-${key}`;
  await rescind.client.call('putAccount', {
    path: { account_id: accountId },
    body: { provider: 'box-sign', credentials: { ...known.credentials, subject_id: key } },
  });
  return { accountId, seed: (seed = {}) => control.seed({ key, ...seed }).id };
};

/** What an app changes: where its calls go. The client's own repetitions are left out where a test would only wait for them. */
const boxAt = (
  auth: BoxDeveloperTokenAuth | BoxCcgAuth,
  { accountId } = account,
  attempts = 1,
): BoxClient => {
  const baseUrl = `${rescind.stack.url}/d/${accountId}`;
  const retryStrategy = new BoxRetryStrategy({ maxAttempts: attempts, retryBaseInterval: 0.01 });
  return new BoxClient({ auth, networkSession: new NetworkSession({ retryStrategy }) }).withCustomBaseUrls({
    baseUrl,
    uploadUrl: baseUrl,
    oauth2Url: baseUrl,
  });
};

const box = (connection = account, token = rescind.keys.client) =>
  boxAt(new BoxDeveloperTokenAuth({ token }), connection).signRequests;

/** As the client throws it. */
const thrown = async (call: Promise<unknown>): Promise<BoxApiError['responseInfo']> => {
  const error = await call.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BoxApiError)) throw error;
  return error.responseInfo;
};

/** With a body, which must be as published. */
const refusal = async (call: Promise<unknown>) => {
  const { statusCode, headers, body: given, requestId } = await thrown(call);
  const body = clientError.parse(given);
  expect(body.status).toBe(statusCode);
  // The client keeps it with its quotes.
  expect(requestId).toBe(JSON.stringify(body.request_id));
  return { statusCode, headers, code: body.code, named: body.context_info.errors.map(({ name }) => name) };
};

const raw = (path: string, options: RequestInit = {}, base = `/d/${account.accountId}`): Promise<Response> =>
  fetch(`${rescind.stack.url}${base}${path}`, {
    ...options,
    headers: { authorization: `Bearer ${rescind.keys.client}`, ...options.headers },
  });
const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  raw(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

const calls = (operation: string, requestId: string) => control.calls({ operation, requestId });

describe('a cancellation', () => {
  test('is answered with the request when it is proven', async () => {
    const id = account.seed();
    const { rawData, ...cancelled } = await box().cancelSignRequest(id);
    expect(cancelled).toMatchObject({ id, type: 'sign-request', status: 'cancelled' });
    expect(signRequest.parse(rawData)).toMatchObject({ id });
    expect(control.request(id)?.status).toBe('cancelled');
    // The cancellation alone asked for no name and no signers; a read does.
    expect(cancelled).toMatchObject({ name: undefined, signers: [] });
    const { status, name, signers } = await box().getSignRequestById(id);
    expect({ status, name, signers }).toMatchObject({ status: 'cancelled', name: expect.any(String) });
    expect(signers).toHaveLength(3);
  });

  test('takes its reason along', async () => {
    const id = account.seed();
    await box().cancelSignRequest(id, { requestBody: { reason: 'Superseded' } });
    expect(control.request(id)).toMatchObject({ status: 'cancelled', cancelReason: 'Superseded' });
  });

  test.each(['', '{}', '{"reason":""}'])('takes the body %j', async (body) => {
    const id = account.seed();
    const answer = await post(`/2.0/sign_requests/${id}/cancel`, body);
    expect(answer.status).toBe(200);
    expect(signRequest.parse(await answer.json())).toMatchObject({ id, status: 'cancelled' });
  });

  test('is one, however often and whichever way it is asked for', async () => {
    const id = account.seed();
    const body = { account_id: account.accountId, provider_request_id: id };
    const [one, other] = await Promise.all([
      box().cancelSignRequest(id),
      box().cancelSignRequest(id),
      rescind.client.call('createCancellation', { body }),
    ]);
    expect([one.status, other.status]).toEqual(['cancelled', 'cancelled']);
    expect((await box().cancelSignRequest(id)).status).toBe('cancelled');
    expect(calls('cancel', id)).toHaveLength(1);
  });

  test('that cannot be proven in time is answered with the request as it is, and goes on', async () => {
    const unlucky = await connect();
    const id = unlucky.seed();
    expect((await box(unlucky).getSignRequestById(id)).status).toBe('sent');
    control.override(id, { faults: [{ on: 'any', do: 'status', status: 503, times: 0 }] });
    const begun = Date.now();
    const pending = await box(unlucky).cancelSignRequest(id);
    expect(Date.now() - begun).toBeGreaterThan(19_000);
    expect(pending.status).toBe('sent');
    expect(control.request(id)?.status).toBe('sent');
    control.override(id, { faults: [] });
    await eventually(() => control.request(id)?.status === 'cancelled', 30_000);
    expect((await box(unlucky).cancelSignRequest(id)).status).toBe('cancelled');
  }, 90_000);

  test.each(['signed', 'declined', 'expired', 'finalizing'])(
    'of what is %s is refused as Box refuses it, each time',
    async (status) => {
      const id = account.seed({ status });
      for (const _ of ['at first', 'again']) {
        const refused = await refusal(box().cancelSignRequest(id));
        expect(refused).toMatchObject({ statusCode: 400, code: 'bad_request' });
        expect(refused.named).toEqual(['sign_request_id']);
      }
      expect(control.request(id)?.status).toBe(status);
    },
  );

  test('that a signer overtakes is refused', async () => {
    const id = account.seed();
    control.override(id, { cancel_outcome: 'lost_race_signed' });
    expect(await refusal(box().cancelSignRequest(id))).toMatchObject({ statusCode: 400 });
    expect(control.request(id)?.status).toBe('signed');
  });

  test('of what Box does not know is 404, each time', async () => {
    const id = randomUUID();
    for (const _ of ['at first', 'again']) {
      expect(await refusal(box().cancelSignRequest(id))).toMatchObject({
        statusCode: 404,
        code: 'not_found',
      });
    }
    expect(await refusal(box().getSignRequestById(id))).toMatchObject({ statusCode: 404 });
  });

  test('that was given up is 409, and the same call starts it again', async () => {
    const id = account.seed();
    control.override(id, {
      faults: [
        { on: 'cancel', do: 'cut_after' },
        { on: 'any', do: 'status', status: 404, times: 0 },
      ],
    });
    expect(await refusal(box().cancelSignRequest(id))).toMatchObject({ statusCode: 409, code: 'conflict' });
    control.override(id, { faults: [] });
    expect((await box().cancelSignRequest(id)).status).toBe('cancelled');
  });

  test('with a field that nobody knows is refused by its name', async () => {
    const id = account.seed();
    const answer = await post(`/2.0/sign_requests/${id}/cancel`, '{"reason":"x","scope":"workflow"}');
    expect(answer.status).toBe(400);
    expect(clientError.parse(await answer.json()).context_info.errors).toEqual([
      { reason: 'invalid_parameter', name: 'scope', message: 'is not a known field' },
    ]);
    expect(calls('cancel', id)).toEqual([]);
  });

  test('of an id that no request can have is refused by the name of the parameter', async () => {
    const refused = await refusal(box().cancelSignRequest('a.b'));
    expect(refused.statusCode).toBe(400);
    expect(refused.named).toEqual(['sign_request_id']);
  });
});

describe('a read', () => {
  test('asks Box, and shows its signers', async () => {
    const id = account.seed();
    control.act(id, 'view');
    const { rawData, ...seen } = await box().getSignRequestById(id);
    signRequest.parse(rawData);
    expect(seen).toMatchObject({ id, status: 'viewed', name: expect.stringMatching(/\.pdf$/) });
    const viewed = seen.signers?.map(({ email, role, hasViewedDocument }) => [
      email,
      role,
      hasViewedDocument,
    ]);
    expect(viewed).toEqual([
      ['zoe@sender.example', 'final_copy_reader', false],
      ['signer1@signer.example', 'signer', true],
      ['signer2@signer.example', 'signer', false],
    ]);
    control.act(id, 'decline');
    const declined = await box().getSignRequestById(id);
    expect(declined.status).toBe('declined');
    expect(declined.signers?.map(({ signerDecision }) => signerDecision?.type)).toContain('declined');
    signRequest.parse(declined.rawData);
  });

  test.each([
    { fault: 503, answer: 503, code: 'unavailable', retryAfter: '2' },
    { fault: 429, answer: 429, code: 'too_many_requests', retryAfter: '60' },
    { fault: 401, answer: 403, code: 'forbidden', retryAfter: undefined },
    { fault: 403, answer: 403, code: 'forbidden', retryAfter: undefined },
  ])(
    'that Box answers $fault of what was never seen is $answer',
    async ({ fault, answer, code, retryAfter }) => {
      const unlucky = await connect();
      const id = unlucky.seed();
      control.override(id, { faults: [{ on: 'read', do: 'status', status: fault, times: 0 }] });
      const refused = await refusal(box(unlucky).getSignRequestById(id));
      expect(refused).toMatchObject({ statusCode: answer, code });
      expect(refused.headers['retry-after']).toBe(retryAfter);
    },
  );

  test('while Box is down shows what was known', async () => {
    const id = account.seed();
    await box().getSignRequestById(id);
    control.override(id, { faults: [{ on: 'read', do: 'status', status: 503, times: 0 }] });
    expect((await box().getSignRequestById(id)).status).toBe('sent');
  });
});

describe('who calls', () => {
  test('with a wrong token is 401, with the challenge that Box has', async () => {
    const id = randomUUID();
    expect(await refusal(box(account, 'no-key').cancelSignRequest(id))).toMatchObject({ statusCode: 401 });
    const answer = await raw(`/2.0/sign_requests/${id}`, { headers: { authorization: 'Basic eDo=' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="Service", error="invalid_token"/);
    // With its usual number of attempts the client asks for another token, which a developer token has none of.
    const persistent = boxAt(new BoxDeveloperTokenAuth({ token: 'no-key' }), account, 5);
    await expect(persistent.signRequests.getSignRequestById(id)).rejects.toThrow(
      'Developer token has expired',
    );
  });

  test('without an account in the path has the one that is named like the provider', async () => {
    const { client, stranger } = rescind.keys;
    const baseUrl = rescind.stack.url;
    const auth = new BoxDeveloperTokenAuth({ token: client });
    const urls = { baseUrl, uploadUrl: baseUrl, oauth2Url: baseUrl };
    const { signRequests } = new BoxClient({ auth }).withCustomBaseUrls(urls);
    // The first tenant of a local stack has one.
    const { id } = control.seed({ key: '900900900' });
    expect((await signRequests.cancelSignRequest(id)).status).toBe('cancelled');
    const theirs = await raw(
      `/2.0/sign_requests/${id}`,
      { headers: { authorization: `Bearer ${stranger}` } },
      '',
    );
    expect(theirs.status).toBe(403);
    clientError.parse(await theirs.json());
  });

  test("may not use another tenant's account, or one at another provider", async () => {
    const id = randomUUID();
    const { stranger } = rescind.keys;
    expect(await refusal(box(account, stranger).cancelSignRequest(id))).toMatchObject({ statusCode: 403 });
    const elsewhere = await raw(`/2.0/sign_requests/${id}`, {}, '/d/dropbox-sign');
    expect(elsewhere.status).toBe(403);
  });

  test.each([
    { name: 'as-user', value: '12345' },
    { name: 'box-version', value: '2099.0' },
  ])('and wants $name $value is refused by its name', async ({ name, value }) => {
    const answer = await raw(`/2.0/sign_requests/${account.seed()}`, { headers: { [name]: value } });
    expect(answer.status).toBe(400);
    expect(clientError.parse(await answer.json()).context_info.errors).toMatchObject([{ name }]);
  });

  test('and names a call that is not served is told so', async () => {
    const answer = await raw('/2.0/files/1');
    expect(answer.status).toBe(404);
    clientError.parse(await answer.json());
  });
});

const files = [{ id: '123456789', type: 'file' as const }];
const folder = { id: '987654321', type: 'folder' as const };
const ann = { email: 'ann@signer.example', role: 'signer' as const };

describe('a creation', () => {
  test('is answered with the request under the id that Box gives it', async () => {
    const { rawData, ...created } = await box().createSignRequest({
      name: 'NDA',
      signers: [{ ...ann, embedUrlExternalUserId: 'u-1', order: 1, password: 'pass-word-1' }],
      sourceFiles: files,
      parentFolder: folder,
      daysValid: 3,
      emailSubject: 'Please sign',
      externalId: 'order-1',
      areRemindersEnabled: true,
    });
    signRequest.parse(rawData);
    const { id = '' } = created;
    expect(control.request(id)).toBeDefined();
    expect(created).toMatchObject({
      name: 'NDA.pdf',
      status: 'converting',
      externalId: 'order-1',
      daysValid: 3,
      emailSubject: 'Please sign',
      areRemindersEnabled: true,
      parentFolder: folder,
      sourceFiles: files,
    });
    expect(created.autoExpireAt?.value.getTime()).toBeGreaterThan(Date.now() + 2.9 * 86_400_000);
    const signer = created.signers?.find(({ email }) => email === ann.email);
    expect(signer).toMatchObject({ role: 'signer', order: 1, embedUrlExternalUserId: 'u-1' });
    expect(JSON.stringify(rawData)).not.toContain('pass-word-1');

    const read = await box().getSignRequestById(id);
    signRequest.parse(read.rawData);
    expect(read).toMatchObject({ id, externalId: 'order-1', name: 'NDA.pdf' });
    const embedUrl = read.signers?.find(({ email }) => email === ann.email)?.embedUrl ?? '';
    const page = () => fetch(embedUrl, { redirect: 'manual' });
    expect((await page()).headers.get('location')).toContain(encodeURIComponent(ann.email));
    expect((await box().cancelSignRequest(id)).status).toBe('cancelled');
    expect((await page()).status).toBe(410);
  });

  test('takes the whole body that Box publishes', async () => {
    const { everyField, sampleCall } = await import('../providers/box-sign-examples.ts');
    for (const body of [sampleCall, everyField]) {
      const answer = await post('/2.0/sign_requests', JSON.stringify(body));
      expect(answer.status).toBe(201);
      const { id } = signRequest.parse(await answer.json());
      expect(control.request(id)).toBeDefined();
    }
  });

  test.each([
    {
      body: { signers: [ann], source_files: [{ url: 'https://x.example/a.pdf' }] },
      name: 'source_files.0.url',
    },
    { body: { signers: [ann], source_files: [{ content: 'JVBERi0=' }] }, name: 'source_files.0.content' },
    { body: { signers: [ann], source_files: files, parent_folder: { id: '0' } }, name: 'parent_folder.id' },
    { body: { signers: [ann], source_files: files, account_id: 'other' }, name: 'account_id' },
    { body: { source_files: files }, name: 'signers' },
  ])('with an unfit $name is refused by that name', async ({ body, name }) => {
    const answer = await post('/2.0/sign_requests', JSON.stringify(body));
    expect(answer.status).toBe(400);
    const { context_info } = clientError.parse(await answer.json());
    expect(context_info.errors.map((error) => error.name)).toContain(name);
  });

  test('with a body that is too large, or no JSON, is refused', async () => {
    const large = await post('/2.0/sign_requests', JSON.stringify({ email_message: 'x'.repeat(65_536) }));
    expect(large.status).toBe(413);
    expect(clientError.parse(await large.json()).message).toContain('64 KB');
    const form = await post('/2.0/sign_requests', 'a=b', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form.status).toBe(415);
    clientError.parse(await form.json());
    const text = await post('/2.0/sign_requests', 'nonsense');
    expect(text.status).toBe(400);
    clientError.parse(await text.json());
  });

  test('that Box refuses is refused with its status', async () => {
    const absent = {
      signers: [ann],
      sourceFiles: [{ id: '123404', type: 'file' as const }],
      parentFolder: folder,
    };
    expect(await refusal(box().createSignRequest(absent))).toMatchObject({ statusCode: 404 });
    // The client leaves out a field that is newer than itself.
    const flow = { signers: [ann], source_files: files, parent_folder: folder, request_flow: 'cfr11' };
    const answer = await post('/2.0/sign_requests', JSON.stringify(flow));
    expect(clientError.parse(await answer.json())).toMatchObject({ status: 400, code: 'bad_request' });
  });

  test('under one key is one, and another body under it is 409', async () => {
    const body = { name: 'Once', signers: [ann], sourceFiles: files, parentFolder: folder };
    const headers = { extraHeaders: { 'Idempotency-Key': randomUUID() } };
    const [one, other] = await Promise.all([
      box().createSignRequest(body, { headers }),
      box().createSignRequest(body, { headers }),
    ]);
    expect(one.id).toBe(other.id);
    expect(control.requests().filter(({ title }) => title === 'Once')).toHaveLength(1);
    const changed = box().createSignRequest({ ...body, name: 'Twice' }, { headers });
    expect(await refusal(changed)).toMatchObject({ statusCode: 409, code: 'conflict' });
  });

  test('of which nobody can know whether it was made is 409, and names what to look for', async () => {
    control.set({ faults: [{ on: 'create', do: 'cut_after' }] });
    // Somebody else may have made one with the same id of the app's own.
    const body = { signers: [ann], source_files: files, parent_folder: folder, external_id: randomUUID() };
    const answer = await post('/2.0/sign_requests', JSON.stringify(body));
    const refused = clientError.parse(await answer.json());
    expect(refused).toMatchObject({ status: 409, code: 'conflict' });
    const [, id = ''] = /(sr_[0-9a-f]{32})/.exec(refused.message) ?? [];
    const { creation } = (await rescind.client.call('getSignatureRequest', { path: { id } })).body;
    expect(creation?.state).toBe('undecided');
  });

  test('that Box does not answer in time has an id of Rescind, which every call takes', async () => {
    const late = await connect();
    control.set({ faults: [{ on: 'create', do: 'status', status: 429, headers: { 'retry-after': '22' } }] });
    const created = await box(late).createSignRequest({
      name: 'Late',
      signers: [ann],
      sourceFiles: files,
      parentFolder: folder,
    });
    signRequest.parse(created.rawData);
    const { id: ours = '', status } = created;
    expect({ ours, status }).toEqual({ ours: expect.stringMatching(/^sr_/), status: 'converting' });
    expect((await box(late).getSignRequestById(ours)).status).toBe('converting');
    const cancelled = await box(late).cancelSignRequest(ours);
    expect(cancelled.status).toBe('cancelled');
    expect(
      control.requests().filter(({ title, status }) => title === 'Late' && status !== 'cancelled'),
    ).toEqual([]);
  });
});

describe('a list', () => {
  test('goes from marker to marker to its end', async () => {
    const listed = await connect();
    const ids = [listed.seed(), listed.seed(), listed.seed()];
    for (const id of ids) await box(listed).getSignRequestById(id);
    await refusal(box(listed).cancelSignRequest(randomUUID()));
    const seen: (string | undefined)[] = [];
    let marker: string | undefined;
    let pages = 0;
    do {
      const page = await box(listed).getSignRequests({ limit: 2, ...(marker !== undefined && { marker }) });
      expect(signRequests.parse(page.rawData).limit).toBe(2);
      seen.push(...(page.entries ?? []).map(({ id }) => id));
      marker = page.nextMarker ?? undefined;
      pages += 1;
    } while (marker !== undefined);
    expect(pages).toBeGreaterThan(1);
    expect(seen).toEqual(ids.toReversed());
  });

  test('tells the limit that was used', async () => {
    expect((await box().getSignRequests({ limit: 1000 })).limit).toBe(100);
    expect((await box().getSignRequests({ marker: '0', sharedRequests: false })).limit).toBe(100);
  });

  test.each([
    { query: { limit: 0 }, name: 'limit' },
    { query: { limit: 1001 }, name: 'limit' },
    { query: { marker: 'nonsense' }, name: 'marker' },
    { query: { sharedRequests: true }, name: 'shared_requests' },
    { query: { senders: ['zoe@sender.example'] }, name: 'senders' },
  ])('with an unfit $name is refused by that name', async ({ query, name }) => {
    const refused = await refusal(box().getSignRequests(query));
    expect(refused.statusCode).toBe(400);
    expect(refused.named).toEqual([name]);
  });
});

describe('a resend', () => {
  test('reaches Box once, and within its ten minutes is refused as Box refuses it', async () => {
    const id = account.seed();
    await expect(box().resendSignRequest(id)).resolves.toBeUndefined();
    expect(calls('remind', id)).toMatchObject([{ status: 202 }]);
    const answer = await raw(`/2.0/sign_requests/${id}/resend`, { method: 'POST' });
    expect(answer.status).toBe(400);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(500);
    clientError.parse(await answer.json());
    expect(calls('remind', id)).toHaveLength(1);
  });

  test('of which nobody can know whether it went out is not repeated', async () => {
    const id = account.seed();
    control.override(id, { faults: [{ on: 'remind', do: 'cut_after' }] });
    await expect(box().resendSignRequest(id)).resolves.toBeUndefined();
    expect(calls('remind', id)).toHaveLength(1);
  });

  test('with a field is refused by its name', async () => {
    const answer = await post(`/2.0/sign_requests/${account.seed()}/resend`, '{"message":"Please"}');
    expect(clientError.parse(await answer.json())).toMatchObject({
      status: 400,
      context_info: { errors: [{ name: 'message' }] },
    });
  });

  test('of what has ended, or is not there, is refused', async () => {
    const signed = box().resendSignRequest(account.seed({ status: 'signed' }));
    expect(await thrown(signed)).toMatchObject({ statusCode: 400 });
    expect(await thrown(box().resendSignRequest(randomUUID()))).toMatchObject({ statusCode: 404 });
  });
});

describe('a token', () => {
  const credentials = (clientSecret: string): BoxCcgAuth =>
    new BoxCcgAuth({ config: new CcgConfig({ clientId: 'my-app', clientSecret, enterpriseId: '12345' }) });

  test('is given for a key, and is good for the calls', async () => {
    const id = account.seed();
    const { signRequests } = boxAt(credentials(rescind.keys.client));
    expect((await signRequests.cancelSignRequest(id)).status).toBe('cancelled');
  });

  test('is not given for anything else', async () => {
    const call = boxAt(credentials(newSecret())).signRequests.getSignRequestById(randomUUID());
    await expect(call).rejects.toThrow('400; "invalid_client" - "The client credentials are invalid"');
  });

  const good = {
    grant_type: 'client_credentials',
    client_id: 'my-app',
    box_subject_type: 'enterprise',
    box_subject_id: '12345',
  };
  const ask = (fields: Record<string, string>): Promise<Response> =>
    fetch(`${rescind.stack.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...good, client_secret: rescind.keys.client, ...fields }),
    });

  test('lasts an hour', async () => {
    const answer = await ask({});
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(accessToken.parse(await answer.json())).toMatchObject({ expires_in: 3600 });
  });

  test.each([
    { fields: { grant_type: 'refresh_token' }, error: 'unsupported_grant_type' },
    { fields: { client_secret: '' }, error: 'invalid_request' },
    { fields: { client_id: '' }, error: 'invalid_request' },
    { fields: { box_subject_type: 'group' }, error: 'invalid_request' },
    { fields: { scope: 'item_read' }, error: 'invalid_request' },
    { fields: { client_secret: 'not a key' }, error: 'invalid_client' },
    { fields: { client_id: 'x'.repeat(65_536) }, error: 'invalid_request' },
  ])('is refused as OAuth has it: $error', async ({ fields, error }) => {
    const answer = await ask(fields);
    expect(answer.status).toBe(400);
    const body = oauthError.parse(await answer.json());
    expect(body.error).toBe(error);
    expect(JSON.stringify(body)).not.toContain(rescind.keys.client);
  });
});
