/**
 * DynamoDB on this machine: dynalite over LevelDB files, which keep every acknowledged write over a kill -9. A write that
 * a kill cut short is done once more at the next start.
 */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
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
import { openUnfinishedWrites, type Write } from './unfinished-writes.ts';

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
  await mkdir(path, { recursive: true });
  const unfinished = openUnfinishedWrites(`${path}.unfinished`);
  const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const answering = new Set<ServerResponse>();
  const handlers = server.listeners('request');
  let isWhole = false;
  server.removeAllListeners('request');
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    answering.add(response.on('close', () => answering.delete(response)));
    const body = await receive(request, response, watcher);
    if (body === null) return;
    if (isWhole && isWrite(request)) beforeEnd(response, unfinished.begin({ headers: kept(request), body }));
    const { method, url, headers } = request;
    const complete = Object.assign(Readable.from([Buffer.from(body)]), { method, url, headers });
    for (const handler of handlers) handler(complete, response);
  });
  const port = await listenOnLoopback(server, 0);
  const endpoint = `http://127.0.0.1:${port}`;
  await doAgain(endpoint, unfinished.left);
  unfinished.forgetLeft();
  isWhole = true;
  return {
    endpoint,
    close: async () => {
      // A database that closes under a request makes dynalite throw.
      await Promise.all([...answering].map((response) => once(response, 'close')));
      await closeServer(server);
      unfinished.close();
    },
  };
};

/** One that was done already is refused now by its own condition, or changes nothing. */
const doAgain = async (endpoint: string, left: readonly Write[]): Promise<void> => {
  for (const { headers, body } of left) {
    const answer = await fetch(endpoint, { method: 'POST', headers, body });
    const text = await answer.text();
    if (answer.status >= 500) throw new Error(`a write that was cut short cannot be done again: ${text}`);
  }
};

const writes: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

const isWrite = ({ headers }: IncomingMessage): boolean => writes.has(operationOf(headers['x-amz-target']));

/** What dynalite looks at. */
const kept = ({ headers }: IncomingMessage): Write['headers'] =>
  Object.fromEntries(
    ['x-amz-target', 'x-amz-date', 'content-type', 'authorization'].map((name) => [
      name,
      String(headers[name] ?? ''),
    ]),
  );

/**
 * dynalite throws when a client breaks its connection, which would end the whole process. So the body is read here,
 * and dynalite is given a request that is complete and cannot break.
 * @returns null when it is answered already
 */
const receive = async (
  request: IncomingMessage,
  response: ServerResponse,
  watcher: AwsWatcher,
): Promise<string | null> => {
  const bytes = await readBody(request, maxRequestBytes);
  if (!Buffer.isBuffer(bytes)) {
    response.writeHead(413).end();
    return null;
  }
  const body = bytes.toString();
  const call: AwsCall = {
    service: 'dynamodb',
    operation: operationOf(request.headers['x-amz-target']),
    input: parseJson(body),
    caller: callerOf(request.headers),
  };
  try {
    await watcher.before?.(call);
  } catch (error) {
    refuse(response, error);
    return null;
  }
  if (watcher.after) answerThrough(response, call, watcher);
  return body;
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

const beforeEnd = (response: ServerResponse, work: () => void): void => {
  const end = response.end.bind(response);
  response.end = (text?: unknown) => {
    work();
    return end(text);
  };
};
