/** `POST /v1/webhook_endpoints/{endpoint_id}/replay`: sends again what an endpoint was told since a time. */
import type { Instant } from '../../shared/domain/ids.ts';
import { readBody } from '../../shared/http/body.ts';
import { replayBody } from '../../shared/http/contract/deliveries.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../shared/http/problem.ts';
import { time } from '../../shared/http/time.ts';
import { errorFields } from '../../shared/log.ts';
import { type EndpointPorts, findEndpoint } from './endpoint-ports.ts';

export const replayDeliveries =
  (ports: EndpointPorts) =>
  async ({ caller, path, log, ...incoming }: Request<'replayDeliveries'>): Promise<Response> => {
    const body = readBody(incoming, replayBody);
    const now = ports.now();
    const since = Date.parse(body.since) as Instant;
    if (since > now) throw invalidField('since', 'must not be in the future');
    const { tenant, uid, disabled } = await findEndpoint(ports, caller.tenant, path.endpoint_id);
    if (disabled !== null) throw new Problem('webhook-endpoint-disabled');
    const place = { tenant, endpoint: uid };
    const replay = await ports.replays.begin({ ...place, since, state: body.state }, now);
    if (replay === null) throw new Problem('temporarily-unavailable');
    try {
      await ports.sendNotice({ kind: 'replay', ...place }, 0);
    } catch (error) {
      // It is written: the sweep begins it a little later.
      log('warn', 'notice.not_sent', { kind: 'replay', tenant, ...errorFields(error) });
    }
    return { status: 202, body: { replay: { since: time(replay.since), state: replay.state } } };
  };
