/** Of whatever a signature covers, and of the signature, no bit can be another; of the rest, any can. */
import { describe, expect, test } from 'vitest';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import { providers } from '../../../shared/providers/registry.ts';
import {
  type Delivery,
  newRsaKey,
  ownSecrets,
  signedProviders,
} from '../../integration/hostile/signed-deliveries.ts';
import { now } from './answers.ts';

const rsa = newRsaKey();
const own = ownSecrets(rsa.privateKey);
/** By one bit another: the last of the first letter. */
const almost = (secret: string): string => String.fromCharCode(secret.charCodeAt(0) ^ 1) + secret.slice(1);
const credentialsOf = (name: string, form: (secret: string) => string) =>
  ({
    'dropbox-sign': { api_key: form(own.dropboxSignKey) },
    'box-sign': {
      access_token: 't',
      webhook_primary_key: form(own.boxPrimary),
      webhook_secondary_key: form(own.boxSecondary),
    },
    ironclad: { access_token: 't' },
    truto: { api_token: 't', integrated_account_id: 'ia', webhook_secret: form(own.trutoSecret) },
  })[name];

/** The same with each bit of the body, then of each header, the other way. */
function* flipped({ body, headers }: Delivery): Generator<Delivery> {
  for (let bit = 0; bit < body.length * 8; bit += 1) {
    const bytes = Buffer.from(body);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield { body: bytes, headers };
  }
  for (const [name, value] of Object.entries(headers)) {
    for (let bit = 0; bit < value.length * 7; bit += 1) {
      const at = Math.floor(bit / 7);
      const letter = String.fromCharCode(value.charCodeAt(at) ^ (1 << (bit % 7)));
      yield { body, headers: { ...headers, [name]: value.slice(0, at) + letter + value.slice(at + 1) } };
    }
  }
}

describe.each(signedProviders(own, () => now))('$name', ({ name, signed, isUntouched }) => {
  const provider: AnyProvider = providers[name];
  const original = signed('request-own', 'own');
  const accepts = (given: Delivery, form = (secret: string) => secret): boolean =>
    provider.webhook.receive(
      { ...given, receivedAt: now },
      [credentialsOf(name, form)],
      name === 'ironclad' ? rsa.publicKey : null,
    ).kind === 'notices';

  test('is genuine as it was made, and not with a secret that differs by a bit', () => {
    expect(accepts(original)).toBe(true);
    if (name !== 'ironclad') expect(accepts(original, almost)).toBe(false);
    expect(accepts(signed('request-own', 'another'))).toBe(false);
  });

  test('with any one bit flipped is taken only if that bit is not covered', { timeout: 60_000 }, async () => {
    let [taken, refused] = [0, 0];
    for (const given of flipped(original)) {
      if (accepts(given)) {
        taken += 1;
        if (!(await isUntouched(given, original))) {
          throw new Error(`taken: ${given.body.toString('latin1')} ${JSON.stringify(given.headers)}`);
        }
      } else refused += 1;
    }
    // Of a JSON that is signed as a whole not one bit of it; of a form whose type and time alone are, many.
    expect(refused).toBeGreaterThan(1_000);
    const bits = original.body.length * 8;
    if (name === 'box-sign' || name === 'truto') expect(refused).toBeGreaterThanOrEqual(bits);
    if (name === 'dropbox-sign') expect(taken).toBeGreaterThan(100);
  });
});
