/**
 * A hundred thousand deliveries that were genuine before something was done to them, against the webhook function's own
 * use-case with everything around it in memory. One is taken only if what its signature covers is as it was; whatever is
 * not taken is answered below 500 and changes nothing.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { receiveWebhook } from '../../../functions/webhook/receive-webhook.ts';
import {
  type AccountId,
  type AccountUid,
  deriveRequestId,
  type Instant,
  type ProviderRequestId,
  type RequestId,
  type WebhookToken,
} from '../../../shared/domain/ids.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { type ServedHandler, serve } from '../../../shared/http/serve.ts';
import { policyOf } from '../../../shared/policy.ts';
import { providerNamed } from '../../../shared/providers/registry.ts';
import { context, gatewayEvent, queued, signatureRequest, tenant } from '../../unit/http/examples.ts';
import { mutate, mutations } from './mutations.ts';
import { type Random, randomFrom, seed } from './random.ts';
import {
  another,
  type Delivery,
  newRsaKey,
  ownSecrets,
  type Secrets,
  signedProviders,
} from './signed-deliveries.ts';

const rounds = 25_000;
const now = Date.parse('2026-11-21T12:00:00Z') as Instant;
const rsa = newRsaKey();
const own = ownSecrets(rsa.privateKey);
const providers = signedProviders(own, () => now);

const credentialsOf = (name: string, secrets: Secrets) =>
  ({
    'dropbox-sign': { api_key: secrets.dropboxSignKey },
    'box-sign': {
      access_token: 't',
      webhook_primary_key: secrets.boxPrimary,
      webhook_secondary_key: secrets.boxSecondary,
    },
    ironclad: { access_token: 't' },
    truto: { api_token: 't', integrated_account_id: 'ia', webhook_secret: secrets.trutoSecret },
    okdokument: { api_key: 'k' },
  })[name];

const tokenOf = (name: string): WebhookToken => name.padEnd(32, '_') as WebhookToken;
const uidOf = (name: string): AccountUid => `uid-${name}` as AccountUid;

/** The webhook function, with stores in memory that take note of every change. */
const openFunction = () => {
  const seen = { writes: 0, hints: 0 };
  const names = ['dropbox-sign', 'box-sign', 'ironclad', 'truto', 'okdokument'];
  const requests = new Map<RequestId, SignatureRequest>();
  for (const name of names) {
    for (const requestId of ['request-own', 'request-0', 'request-1']) {
      const providerRequestId = requestId as ProviderRequestId;
      const id = deriveRequestId(tenant, uidOf(name), providerRequestId);
      // A cancel was sent for it: a callback that proves it would confirm it.
      const cancellation = {
        ...queued,
        state: 'submitted',
        sent: 'yes',
        submittedAt: now,
        attempts: 1,
      } as const;
      requests.set(id, {
        ...signatureRequest,
        id,
        provider: name,
        providerRequestId,
        cancellation: { ...cancellation, firstAttemptAt: now },
      });
    }
  }
  const account = (name: string) => ({
    tenant,
    accountId: name as AccountId,
    uid: uidOf(name),
    provider: name,
    options: {},
    webhookToken: tokenOf(name),
    pausedUntil: null,
    pauseReason: null,
    trips: 0,
    nextFree: {},
    deleting: false,
    createdAt: now,
    updatedAt: now,
  });
  const accounts = new Map<WebhookToken, ReturnType<typeof account>>(
    names.map((name) => [tokenOf(name), account(name)]),
  );
  const ports = {
    requests: {
      get: async (_tenant: unknown, id: RequestId) => requests.get(id) ?? null,
      put: async () => {
        seen.writes += 1;
        return true;
      },
    },
    accounts: { findAccountByToken: async (token: WebhookToken) => accounts.get(token) ?? null },
    sendHint: async () => {
      seen.hints += 1;
    },
    telling: { isWanted: async () => false, sendHint: async () => undefined },
    policy: policyOf({}),
    now: () => now,
    dice: () => 0.5,
    providerNamed,
    credentialsOf: async ({ provider }: { readonly provider: string }) => {
      const current = credentialsOf(provider, own);
      return { current, forVerification: [current] };
    },
    verificationKey: async () => rsa.publicKey,
  };
  const handler = serve(
    'webhook',
    { receiveWebhook: (request) => receiveWebhook({ ...ports, log: request.log }, request) },
    { log: () => undefined },
  );
  return { handler, seen };
};

type Event = ReturnType<typeof gatewayEvent>;

const eventOf = (token: string, { body, headers }: Delivery): Event =>
  gatewayEvent('POST /webhooks/{token}', `/webhooks/${token}`, { headers, path: { token }, body });

