/** `GET /v1/webhook_endpoints/{endpoint_id}/deliveries`: what was sent to an endpoint, newest first. */
import { deliveriesQuery } from '../../shared/http/contract/deliveries.ts';
import { fromCursor, toCursor } from '../../shared/http/cursor.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { readQuery } from '../../shared/http/query.ts';
import { positionPattern } from '../../shared/notify/delivery.ts';
import { type EndpointPorts, findEndpoint } from './endpoint-ports.ts';
import { viewDelivery } from './endpoint-view.ts';

export const listDeliveries =
  (ports: EndpointPorts) =>
  async ({ caller, path, query }: Request<'listDeliveries'>): Promise<Response> => {
    const { limit, state, cursor } = readQuery(query, deliveriesQuery);
    const before = cursor === undefined ? null : fromCursor(cursor, positionPattern);
    const { tenant, uid } = await findEndpoint(ports, caller.tenant, path.endpoint_id);
    const wanted = { limit, before, state };
    const { found, next } = await ports.deliveries.list({ tenant, endpoint: uid }, wanted, ports.now());
    return { status: 200, body: { items: found.map(viewDelivery), next_cursor: next && toCursor(next) } };
  };
