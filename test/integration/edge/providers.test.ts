import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequestBody, creationFields } from '../../../shared/http/contract/creation.ts';
import { type ProviderView, providerPage } from '../../../shared/http/contract/providers.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { providerNames, providers } from '../../../shared/providers/registry.ts';
import { apiFunction } from './api-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;
let items: readonly ProviderView[];

beforeAll(async () => {
  server = await startTableServer();
  const { status, body } = await apiFunction(server, 'reader').call('GET /v1/providers');
  expect(status).toBe(200);
  expect(providerPage.parse(body)).toEqual(body);
  items = body.items;
});
afterAll(() => server.close());

test('GET /v1/providers has every provider, with every field of the body', () => {
  expect(items.map(({ name }) => name)).toEqual(providerNames);
  for (const { creation } of items) {
    expect(Object.keys(creation.fields).sort()).toEqual([...creationFields].sort());
  }
});

test('says what a cancellation does there, and whether it needs a reason', () => {
  const scopes = Object.fromEntries(items.map(({ name, scopes }) => [name, scopes]));
  expect(scopes['dropbox-sign']).toEqual({
    workflow: { effect: 'voided', reason_required: false, reason_delivered: false },
  });
  expect(scopes.ironclad).toMatchObject({
    workflow: { effect: 'workflow_cancelled', reason_required: true },
    signature_packet: { effect: 'packet_cancelled' },
  });
});

test('limits and reminders: whole numbers a minute, and none where there are none', () => {
  for (const { limits, reminders } of items) {
    expect(Object.values(limits).every((limit) => limit === null || limit.per_minute > 0)).toBe(true);
    expect(limits.remind === null).toBe(reminders === null);
  }
  const okdokument = items.find(({ name }) => name === 'okdokument');
  expect(okdokument?.reminders).toBeNull();
  expect(items.find(({ name }) => name === 'box-sign')).toMatchObject({
    reminders: { cool_down_seconds: 600, per_signer: false },
    is_silent: true,
  });
});

test('what it calls refused is refused, and nothing else is for being there', () => {
  const signer = { email: 'kim@customer.example', name: 'Kim', suppress_notifications: true, order: 1 };
  const wanted = createRequestBody.parse({
    account_id: 'main',
    signers: [signer],
    source_files: [{ url: 'https://files.example.com/a.pdf' }],
    signature_color: 'blue',
    name: 'Offer',
    external_id: 'x',
  });
  const given = {
    'signers[].suppress_notifications': 'signers.0.suppress_notifications',
    'signers[].order': 'signers.0.order',
    source_files: 'source_files',
    'source_files[].url': 'source_files.0.url',
    signature_color: 'signature_color',
    name: 'name',
    external_id: 'external_id',
  };
  for (const { name, creation } of items) {
    const named = refusedFields({ ...providers[name], creation: withoutCheck(name) }, wanted, {});
    const expected = Object.entries(given).filter(([field]) => creation.fields[field]?.support === 'refused');
    expect([name, named.map(({ field }) => field).sort()]).toEqual([
      name,
      expected.map(([, path]) => path).sort(),
    ]);
  }
});

/** What a provider asks beyond its list of fields has tests of its own. */
const withoutCheck = (name: (typeof providerNames)[number]) => ({
  ...providers[name].creation,
  mostSigners: 35,
  mostSourceFiles: 10,
  check: () => [],
});
