/** Stands before an AWS service on the wire and lets calls go wrong, before and after the service has acted. */
import { randomUUID } from 'node:crypto';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type ServerResponse,
  request as send,
} from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { operationOf } from '../../infra/local/aws-calls.ts';
import { closeServer, listenOnLoopback, readBody } from '../../infra/local/loopback.ts';
import type { Dice } from './dice.ts';
import { type ProxiedService, type WireFault, wireError, wireFaultNames } from './wire-faults.ts';

export interface FaultyProxy {
  /** Stays the same when the service is started anew. */
  readonly endpoint: string;
  /** Where the service is now. */
  setTarget(endpoint: string): void;
  /** Which share of the calls goes wrong from now on. */
  setTrouble(probability: number): void;
  readonly counts: ProxyCounts;
  close(): Promise<void>;
}

export interface ProxyCounts {
  readonly calls: number;
  readonly injected: Readonly<Record<WireFault, number>>;
}

export interface ProxyOptions {
  readonly service: ProxiedService;
  readonly dice: Dice;
  /** How long a stall lasts. */
  readonly stallMs: readonly [number, number];
  /** Which of the faults it makes; all, unless a test wants one. */
  readonly kinds?: readonly [WireFault, ...WireFault[]];
}

const maxRequestBytes = 16 * 1024 * 1024;

interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export const startFaultyProxy = async (options: ProxyOptions): Promise<FaultyProxy> => {
  const { dice, kinds = wireFaultNames } = options;
  const injected: Record<WireFault, number> = {
    throttled: 0,
    server_error: 0,
    reset_before: 0,
    reset_after: 0,
    stall_before: 0,
    stall_after: 0,
  };
  const counts = { calls: 0, injected };
  const agent = new Agent({ keepAlive: true });
  let target = '';
  let trouble = 0;

  const server = createServer(async (request, response) => {
    const body = await readBody(request, maxRequestBytes);
    if (!Buffer.isBuffer(body)) return void response.destroy();
    counts.calls += 1;
    const call = { path: request.url ?? '/', headers: request.headers, body };
    const forward = () => forwardTo(agent, target, call);
    const fault = dice.chance(trouble) ? faultFor(dice.pick(kinds), call) : null;
    if (fault !== null) injected[fault] += 1;
    await spoil(fault, response, forward, options).catch(() => reset(response));
  });
  // A stalled caller is answered late, not cut off.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  const port = await listenOnLoopback(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    setTarget: (endpoint) => {
      target = endpoint;
    },
    setTrouble: (probability) => {
      trouble = probability;
    },
    counts,
    close: async () => {
      agent.destroy();
      await closeServer(server);
    },
  };
};

/** A long poll that stalls is only a longer poll. */
const faultFor = (fault: WireFault, { headers }: Call): WireFault => {
  const isPoll = operationOf(headers['x-amz-target']) === 'ReceiveMessage';
  return isPoll && (fault === 'stall_before' || fault === 'stall_after') ? 'reset_after' : fault;
};

const spoil = async (
  fault: WireFault | null,
  response: ServerResponse,
  forward: () => Promise<Answer>,
  { service, dice, stallMs }: ProxyOptions,
): Promise<void> => {
  switch (fault) {
    case null:
      return answerWith(response, await forward());
    case 'throttled':
    case 'server_error': {
      const { status, type, message } = wireError(service, fault, dice);
      const body = Buffer.from(JSON.stringify({ __type: type, message }));
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() };
      return answerWith(response, { status, headers, body });
    }
    case 'reset_before':
      return reset(response);
    case 'reset_after':
      await forward();
      return reset(response);
    case 'stall_before':
      await sleep(dice.between(...stallMs));
      return answerWith(response, await forward());
    case 'stall_after': {
      const answer = await forward();
      await sleep(dice.between(...stallMs));
      return answerWith(response, answer);
    }
  }
};

/** As it came, to the same host name: a queue's URL repeats the one that was called. */
const forwardTo = (agent: Agent, target: string, { path, headers, body }: Call): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(target);
    const asked = send({ hostname, port, path, method: 'POST', headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });

const answerWith = (response: ServerResponse, { status, headers, body }: Answer): void => {
  const { connection: _, 'transfer-encoding': __, 'content-length': ___, ...kept } = headers;
  response.writeHead(status, { ...kept, 'content-length': body.length }).end(body);
};

const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};
