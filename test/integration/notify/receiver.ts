/** A client app's end of the events: a real server, which verifies each with the public library. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod/mini';
import { closeServer, readBody } from '../../../infra/local/loopback.ts';

export interface Received {
  /** The `webhook-id`. */
  readonly id: string;
  readonly event: z.output<typeof eventShape>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What it was answered; null: nothing yet. */
  readonly status: number | null;
}

const eventShape = z.strictObject({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
});

/** `hang`: no answer at all. */
export type Answer = number | 'hang' | ((response: ServerResponse) => void);

export const openReceiver = async () => {
  const received: Received[] = [];
  const state = {
    /** Verified with each; none: not verified. */
    secrets: [] as readonly string[],
    answer: 204 as Answer,
    connections: 0,
    atOnce: 0,
    mostAtOnce: 0,
  };
  const server = createServer(async (request, response) => {
    state.atOnce += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
    response.once('close', () => {
      state.atOnce -= 1;
    });
    const body = String(await readBody(request, 64 * 1024));
    const headers = request.headers;
    // What does not verify is answered in a way that no test asks for, so that it shows.
    if (!verifies(body, headers, state.secrets)) {
      response.writeHead(418).end();
      return;
    }
    const status = typeof state.answer === 'number' ? state.answer : null;
    const event = eventShape.parse(JSON.parse(body));
    received.push({ id: String(headers['webhook-id']), event, headers, body, status });
    if (typeof state.answer === 'function') state.answer(response);
    else if (status !== null) response.writeHead(status).end();
  });
  server.on('connection', () => {
    state.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    state,
    received,
    /** Those that it has taken, in order. */
    taken: () => received.filter(({ status }) => status !== null && status < 300),
    url: `http://127.0.0.1:${port}/events`,
    port,
    close: () => closeServer(server),
  };
};
export type Receiver = Awaited<ReturnType<typeof openReceiver>>;

const verifies = (body: string, headers: IncomingHttpHeaders, secrets: readonly string[]): boolean => {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const given = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  try {
    for (const secret of secrets) new Webhook(secret).verify(body, given);
    return true;
  } catch {
    return false;
  }
};
