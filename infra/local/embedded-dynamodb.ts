/** DynamoDB on this machine: dynalite over LevelDB files, which keep every acknowledged write over a kill -9. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import dynalite from 'dynalite';
import {
  AccessDenied,
  type AwsCall,
  type AwsWatcher,
  callerOf,
  operationOf,
  parseJson,
} from './aws-calls.ts';
import { closeServer, listenOnLoopback, readBody } from './loopback.ts';

export interface EmbeddedServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

const maxRequestBytes = 16 * 1024 * 1024;

/** @param path folder of the data */
export const startEmbeddedDynamoDB = async (
  path: string,
  watcher: AwsWatcher = {},
): Promise<EmbeddedServer> => {
  const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const answering = new Set<ServerResponse>();
  const handlers = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    answering.add(response.on('close', () => answering.delete(response)));
    const complete = await receive(request, response, watcher);
    if (complete) for (const handler of handlers) handler(complete, response);
  });
  const port = await listenOnLoopback(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      // A database that closes under a request makes dynalite throw.
      await Promise.all([...answering].map((response) => once(response, 'close')));
      await closeServer(server);
    },
  };
};

/**
 * dynalite throws when a client breaks its connection, which would end the whole process. So the body is read here,
 * and dynalite is given a request that is complete and cannot break.
 */
const receive = async (
  request: IncomingMessage,
  response: ServerResponse,
  watcher: AwsWatcher,
): Promise<Readable | null> => {
  const body = await readBody(request, maxRequestBytes);
  if (!Buffer.isBuffer(body)) {
    response.writeHead(413).end();
    return null;
  }
  const call: AwsCall = {
    service: 'dynamodb',
    operation: operationOf(request.headers['x-amz-target']),
    input: parseJson(body.toString()),
    caller: callerOf(request.headers),
  };
  try {
    await watcher.before?.(call);
  } catch (error) {
    refuse(response, error);
    return null;
  }
  if (watcher.after) answerThrough(response, call, watcher);
  const { method, url, headers } = request;
  return Object.assign(Readable.from([body]), { method, url, headers });
};

const refuse = (response: ServerResponse, error: unknown): void => {
  if (!(error instanceof AccessDenied)) return void response.writeHead(500).end();
  const body = { __type: `com.amazon.coral.service#${AccessDenied.type}`, Message: error.message };
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
};

/** dynalite ends every answer with one call of `end(body)`. */
const answerThrough = (response: ServerResponse, call: AwsCall, watcher: AwsWatcher): void => {
  const end = response.end.bind(response);
  response.end = (text?: unknown) => {
    const answer = { status: response.statusCode, output: parseJson(String(text ?? '')) };
    void Promise.resolve(watcher.after?.(call, answer)).finally(() => end(text));
    return response;
  };
};
