/** `POST /v1/webhook_endpoints/{endpoint_id}/rotate-secret`: a new secret at once, and the old one beside it for a day. */
import type { Instant } from '../../shared/domain/ids.ts';
import { readBody } from '../../shared/http/body.ts';
import { rotateWebhookSecretBody } from '../../shared/http/contract/webhook-endpoints.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../shared/http/problem.ts';
import { newSigningSecret } from '../../shared/secrets/write-endpoint-secrets.ts';
import { changedAt, type EndpointPorts, findEndpoint } from './endpoint-ports.ts';
import { viewEndpoint } from './endpoint-view.ts';
import { discardIfDeleted } from './put-endpoint.ts';

export const rotateWebhookSecret =
  (ports: EndpointPorts) =>
  async ({ caller, path, ...incoming }: Request<'rotateWebhookSecret'>): Promise<Response> => {
    const { secret } = readBody(incoming, rotateWebhookSecretBody, {});
    const endpoint = await findEndpoint(ports, caller.tenant, path.endpoint_id);
    if (endpoint.format !== 'standard') {
      throw invalidField(
        'endpoint_id',
        'is of an endpoint that your own key signs for: PUT it with another signing_key',
      );
    }
    const signing = secret === undefined ? newSigningSecret() : { secret };
    const now = ports.now();
    const lastChange = Math.max(endpoint.secretAt, endpoint.updatedAt) as Instant;
    await ports.endpointSecrets.replaceSecret(endpoint, signing, now);
    const rotated = await ports.endpoints.touchSecret(endpoint, changedAt(lastChange, now));
    if (rotated === null) {
      await discardIfDeleted(ports, endpoint);
      throw new Problem('webhook-endpoint-not-found');
    }
    return { status: 200, body: { ...viewEndpoint(rotated), ...signing } };
  };
