/**
 * The whole API, driven with secrets that can be told: every route, in success and in failure, with providers that repeat
 * whatever they are sent. Afterwards none of them stands in a log, an answer, the table or a file.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tenant } from '../../../shared/domain/ids.ts';
import { type Operation, routes } from '../../../shared/http/routes.ts';
import { type ProviderName, providerNames } from '../../../shared/providers/registry.ts';
import { keyStore } from '../../../shared/store/keys.ts';
import { creationExamples } from '../cancellation/creations.ts';
import { filesHolding } from '../end-to-end/files-holding.ts';
import { newSecret } from '../end-to-end/rescind.ts';
import { untilRequest } from '../end-to-end/waiting.ts';
import { type Echo, openEcho } from './echo.ts';
import {
  bodyOf,
  openPrepared,
  operations,
  type Prepared,
  pathOf,
  signerAddress,
  startingMs,
} from './prepared.ts';

let prepared: Prepared;
let echo: Echo;
/** What nobody but the secret store may hold. */
const secrets = new Set<string>();
/** What the table holds, sealed or in halves or for the client to read, and no log may show. */
const unloggable = new Set<string>();
const mark = <T extends string>(into: Set<string>, value: T): T => {
  into.add(value);
  return value;
};
const secret = (): string => mark(secrets, newSecret());
const endpointSecret = (): string => mark(secrets, `whsec_${randomBytes(32).toString('base64')}`);

/** One of three keys of the tenant: revoked before the other tests, and looked at after them. */
let revoked: { readonly key: string; readonly at: number };
const asHolder = async (key: string, operation: Operation): Promise<number> => {
  const response = await fetch(`${prepared.rescind.stack.url}${pathOf(operation, prepared.own)}`, {
    headers: { 'x-api-key': key },
  });
  await response.text();
  return response.status;
};
/** Of each function that asks for a key. */
const keyed = ['listSignatureRequests', 'listAccounts'] as const;

beforeAll(async () => {
  echo = await openEcho();
  prepared = await openPrepared({ ...echo.settings, SWEEP_INTERVAL_SECONDS: '2' }, ({ stack }) =>
    echo.target(stack.simulators?.baseUrls ?? {}),
  );
  for (const one of prepared.rescind.secrets) secrets.add(one);
  unloggable.add(signerAddress);
  unloggable.add(prepared.own['sign_token'] ?? '');
  unloggable.add(prepared.own['token'] ?? '');
  const keys = keyStore(prepared.client, prepared.tableName);
  const demo = 'demo' as Tenant;
  const { key } = await keys.createKey(demo, 'second', new Date());
  const { key: third } = await keys.createKey(demo, 'third', new Date());
  for (const one of [key, third, prepared.rescind.keys.client]) {
    mark(secrets, one);
    for (const operation of keyed)
      expect([operation, await asHolder(one, operation)]).toEqual([operation, 200]);
  }
  await keys.revokeKey(demo, 'second');
  revoked = { key, at: Date.now() };
}, startingMs);
afterAll(async () => {
  await prepared?.close();
  await echo?.close();
});

