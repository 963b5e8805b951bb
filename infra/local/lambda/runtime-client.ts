/**
 * Runs inside each function's process: loads the bundle and asks the Lambda Runtime API for one invocation after
 * another, as Lambda's own Node runtime does. Imports nothing from this project: the process holds the bundle alone.
 */
import { existsSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
}
type Handler = (event: unknown, context: LambdaContext) => unknown;

const env = (name: string): string => process.env[name] ?? '';
const api = `http://${env('AWS_LAMBDA_RUNTIME_API')}/2018-06-01/runtime`;

const loadHandler = async (): Promise<Handler> => {
  const [file = '', name = ''] = env('_HANDLER').split('.');
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(env('LAMBDA_TASK_ROOT'), file + extension))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`no file for the handler ${env('_HANDLER')}`);
  const bundle: Record<string, unknown> = await import(pathToFileURL(path).href);
  const handler = bundle[name];
  if (typeof handler !== 'function') throw new Error(`${file} exports no function ${name}`);
  return (event, context) => handler(event, context);
};

const contextOf = (headers: IncomingHttpHeaders): LambdaContext => {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: String(headers['lambda-runtime-aws-request-id']),
    functionName: env('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: env('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: String(headers['lambda-runtime-invoked-function-arn']),
    memoryLimitInMB: env('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: env('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: env('AWS_LAMBDA_LOG_STREAM_NAME'),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
};

const describe = (error: unknown): string =>
  error instanceof Error
    ? JSON.stringify({
        errorType: error.name,
        errorMessage: error.message,
        trace: error.stack?.split('\n') ?? [],
      })
    : JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Not `fetch`: it takes longer to load, and gives up a wait for work after five minutes. */
const call = (
  method: string,
  path: string,
  body?: string,
): Promise<{ headers: IncomingHttpHeaders; text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(`${api}${path}`, { method, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });

const handleNext = async (handler: Handler): Promise<void> => {
  const next = await call('GET', '/invocation/next');
  const event: unknown = JSON.parse(next.text);
  const context = contextOf(next.headers);
  process.env['_X_AMZN_TRACE_ID'] = String(next.headers['lambda-runtime-trace-id']);
  const path = `/invocation/${context.awsRequestId}`;
  let result: string;
  try {
    result = JSON.stringify(await handler(event, context)) ?? 'null';
  } catch (error) {
    await call('POST', `${path}/error`, describe(error));
    return;
  }
  await call('POST', `${path}/response`, result);
};

// Ctrl-C in a terminal reaches the whole process group; the local stack decides when a function ends.
process.on('SIGINT', () => {}).on('SIGTERM', () => {});
// Standard input is a pipe held by the local stack: it ends when the stack does, however that ended.
process.stdin
  .on('end', () => process.exit())
  .on('error', () => process.exit())
  .resume();

try {
  const handler = await loadHandler();
  while (true) await handleNext(handler);
} catch (error) {
  await call('POST', '/init/error', describe(error)).catch(() => {});
  process.exit(1);
}
