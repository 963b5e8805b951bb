/** Writes the signing secrets of webhook endpoints. Only the accounts function may. */
import { randomBytes } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SigningSecret } from './endpoint-secrets.ts';
import { secretWriter } from './write-account-secrets.ts';

/** For so long after a rotation, events are signed with both. */
const rotationMs = 24 * 3_600_000;

export const endpointSecretWriter = (client: SecretsManagerClient, prefix: string) =>
  secretWriter(client, prefix, {
    description: 'Signing secret of one webhook endpoint',
    retiredAfterMs: rotationMs,
  });

/** 24 to 64 bytes are what the Standard Webhooks specification allows. */
export const newSigningSecret = (): SigningSecret => ({
  secret: `whsec_${randomBytes(32).toString('base64')}`,
});