const letters = (length: number): string =>
  [...randomBytes(length)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
/** Secrets that read like this provider's own words for an error: what is kept of those must not be one. */
const likeA = {
  word: () => mark(secrets, `${letters(12)}_${letters(12)}`),
  code: () => mark(secrets, `${letters(12)}_${letters(12)}`.toUpperCase()),
  message: () => mark(secrets, `err.${letters(12)}.${letters(12)}`),
};

const credentials: Readonly<Record<ProviderName, () => Readonly<Record<string, string>>>> = {
  'dropbox-sign': () => ({ api_key: likeA.word() }),
  okdokument: () => ({ api_key: likeA.message() }),
  'box-sign': () => ({
    access_token: likeA.word(),
    webhook_primary_key: secret(),
    webhook_secondary_key: secret(),
  }),
  ironclad: () => ({ access_token: likeA.code() }),
  truto: () => ({
    api_token: likeA.code(),
    integrated_account_id: '62f44730-dd91-461e-bd6a-aedd9e0ad79d',
    webhook_secret: secret(),
  }),
};
/** For the calls that a simulated provider is to carry out. */
const exchanged = () => ({
  client_id: 'app',
  client_secret: secret(),
  subject_type: 'enterprise',
  subject_id: '900900900',
  webhook_primary_key: secret(),
});

interface Ask {
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answers that show a secret, once: the ones that make it. */
const shows: readonly Operation[] = ['putWebhookEndpoint', 'rotateWebhookSecret'];

const ask = async (operation: Operation, { path, body, headers }: Ask = {}) => {
  const response = await fetch(`${prepared.rescind.stack.url}${path ?? pathOf(operation, prepared.own)}`, {
    method: routes[operation].method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${prepared.rescind.keys.client}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const told = `${JSON.stringify([...response.headers])}${text}`;
  if (!(shows.includes(operation) && response.ok)) {
    const repeated = [...secrets].filter((one) => formsOf(one).some((form) => told.includes(form)));
    const places = repeated.map((one) => told.slice(Math.max(0, told.indexOf(one) - 60), told.indexOf(one)));
    expect([operation, response.status, places]).toEqual([operation, response.status, []]);
  }
  expect([operation, response.status]).not.toEqual([operation, 500]);
  return { status: response.status, text };
};

/** As it is, as HTTP Basic or a form would carry it, as a URL would. */
const formsOf = (one: string): readonly string[] => [
  one,
  encodeURIComponent(one),
  Buffer.from(`${one}:`).toString('base64'),
  Buffer.from(one).toString('base64'),
];

const at = (operation: Operation, names: Readonly<Record<string, string>>): string =>
  pathOf(operation, { ...prepared.own, ...names });

/** An account whose every credential is marked, with one request that it created. */
const live = async (provider: ProviderName) => {
  const account_id = `marked-${provider}`;
  const { options, body } = creationExamples('http://127.0.0.1:9/nda.pdf')[provider];
  const put = await ask('putAccount', {
    path: at('putAccount', { account_id }),
    body: { provider, credentials: provider === 'box-sign' ? exchanged() : credentials[provider](), options },
  });
  expect([provider, put.status]).toEqual([provider, 201]);
  const signers = [
    {
      name: mark(unloggable, `Signer ${randomBytes(6).toString('hex')}`),
      email: mark(unloggable, `${randomBytes(6).toString('hex')}@signer.example`),
      ...(provider === 'dropbox-sign' && {
        password: mark(unloggable, `pw${randomBytes(4).toString('hex')}`),
      }),
    },
  ];
  const made = await ask('createSignatureRequest', {
    body: { account_id, ...body, signers },
    headers: { 'idempotency-key': mark(unloggable, `idem-${randomBytes(8).toString('hex')}`) },
  });
  expect([provider, made.status]).toEqual([provider, 202]);
  const { id } = JSON.parse(made.text);
  return { account_id, id: String(id) };
};

const everyCallAbout = async (names: Readonly<Record<string, string>>): Promise<void> => {
  for (const operation of operations) {
    if (routes[operation].method === 'DELETE' || routes[operation].method === 'PUT') continue;
    const body = bodyOf(operation, { ...prepared.own, ...names });
    await ask(operation, {
      path: at(operation, names),
      ...(body && { body }),
      headers: { prefer: 'wait=0' },
    });
  }
};

test('every route with marked secrets, at every provider, in peace', async () => {
  for (const provider of providerNames) {
    const names = await live(provider);
    if (provider !== 'dropbox-sign' && provider !== 'okdokument') {
      const made = await untilRequest(
        prepared.rescind.client,
        names.id,
        ({ creation }) => creation?.state !== 'queued',
      );
      for (const { sign_url } of made.signers) {
        if (sign_url !== null) unloggable.add(sign_url.split('/').at(-1) ?? '');
      }
    }
    await everyCallAbout(names);
  }
}, 120_000);

test('secrets of endpoints are shown once, and kept nowhere else', async () => {
  const path = at('putWebhookEndpoint', { endpoint_id: 'marked' });
  const url = 'http://127.0.0.1:9/events';
  await ask('putWebhookEndpoint', { path, body: { url, secret: endpointSecret() } });
  const rotated = await ask('rotateWebhookSecret', {
    path: at('rotateWebhookSecret', { endpoint_id: 'marked' }),
    body: {},
  });
  mark(secrets, String(JSON.parse(rotated.text).secret));
  const given = endpointSecret();
  await ask('rotateWebhookSecret', {
    path: at('rotateWebhookSecret', { endpoint_id: 'marked' }),
    body: { secret: given },
  });
  for (const operation of ['getWebhookEndpoint', 'listWebhookEndpoints', 'listDeliveries'] as const) {
    expect((await ask(operation, { path: at(operation, { endpoint_id: 'marked' }) })).status).toBe(200);
  }
});

test('what a client puts into the wrong place is not said back', async () => {
  for (const operation of operations) {
    // Fits nothing that a client may choose: what fits is the client's own name for something.
    const wrong = `!${secret()}`;
    const body = bodyOf(operation, prepared.own);
    await ask(operation, {
      path: at(operation, Object.fromEntries(Object.keys(prepared.own).map((name) => [name, wrong]))),
    });
    await ask(operation, { path: `${at(operation, prepared.absent)}?limit=${wrong}&cursor=${wrong}` });
    await ask(operation, {
      path: at(operation, prepared.absent),
      headers: { prefer: wrong, 'idempotency-key': `"${wrong}`, 'x-request-id': wrong, cookie: wrong },
    });
    await ask(operation, { headers: { authorization: `Bearer ${secret()}` } });
    await ask(operation, { headers: { authorization: secret() } });
    if (body === null) continue;
    await ask(operation, { body: `{"${wrong.slice(0, 3)}` });
    for (const field of [...Object.keys(body), 'extra']) {
      if (!['name', 'reason', 'url'].includes(field))
        await ask(operation, { body: { ...body, [field]: wrong } });
      await ask(operation, { body: { ...body, [field]: { [field]: [wrong] } } });
    }
  }
}, 120_000);

test('providers that repeat what they are sent, at whatever status', async () => {
  const statuses = [200, 400, 401, 403, 422, 500];
  for (const provider of providerNames) {
    const account_id = `marked-${provider}`;
    for (const status of statuses) {
      echo.answerWith(status);
      await ask('checkAccount', { path: at('checkAccount', { account_id }), body: {} });
      await ask('registerWebhook', { path: at('registerWebhook', { account_id }), body: {} });
      const provider_request_id = `echo-${status}`;
      const about = { account_id, provider_request_id };
      const { text } = await ask('createCancellation', {
        body: { ...about, reason: 'why' },
        headers: { prefer: 'wait=0' },
      });
      await ask('importSignatureRequest', { body: { ...about, provider_request_id: `import-${status}` } });
      const { id } = JSON.parse(text);
      const names = { id: String(id) };
      for (const operation of ['getSignatureRequest', 'getHistory'] as const)
        await ask(operation, { path: at(operation, names) });
      // Ends the pause that a refusal of the credentials makes.
      await ask('putAccount', {
        path: at('putAccount', { account_id }),
        body: { provider, credentials: credentials[provider](), options: {} },
      });
    }
  }
  expect(echo.echoed()).toBeGreaterThan(providerNames.length * statuses.length);
  await sleep(3_000);
  for (const operation of ['listSignatureRequests', 'listAccounts'] as const) {
    for (const limit of operation === 'listAccounts' ? [''] : ['?limit=100']) {
      await ask(operation, { path: `${at(operation, {})}${limit}` });
    }
  }
  echo.answerWith(null);
}, 120_000);

test('webhooks with secrets in every place', async () => {
  const { token = '' } = prepared.own;
  for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain']) {
    await ask('receiveWebhook', {
      path: `/webhooks/${token}`,
      body: JSON.stringify({ event: { event_type: secret(), event_hash: secret() } }),
      headers: { 'content-type': type, 'x-truto-signature': secret(), 'box-signature-primary': secret() },
    });
  }
});

test('a revoked key is dead after a minute, and the other keys of its tenant are not', async () => {
  const minute = 60_000;
  await sleep(Math.max(0, revoked.at + minute - Date.now()));
  for (const operation of keyed) {
    // Whatever process answers.
    const asked = Array.from({ length: 20 }, () => asHolder(revoked.key, operation));
    expect([operation, ...new Set(await Promise.all(asked))]).toEqual([operation, 401]);
    expect([operation, await asHolder(prepared.rescind.keys.client, operation)]).toEqual([operation, 200]);
  }
}, 90_000);

describe('afterwards', () => {
  test('no secret stands in a file outside the secret store, nor on the terminal', () => {
    const { stack, printed } = prepared.rescind;
    const { dataDir } = stack.configuration;
    expect(secrets.size).toBeGreaterThan(150);
    expect(filesHolding(secrets, dataDir)).toEqual([]);
    const terminal = printed.join('\n');
    expect([...secrets].filter((one) => formsOf(one).some((form) => terminal.includes(form)))).toEqual([]);
    // The search finds what is there.
    expect(filesHolding(secrets, join(dataDir, 'secrets'))).not.toEqual([]);
  });

  test('nor in an item of the table, where keys are hashes', async () => {
    const stored = [...(await prepared.items())].flat().join('\n');
    expect([...secrets].filter((one) => formsOf(one).some((form) => stored.includes(form)))).toEqual([]);
    const hash = createHash('sha256').update(prepared.rescind.keys.client).digest('hex');
    expect(stored).toContain(`key#${hash}`);
    expect([...unloggable].filter((one) => one.startsWith('pw') && stored.includes(one))).toEqual([]);
  });

  test('no log names a signer, a sign link, a webhook URL, a password or an idempotency key', async () => {
    const { stack, printed } = prepared.rescind;
    const log = readFileSync(join(stack.configuration.dataDir, 'logs', 'rescind.jsonl'), 'utf8');
    const shown = `${log}\n${printed.join('\n')}`;
    expect([...unloggable].filter((one) => formsOf(one).some((form) => shown.includes(form)))).toEqual([]);
    expect(unloggable.size).toBeGreaterThan(15);
    // The log tells of what was done, so that there was something to leave out.
    for (const operation of operations.filter((name) => routes[name].method !== 'DELETE')) {
      expect(shown).toContain(`"operation":"${operation}"`);
    }
  });
});
