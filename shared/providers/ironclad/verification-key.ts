/** The public key of Ironclad's webhook signatures. That it may change without notice is assumed. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { VerificationKey } from '../provider.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { headersFor } from './request.ts';

/** `GET /webhooks/verification-key`: a PEM, of an RSA key of 2048 bits (observed). */
export const verificationKey: VerificationKey<IroncladCredentials, IroncladOptions> = {
  request: (connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/webhooks/verification-key`,
    headers: { ...headersFor(connection), accept: 'application/x-pem-file' },
  }),
  // Stryker disable next-line ConditionalExpression: equivalent, no body is no key either way.
  parse: ({ status, body }) => (status === 200 && body !== null && publicKeyIn(body) !== null ? body : null),
};

/** Null unless it is the PEM of an RSA public key that is long enough: nothing else may come to verify a signature. */
export const publicKeyIn = (pem: string): KeyObject | null => {
  if (!/^\s*-----BEGIN PUBLIC KEY-----\s/.test(pem)) return null;
  try {
    const key = createPublicKey({ key: pem, format: 'pem' });
    // Stryker disable next-line OptionalChaining: equivalent, a public key has details; the type is also that of secret ones.
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= 2_048 && bits <= 8_192 ? key : null;
  } catch {
    return null;
  }
};
