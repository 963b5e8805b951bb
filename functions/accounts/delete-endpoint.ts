/**
 * `DELETE /v1/webhook_endpoints/{endpoint_id}`. It is marked first, which hides it from everybody at once, and removed
 * last: a crash in between is finished by the next DELETE or PUT of the same name. Its deliveries end `failed`, unseen.
 */
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { Endpoint } from '../../shared/notify/endpoint.ts';
import type { EndpointPorts } from './endpoint-ports.ts';

export const deleteWebhookEndpoint =
  (ports: EndpointPorts) =>
  async ({ caller, path }: Request<'deleteWebhookEndpoint'>): Promise<Response> => {
    const all = await ports.endpoints.listEvenIfDeleting(caller.tenant);
    const endpoint = all.find(({ id }) => id === path.endpoint_id);
    if (endpoint === undefined) throw new Problem('webhook-endpoint-not-found');
    // Refused: another call has begun it, or has even finished it. Either way the rest below is its own end.
    if (!endpoint.deleting) await ports.endpoints.markDeleting(endpoint);
    await finishEndpointDeletion(ports, endpoint);
    return { status: 204 };
  };

/** Every step may be repeated, and touches nothing of a new endpoint of the same name. */
export const finishEndpointDeletion = async (
  { endpoints, endpointSecrets }: EndpointPorts,
  endpoint: Endpoint,
): Promise<void> => {
  await endpointSecrets.deleteSecret(endpoint);
  await endpoints.remove(endpoint);
};
