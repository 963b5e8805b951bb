/** The Lambda Runtime API (2018-06-01): one server for all function processes, told apart by a path prefix. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { parseJson } from '../aws-calls.ts';
import { isRecord } from '../intrinsics.ts';
import { closeServer, listenOnLoopback, readBody } from '../loopback.ts';
import { failed, type InvocationResult, maxPayloadBytes } from './invocation.ts';

/** What one function process may say. */
export interface RuntimeListener {
  /** It is ready; answer with `giveInvocation` when there is work. */
  next(response: ServerResponse): void;
  finished(requestId: string, result: InvocationResult): void;
  initFailed(result: InvocationResult): void;
}

export interface RuntimeApi {
  /** The script that a function's process runs: `runtime-client.ts`, its types removed. */
  readonly clientPath: string;
  /** @returns the value of AWS_LAMBDA_RUNTIME_API for this process */
  attach(id: string, listener: RuntimeListener): string;
  detach(id: string): void;
  close(): Promise<void>;
}

/** @param directory where the script for the processes is put */
export const startRuntimeApi = async (directory: string): Promise<RuntimeApi> => {
  const listeners = new Map<string, RuntimeListener>();
  const server = createServer(async (request, response) => {
    const { id, action } = parseUrl(request.url ?? '');
    const listener = listeners.get(id);
    if (!listener) return void response.writeHead(403).end();
    if (request.method === 'GET' && action === 'invocation/next') return listener.next(response);
    await report(action, request, listener);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  });
  // A process waits for its next invocation as long as it takes.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  const port = await listenOnLoopback(server, 0);
  return {
    clientPath: writeRuntimeClient(directory),
    attach: (id, listener) => {
      listeners.set(id, listener);
      return `127.0.0.1:${port}/${id}`;
    },
    detach: (id) => void listeners.delete(id),
    close: () => closeServer(server),
  };
};

/** Once here, rather than in each process: Node would take longer to remove the types than to do all the rest. */
const writeRuntimeClient = (directory: string): string => {
  const source = readFileSync(new URL('./runtime-client.ts', import.meta.url));
  const path = join(directory, 'runtime-client.mjs');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, transformSync(source, { loader: 'ts', format: 'esm', target: 'node24' }).code);
  return path;
};

export const giveInvocation = (
  response: ServerResponse,
  invocation: { requestId: string; event: string; deadline: number; functionArn: string },
): void => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': String(invocation.deadline),
    'lambda-runtime-invoked-function-arn': invocation.functionArn,
    'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${invocation.requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`,
  });
  response.end(invocation.event);
};

const parseUrl = (url: string): { id: string; action: string } => {
  const [, id = '', version, scope, ...rest] = url.split('/');
  return { id, action: version === '2018-06-01' && scope === 'runtime' ? rest.join('/') : '' };
};

const report = async (action: string, request: IncomingMessage, listener: RuntimeListener): Promise<void> => {
  const body = await readBody(request, maxPayloadBytes);
  if (body === 'gone') return;
  const [scope, requestId = '', outcome] = action.split('/');
  if (scope === 'init') return listener.initFailed(errorOf(body));
  if (outcome === 'error') return listener.finished(requestId, errorOf(body));
  if (outcome !== 'response') return;
  listener.finished(
    requestId,
    body === 'too-large'
      ? failed(
          'Function.ResponseSizeTooLarge',
          'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
        )
      : { kind: 'returned', payload: body.toString() },
  );
};

const errorOf = (body: Buffer | 'too-large'): InvocationResult => {
  const parsed = Buffer.isBuffer(body) ? parseJson(body.toString()) : null;
  const { errorType, errorMessage } = isRecord(parsed) ? parsed : {};
  return failed(String(errorType ?? 'Error'), String(errorMessage ?? ''));
};
