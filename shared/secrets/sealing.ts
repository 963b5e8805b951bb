/** Seals text that must not lie in the table in plain form, with a key that only its own secret holds. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export interface Sealer {
  /** @param context where the text is kept, e.g. the key of its item: it opens nowhere else */
  seal(text: string, context: string): Promise<string>;
  /** @throws SealBroken when it was sealed by another key or for another context, or is not as it was sealed */
  open(sealed: string, context: string): Promise<string>;
}

/** Says nothing of the text or the key. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/**
 * AES-256-GCM. The key is read at the first use and remembered for as long as the process lives; when something does
 * not open, it is read once more, because the secret's value may have been restored or replaced since.
 *
 * @param secretId name or ARN of a secret of random text, long enough that nobody guesses it
 */
export const sealer = (client: SecretsManagerClient, secretId: string): Sealer => {
  let remembered: Promise<Buffer> | null = null;
  const readKey = (): Promise<Buffer> => {
    const reading = keyOf(client, secretId);
    remembered = reading;
    // What failed is not remembered: the next one asks again.
    reading.catch(() => {
      if (remembered === reading) remembered = null;
    });
    return reading;
  };
  const key = (): Promise<Buffer> => remembered ?? readKey();

  return {
    seal: async (text, context) => encrypt(await key(), text, context),
    open: async (sealed, context) => {
      const known = await key();
      const text = decrypt(known, sealed, context) ?? decrypt(await readKey(), sealed, context);
      if (text === null) throw new SealBroken('what was sealed does not open with this key, in this place');
      return text;
    },
  };
};

/** Goes before each seal, and into its key: another form will have another. */
const version = 'v1';
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

const keyOf = async (client: SecretsManagerClient, SecretId: string): Promise<Buffer> => {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  if (SecretString === '') throw new Error('the sealing key has no value');
  return Buffer.from(hkdfSync('sha256', SecretString, '', `rescind sealing ${version}`, 32));
};

/** `v1.` and base64url of nonce, ciphertext, tag. */
const encrypt = (key: Buffer, text: string, context: string): string => {
  const nonce = randomBytes(nonceBytes);
  const encryption = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  encryption.setAAD(Buffer.from(context));
  const parts = [nonce, encryption.update(text, 'utf8'), encryption.final(), encryption.getAuthTag()];
  return `${version}.${Buffer.concat(parts).toString('base64url')}`;
};

/** @returns null when the tag does not fit */
const decrypt = (key: Buffer, sealed: string, context: string): string | null => {
  const [form, encoded = '', ...more] = sealed.split('.');
  const bytes = Buffer.from(encoded, 'base64url');
  // The decoder passes over what is not base64url; the same bytes must not have two spellings.
  if (form !== version || more.length > 0 || bytes.toString('base64url') !== encoded) return null;
  if (bytes.length < nonceBytes + tagBytes) return null;
  const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decryption.setAAD(Buffer.from(context));
  decryption.setAuthTag(bytes.subarray(-tagBytes));
  const text = decryption.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([text, decryption.final()]).toString('utf8');
  } catch {
    return null;
  }
};
