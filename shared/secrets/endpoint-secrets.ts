/** The signing secrets of webhook endpoints, read. They lie apart from accounts' credentials, below a prefix of their own. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { Endpoint, EndpointUid } from '../notify/endpoint.ts';
import { credentialsReader } from './account-secrets.ts';

export const signingSecret = z.object({ secret: z.string() });
export type SigningSecret = z.output<typeof signingSecret>;

const rememberedEndpoints = 1_000;

/**
 * @returns a function that tells the secrets an endpoint's events are signed with, the newest first; none when its secret
 * is gone. What is remembered is read again as soon as the endpoint says that it has changed.
 */
export const signingSecretsReader = (client: SecretsManagerClient, prefix: string, now: () => number) => {
  const read = credentialsReader(client, prefix, now);
  const seen = new Map<EndpointUid, number>();
  return async function signingSecretsOf(endpoint: Endpoint): Promise<readonly string[]> {
    const fresh = seen.get(endpoint.uid) !== endpoint.secretAt;
    const secrets = await read(endpoint, { fresh });
    if (seen.size >= rememberedEndpoints) seen.clear();
    seen.set(endpoint.uid, endpoint.secretAt);
    return (secrets?.forVerification ?? []).map((secret) => signingSecret.parse(secret).secret);
  };
};
export type SigningSecretsOf = ReturnType<typeof signingSecretsReader>;
