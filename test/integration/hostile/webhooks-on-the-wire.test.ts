/** The same mutated deliveries, some thousand of them, through the gateway and the bundle: what is not taken changes nothing. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulatedAccounts } from '../../../infra/local/simulated-accounts.ts';
import { signatureKeys } from '../../simulators/box-sign/callback.ts';
import { webhookSecretOf } from '../../simulators/truto/webhooks.ts';
import { describeAfterwards } from '../end-to-end/afterwards.ts';
import { listen } from '../providers/call.ts';
import { mutate } from './mutations.ts';
import { openPrepared, type Prepared, startingMs, untilQuiet } from './prepared.ts';
import { randomFrom, seed } from './random.ts';
import { another, type Delivery, type SignedProvider, signedProviders } from './signed-deliveries.ts';

const rounds = 300;
const credential = (provider: string, name: string): string =>
  simulatedAccounts.find((account) => account.provider === provider)?.credentials[name] ?? '';
const own = {
  dropboxSignKey: credential('dropbox-sign', 'api_key'),
  boxPrimary: signatureKeys.primary,
  boxSecondary: signatureKeys.secondary,
  trutoSecret: webhookSecretOf(credential('truto', 'api_token')),
  // The simulated Ironclad keeps its own: what it signs is taken from it.
  ironcladKey: another.ironcladKey,
};
const providers = signedProviders(own, Date.now);

let prepared: Prepared;
const urls = new Map<string, string>();
beforeAll(async () => {
  prepared = await openPrepared();
  for (const { name } of providers) {
    const { body } = await prepared.rescind.client.call('getAccount', { path: { account_id: name } });
    urls.set(name, body.webhook_url);
  }
}, startingMs);
afterAll(() => prepared?.close());

/** As Ironclad sends it: nobody else can sign it. */
const fromIronclad = async (): Promise<Delivery> => {
  const listener = await listen('OK');
  try {
    const control = prepared.rescind.stack.simulators?.control.ironclad;
    const { id = '' } = control?.seed({ key: 'simulated-ironclad-app', callback_url: listener.url }) ?? {};
    control?.act(id, 'cancel');
    const { body, headers } = await listener.delivery(1);
    const kept = ['content-type', 'x-ironclad-webhook-event-id', 'x-ironclad-webhook-verification'];
    return { body, headers: Object.fromEntries(kept.map((name) => [name, headers[name] ?? ''])) };
  } finally {
    await listener.close();
  }
};

const genuine = async ({ name, signed }: SignedProvider): Promise<Delivery> =>
  name === 'ironclad' ? fromIronclad() : signed('request-own', 'own');

/** A header that HTTP does not carry cannot be sent. @returns null for that */
const post = (url: string, { body, headers }: Delivery): Promise<number> | null => {
  if (Object.values(headers).some((value) => /[^\t\x20-\x7e\x80-\xff]/.test(value))) return null;
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end(body);
  });
};

/** What the gateway makes of it on the way: bytes of a text that are none are lost, and space around a header. */
const arrived = ({ body, headers }: Delivery): Delivery => ({
  body: /^(text\/|application\/json\s*(;|$))/i.test((headers['content-type'] ?? '').trim())
    ? Buffer.from(body.toString('utf8'))
    : body,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()])),
});

describe.each(providers)('$name', (provider) => {
  test('only those are taken whose signed part is untouched', async () => {
    const url = urls.get(provider.name) ?? '';
    const original = await genuine(provider);
    const random = randomFrom(seed);
    const material = {
      random,
      forged: provider.signed('request-own', 'another'),
      // Another genuine one would be taken, rightly.
      other: provider.signed('request-0', 'another'),
    };
    const before = await untilQuiet(prepared);
    const tally = { taken: 0, refused: 0, unsendable: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const { kinds, delivery } = mutate(original, material);
      const status = await post(url, delivery);
      const where = `seed ${seed}, round ${round}: ${kinds.join(' + ')}`;
      if (status === null) tally.unsendable += 1;
      else if (status === 200) {
        tally.taken += 1;
        expect([where, await provider.isUntouched(arrived(delivery), original)]).toEqual([where, true]);
      } else {
        tally.refused += 1;
        expect([where, status]).toEqual([where, 401]);
      }
    }
    // None of the requests is known here, so even what is taken changes nothing.
    expect(await untilQuiet(prepared)).toEqual(before);
    expect(tally.taken).toBeGreaterThan(5);
    expect(tally.refused).toBeGreaterThan(rounds / 2);
  });

  test('a genuine one at another account’s URL is refused', async () => {
    const original = await genuine(provider);
    for (const [name, url] of urls) {
      expect([name, await post(url, original)]).toEqual([name, name === provider.name ? 200 : 401]);
    }
  });
});

describeAfterwards(() => prepared.rescind);
