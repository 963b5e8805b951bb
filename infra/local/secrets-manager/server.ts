/** A stand-in for Secrets Manager on its real wire protocol (AWS JSON 1.1), so that functions cannot tell. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { AccessDenied, type AwsWatcher, callerOf, operationOf, parseJson } from '../aws-calls.ts';
import type { EmbeddedServer } from '../embedded-dynamodb.ts';
import { closeServer, listenOnLoopback, readBody } from '../loopback.ts';
import { operations, SecretsManagerError } from './operations.ts';
import { openSecretStore, type SecretStore } from './secret-store.ts';

/** Secrets Manager takes 64 KB of secret; the rest is room for the request around it. */
const maxRequestBytes = 128 * 1024;

/** @param directory folder of the data, made if absent */
export const startSecretsManager = async (
  directory: string,
  watcher: AwsWatcher = {},
): Promise<EmbeddedServer> => {
  const store = openSecretStore(directory);
  const server = createServer(async (request, response) => {
    const answer = await carryOut(request, store, watcher);
    response.writeHead(answer.status, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
      ...(answer.errorType ? { 'x-amzn-errortype': answer.errorType } : {}),
    });
    response.end(JSON.stringify(answer.output));
  });
  const port = await listenOnLoopback(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};

interface Answer {
  readonly status: number;
  readonly output: object;
  readonly errorType?: string;
}

const carryOut = async (
  request: IncomingMessage,
  store: SecretStore,
  watcher: AwsWatcher,
): Promise<Answer> => {
  const body = await readBody(request, maxRequestBytes);
  const operation = operationOf(request.headers['x-amz-target']);
  if (!Buffer.isBuffer(body)) return failure(400, 'InvalidParameterException', 'The request is too large.');
  const input = parseJson(body.toString());
  const call = { service: 'secretsmanager', operation, input, caller: callerOf(request.headers) } as const;
  try {
    await watcher.before?.(call);
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    const answer = run
      ? { status: 200, output: run(call.input, store, Date.now() / 1000) }
      : failure(400, 'UnknownOperationException', `The local stack does not know ${operation}.`);
    await watcher.after?.(call, answer);
    return answer;
  } catch (error) {
    if (error instanceof AccessDenied) return failure(400, AccessDenied.type, error.message);
    if (error instanceof SecretsManagerError) return failure(400, error.type, error.message);
    return failure(500, 'InternalServiceError', 'An error occurred on the server side.');
  }
};

const failure = (status: number, type: string, message: string): Answer => ({
  status,
  output: { __type: type, Message: message },
  errorType: type,
});
