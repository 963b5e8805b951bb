import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as responses from '../../../shared/http/contract/responses.ts';
import { createRequestExamples } from '../../../shared/http/openapi/request-examples.ts';
import { apiFunction, becomes, byId, publicBaseUrl, putSealingKey } from './api-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;

beforeAll(async () => {
  server = await startTableServer();
  await putSealingKey(server);
});
afterAll(() => server.close());

const wanted = {
  account_id: 'main',
  name: 'Offer 4711',
  external_id: 'offer-4711',
  signers: [
    { email: 'kim@customer.example', name: 'Kim Ortega', password: 'pass-word' },
    { email: 'copy@acme.example', role: 'final_copy_reader' },
  ],
  source_files: [{ url: 'https://files.example.com/offer.pdf?signature=presigned-part' }],
};

const start = async (name: string) => {
  const api = apiFunction(server, name);
  await api.makeAccount();
  const create = (body: object = wanted, headers: Record<string, string> = {}) =>
    api.post('signature_requests', body, headers);
  const resolve = (id: string, body: object) =>
    api.call('POST /v1/signature_requests/{id}/resolve', { ...byId(id), body: JSON.stringify(body) });
  return { ...api, create, resolve };
};

describe('POST /v1/signature_requests', () => {
  test('writes the wish down, hints, and answers 202 with a sign link for each who signs', async () => {
    const { create, call, hints } = await start('creating');
    const made = await create();
    expect(made).toMatchObject({
      status: 202,
      headers: { location: `/v1/signature_requests/${made.body.id}` },
      body: {
        status: 'creating',
        provider_request_id: null,
        name: 'Offer 4711',
        external_id: 'offer-4711',
        creation: { state: 'queued', attempts: 0, error: null },
        cancellation: null,
        signers: [
          { id: 'sg_1', email: 'kim@customer.example', role: 'signer', status: 'awaiting' },
          { id: 'sg_2', role: 'final_copy_reader', sign_url: null },
        ],
      },
    });
    expect(hints).toEqual(['new']);
    expect(made.body.signers[0].sign_url).toMatch(new RegExp(`^${publicBaseUrl}/sign/[\\w-]{44}$`));
    expect(responses.signatureRequest.parse(made.body)).toEqual(made.body);
    expect((await call('GET /v1/signature_requests/{id}', byId(made.body.id))).body).toEqual(made.body);
    expect((await call('GET /v1/signature_requests')).body.items).toEqual([made.body]);
  });

  test('what is to be kept from others lies nowhere in plain text', async () => {
    const { tenant, create, lines } = await start('sealing');
    await create();
    const items = (await server.items()).filter((item) => JSON.stringify(item).includes(tenant));
    expect(items.length).toBeGreaterThan(2);
    expect(JSON.stringify(items)).not.toMatch(/pass-word|presigned-part/);
    expect(lines.join()).not.toMatch(/pass-word|presigned-part|kim|example\.com/);
  });

  test('needs an account of this tenant', async () => {
    await start('owner');
    const { create, hints } = await start('stranger');
    expect(await create({ ...wanted, account_id: 'other' })).toMatchObject({
      status: 404,
      body: { type: '/problems/account-not-found' },
    });
    expect(hints).toEqual([]);
  });

  test('refuses what the provider has nothing for, each by its name, and stores nothing', async () => {
    const { create, call } = await start('refusing');
    const body = {
      ...wanted,
      signature_color: 'blue',
      signers: [{ ...wanted.signers[0], language: 'sk' }],
      source_files: [...wanted.source_files, { id: '123' }],
    };
    const refused = await create(body);
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
    const fields = refused.body.errors.map(({ field }: { field: string }) => field);
    expect(fields.sort()).toEqual(['signature_color', 'signers.0.language', 'source_files.1.id']);
    expect((await call('GET /v1/signature_requests')).body.items).toEqual([]);
  });

  test.each([
    [{}, 'account_id'],
    [{ ...wanted, signers: [] }, 'signers'],
    [{ ...wanted, signers: wanted.signers, color: 1 }, 'color'],
    [{ ...wanted, signers: [{ email: 'no address' }] }, 'signers.0.email'],
    [{ ...wanted, days_valid: 731 }, 'days_valid'],
    [{ ...wanted, source_files: [{ url: 'file:///etc/passwd' }] }, 'source_files.0.url'],
  ])('is refused before anything is looked up: %#', async (body, field) => {
    const { create } = await start('malformed');
    const { status, body: problem } = await create(body);
    expect(status).toBe(400);
    expect(problem.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  test("Box Sign's own form of it, and a null for what is not wanted, create one too", async () => {
    const { makeAccount, create } = await start('boxed');
    await makeAccount('box-sign', 'box-sign');
    const { value } = createRequestExamples.file;
    expect((await create({ ...value, signature_color: null })).status).toBe(202);
  });
});

describe('Idempotency-Key', () => {
  test('the same key and body are the same request, in whatever order and spelling', async () => {
    const { create, hints } = await start('idempotent');
    const first = await create(wanted, { 'idempotency-key': 'offer-4711' });
    const { account_id, ...others } = wanted;
    const again = await create({ ...others, account_id }, { 'idempotency-key': '"offer-4711"' });
    expect(again).toMatchObject({ status: 202, body: { id: first.body.id } });
    expect(again.body.signers).toEqual(first.body.signers);
    expect(hints).toEqual(['new']);
  });

  test('ten at once are one request', async () => {
    const { create, hints } = await start('crowded');
    const made = await Promise.all(
      Array.from({ length: 10 }, () => create(wanted, { 'idempotency-key': 'k' })),
    );
    expect(new Set(made.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(hints).toEqual(['new']);
  });

  test('with another body it is 422, and the first request stays as it is', async () => {
    const { create, call } = await start('reusing');
    const first = await create(wanted, { 'idempotency-key': 'k' });
    const other = await create({ ...wanted, name: 'Offer 4712' }, { 'idempotency-key': 'k' });
    expect(other).toMatchObject({ status: 422, body: { type: '/problems/idempotency-key-reused' } });
    expect((await call('GET /v1/signature_requests')).body.items).toEqual([first.body]);
  });

  test('is 200 once it is sent', async () => {
    const { create, change } = await start('settled');
    const { id } = (await create(wanted, { 'idempotency-key': 'k' })).body;
    await change(id, becomes.sent('r1'));
    expect(await create(wanted, { 'idempotency-key': 'k' })).toMatchObject({
      status: 200,
      body: { id, status: 'sent', provider_request_id: 'r1', creation: { state: 'sent' } },
    });
  });

  test('without one, and with two, there are two requests', async () => {
    const { create } = await start('plural');
    const made = [
      await create(),
      await create(),
      await create(wanted, { 'idempotency-key': '1' }),
      await create(wanted, { 'idempotency-key': '2' }),
    ];
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(4);
  });

  test("is the tenant's own", async () => {
    const [one, two] = [await start('tenant-one'), await start('tenant-two')];
    const ids = [one, two].map(
      async ({ create }) => (await create(wanted, { 'idempotency-key': 'k' })).body.id,
    );
    expect(new Set(await Promise.all(ids)).size).toBe(2);
  });

  test('a malformed one is named', async () => {
    const { create } = await start('misspelt');
    expect(await create(wanted, { 'idempotency-key': '"open' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'Idempotency-Key' }] },
    });
  });
});

describe('Prefer: wait', () => {
  test.each([
    ['sent', becomes.sent('r1'), 'sent'],
    ['failed', becomes.creation('failed'), 'error_sending'],
    ['undecided', becomes.creation('undecided'), 'creating'],
  ] as const)('answers 200 as soon as it is %s', async (state, outcome, status) => {
    const { tenant, create, change, meanwhile, requests } = await start(`waiting-${state}`);
    let naps = 0;
    meanwhile.do = async () => {
      naps += 1;
      const [entry] = (await requests.list(tenant, { limit: 1, before: null })).ids;
      if (naps === 2 && entry) await change(entry.id, outcome);
    };
    expect(await create(wanted, { prefer: 'wait=20' })).toMatchObject({
      status: 200,
      headers: { 'preference-applied': 'wait=20' },
      body: { status, creation: { state, next_check_at: null } },
    });
    expect(naps).toBe(2);
  });

  test('answers 202 after N seconds', async () => {
    const { create, clock } = await start('patient');
    const before = clock.now;
    expect((await create(wanted, { prefer: 'wait=2' })).status).toBe(202);
    expect(clock.now - before).toBe(2_000);
  });
});

describe('POST /v1/signature_requests/{id}/resolve', () => {
  test.each([
    [{ decision: 'send_again' }, 202, { status: 'creating', creation: { state: 'queued' } }],
    [{ decision: 'give_up' }, 200, { status: 'error_sending', creation: { state: 'failed' } }],
    [
      { decision: 'link', provider_request_id: 'r1' },
      200,
      { provider_request_id: 'r1', creation: { state: 'sent' } },
    ],
  ])('%j of an undecided one', async (body, status, shown) => {
    const { create, change, resolve } = await start(`deciding-${body.decision.replace('_', '-')}`);
    const { id } = (await create()).body;
    await change(id, becomes.creation('undecided'));
    expect(await resolve(id, body)).toMatchObject({ status, body: { id, ...shown } });
    expect(await resolve(id, body)).toMatchObject({
      status: 409,
      body: { type: '/problems/not-undecided' },
    });
  });

  test('of any other is 409', async () => {
    const { create, change, post, resolve } = await start('decided');
    const { id } = (await create()).body;
    const answer = { status: 409, body: { type: '/problems/not-undecided' } };
    expect(await resolve(id, { decision: 'send_again' })).toMatchObject(answer);
    await change(id, becomes.sent('r1'));
    expect(await resolve(id, { decision: 'give_up' })).toMatchObject(answer);
    const elsewhere = await post('cancellations', { account_id: 'main', provider_request_id: 'r2' });
    expect(await resolve(elsewhere.body.id, { decision: 'give_up' })).toMatchObject(answer);
  });

  test("cannot take another request's id", async () => {
    const { create, change, post, resolve, stored } = await start('taking');
    await post('cancellations', { account_id: 'main', provider_request_id: 'r2' });
    const { id } = (await create()).body;
    await change(id, becomes.creation('undecided'));
    expect(await resolve(id, { decision: 'link', provider_request_id: 'r2' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'provider_request_id' }] },
    });
    expect((await stored(id)).creation?.state).toBe('undecided');
  });

  test.each([
    [{}, 'decision'],
    [{ decision: 'maybe' }, 'decision'],
    [{ decision: 'link' }, 'provider_request_id'],
    [{ decision: 'link', provider_request_id: '../x' }, 'provider_request_id'],
    [{ decision: 'give_up', provider_request_id: 'r1' }, 'provider_request_id'],
  ])('%j is refused', async (body, field) => {
    const { create, change, resolve } = await start('undeciding');
    const { id } = (await create()).body;
    await change(id, becomes.creation('undecided'));
    expect(await resolve(id, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});
