/** `GET /v1/webhook_endpoints` and `GET /v1/webhook_endpoints/{endpoint_id}`. */
import type { Request, Response } from '../../shared/http/exchange.ts';
import { type EndpointPorts, findEndpoint } from './endpoint-ports.ts';
import { viewEndpoint } from './endpoint-view.ts';

export const listWebhookEndpoints =
  ({ endpoints }: EndpointPorts) =>
  async ({ caller }: Request<'listWebhookEndpoints'>): Promise<Response> => {
    const items = (await endpoints.list(caller.tenant)).map(viewEndpoint);
    return { status: 200, body: { items, next_cursor: null } };
  };

export const getWebhookEndpoint =
  (ports: EndpointPorts) =>
  async ({ caller, path }: Request<'getWebhookEndpoint'>): Promise<Response> => ({
    status: 200,
    body: viewEndpoint(await findEndpoint(ports, caller.tenant, path.endpoint_id)),
  });