/** What can be done to the event that the gateway makes. @returns the bytes that the function is to see, too */
const disguised = (event: Event, body: Buffer, random: Random): { event: Event; body: Buffer } => {
  const text = body.toString('utf8');
  const encoded = body.toString('base64');
  const seenAs = (given: Pick<Event, 'body' | 'isBase64Encoded'>) => ({
    event: { ...event, ...given },
    body: Buffer.from(given.body ?? '', given.isBase64Encoded ? 'base64' : 'utf8'),
  });
  switch (random.below(12)) {
    case 0:
      return seenAs({ body: encoded, isBase64Encoded: false });
    case 1:
      return seenAs({ body: text, isBase64Encoded: true });
    case 2:
      return seenAs({ body: Buffer.from(encoded).toString('base64'), isBase64Encoded: true });
    case 3:
      return seenAs({ body: encoded.replace(/=+$/, ''), isBase64Encoded: true });
    case 4:
      return seenAs({ body: body.toString('base64url'), isBase64Encoded: true });
    case 5:
      return seenAs({ body: text, isBase64Encoded: false });
    default:
      return seenAs({ body: encoded, isBase64Encoded: true });
  }
};

describe.each(providers)('$name', ({ name, signed, isUntouched }) => {
  let handler: ServedHandler;
  let seen: ReturnType<typeof openFunction>['seen'];
  beforeAll(() => {
    ({ handler, seen } = openFunction());
  });

  test(`of ${rounds} only those are taken whose signed part is untouched`, { timeout: 120_000 }, async () => {
    const random = randomFrom(seed);
    const original = signed('request-own', 'own');
    const material = { random, forged: signed('request-own', 'another'), other: signed('request-0', 'own') };
    const tally = { taken: 0, refused: 0, plain: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const { kinds, delivery } = mutate(original, material);
      const sent = disguised(eventOf(tokenOf(name), delivery), delivery.body, random);
      const before = { ...seen };
      const { statusCode = 0 } = await handler(sent.event, context());
      const where = `seed ${seed}, round ${round}: ${kinds.join(' + ')}`;
      if (statusCode === 200) {
        tally.taken += 1;
        const untouched = await isUntouched({ ...delivery, body: sent.body }, original);
        // Another genuine delivery as a whole is one too.
        expect(
          untouched || (await isUntouched({ ...delivery, body: sent.body }, material.other)),
          where,
        ).toBe(true);
      } else {
        tally.refused += 1;
        expect([401, 413], where).toContain(statusCode);
        expect(seen, where).toEqual(before);
      }
      if (kinds.every((kind) => kind === 'nothing') && sent.body.equals(original.body)) {
        tally.plain += 1;
        expect([where, statusCode]).toEqual([where, 200]);
      }
    }
    // Neither a function that refuses everything nor mutations that change nothing would pass.
    expect(tally.plain).toBeGreaterThan(100);
    expect(tally.refused).toBeGreaterThan(rounds / 2);
    expect(seen.writes).toBeGreaterThan(0);
  });

  test('a genuine one at another account’s URL, or at none, is refused', async () => {
    const random = randomFrom(seed);
    const before = { ...seen };
    const tokens = [
      ...providers.filter((other) => other.name !== name).map((other) => tokenOf(other.name)),
      tokenOf('nobody'),
      tokenOf(name).slice(0, -1),
      `${tokenOf(name)}_`,
      tokenOf(name).toUpperCase(),
      '',
      '..',
      `${tokenOf(name)}\0`,
      `../webhooks/${tokenOf(name)}`,
      ...Array.from({ length: 200 }, () => random.bytes(24).toString('base64url')),
    ];
    for (const token of tokens) {
      const { statusCode } = await handler(eventOf(token, signed('request-own', 'own')), context());
      expect([token, statusCode]).toEqual([token, 401]);
    }
    expect(seen).toEqual(before);
  });
});

test('OKdokument signs nothing: only the token in the URL counts, and the body can do no harm', async () => {
  const { handler, seen } = openFunction();
  const random = randomFrom(seed);
  const body = Buffer.from('{"state":"signed","id":"doc","signatureRequestId":"request-own"}');
  const genuine = { body, headers: { 'content-type': 'application/json' } };
  const material = { random, forged: genuine, other: genuine };
  for (let round = 0; round < 5_000; round += 1) {
    const { kinds, delivery } = mutate(genuine, material);
    const wrong = random.bytes(24).toString('base64url');
    const refused = await handler(eventOf(wrong, delivery), context());
    expect([round, kinds, refused.statusCode]).toEqual([round, kinds, 401]);
  }
  expect(seen).toEqual({ writes: 0, hints: 0 });
  for (let round = 0; round < 5_000; round += 1) {
    const { kinds, delivery } = mutate(genuine, material);
    const { statusCode } = await handler(eventOf(tokenOf('okdokument'), delivery), context());
    expect([round, kinds, statusCode]).toEqual([round, kinds, 200]);
  }
  expect(seen.hints).toBeGreaterThan(0);
});

test('every mutation changes something of at least one provider', () => {
  const random = randomFrom(seed);
  const changes = new Set<string>();
  for (const { signed } of providers) {
    const original = signed('request-own', 'own');
    const material = { random, forged: signed('request-own', 'another'), other: signed('request-0', 'own') };
    for (const [kind, change] of Object.entries(mutations)) {
      for (let tries = 0; tries < 20; tries += 1) {
        if (JSON.stringify(change(original, material)) !== JSON.stringify(original)) changes.add(kind);
      }
    }
  }
  expect(Object.keys(mutations).filter((kind) => !changes.has(kind))).toEqual(['nothing']);
  expect(another.dropboxSignKey).not.toBe(own.dropboxSignKey);
});
