/** One process of one function: takes one invocation at a time, is killed when it overruns, and dies with this stack. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { localAws } from '../local-aws.ts';
import { type FunctionDefinition, failed, type Invocation, type InvocationResult } from './invocation.ts';
import { giveInvocation, type RuntimeApi } from './runtime-api.ts';

export interface ExecutionEnvironment {
  readonly pid: number;
  /** Only while it is ready. Always resolves. */
  run(invocation: Invocation): Promise<InvocationResult>;
  kill(): void;
}

export interface EnvironmentEvents {
  /** It waits for an invocation. */
  ready(environment: ExecutionEnvironment): void;
  /** The process has ended. `initError` when it never became ready. */
  gone(environment: ExecutionEnvironment, initError: InvocationResult | null): void;
  /** A line that the function wrote. */
  line(text: string): void;
}

/** Lambda gives a function ten seconds to load. */
const initTimeoutMs = 10_000;

export const startExecutionEnvironment = (
  definition: FunctionDefinition,
  runtimeApi: RuntimeApi,
  events: EnvironmentEvents,
): ExecutionEnvironment => {
  const id = randomUUID();
  let parked: ServerResponse | null = null;
  let running: { requestId: string; timer: NodeJS.Timeout; settle(result: InvocationResult): void } | null =
    null;
  let initError: InvocationResult | null = failed('Runtime.ExitError', 'Runtime exited before it was ready');

  let killed = false;

  const finish = (result: InvocationResult): void => {
    clearTimeout(running?.timer);
    const settle = running?.settle;
    running = null;
    settle?.(result);
  };
  const address = runtimeApi.attach(id, {
    next: (response) => {
      // It asked for work just before it was killed: whoever gave it some would lose it.
      if (killed) return void response.destroy();
      clearTimeout(initTimer);
      initError = null;
      parked = response;
      events.ready(environment);
    },
    finished: (requestId, result) => {
      if (running?.requestId === requestId) finish(result);
    },
    initFailed: (result) => {
      if (initError) initError = result;
    },
  });
  const child = spawnRuntime(runtimeApi.clientPath, definition, address, events.line);
  const environment: ExecutionEnvironment = {
    pid: child.pid ?? -1,
    run: ({ requestId, event }) =>
      new Promise((settle) => {
        const timer = setTimeout(() => {
          finish(
            failed(
              'Sandbox.Timedout',
              `Task timed out after ${(definition.timeoutMs / 1000).toFixed(2)} seconds`,
            ),
          );
          child.kill('SIGKILL');
        }, definition.timeoutMs);
        running = { requestId, timer, settle };
        const deadline = Date.now() + definition.timeoutMs;
        if (parked) giveInvocation(parked, { requestId, event, deadline, functionArn: definition.arn });
        parked = null;
      }),
    kill: () => {
      // Killed on purpose: no fault of the bundle.
      initError = null;
      killed = true;
      child.kill('SIGKILL');
    },
  };
  const initTimer = setTimeout(() => {
    initError = failed('Sandbox.Timedout', 'Init timed out after 10.00 seconds');
    child.kill('SIGKILL');
  }, initTimeoutMs);

  child.once('close', (code, signal) => {
    clearTimeout(initTimer);
    runtimeApi.detach(id);
    finish(
      failed(
        'Runtime.ExitError',
        `Runtime exited with error: ${signal ? `signal ${signal}` : `exit status ${code}`}`,
      ),
    );
    events.gone(environment, initError);
  });
  child.once('error', (error) => events.line(error.message));
  return environment;
};

const spawnRuntime = (
  clientPath: string,
  definition: FunctionDefinition,
  runtimeApiAddress: string,
  line: (text: string) => void,
): ChildProcess => {
  const child = spawn(process.execPath, [clientPath], {
    cwd: definition.codeDirectory,
    env: processEnvironment(definition, runtimeApiAddress),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A process that dies while its pipe is open would otherwise raise here.
  child.stdin.on('error', () => {});
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', line);
  return child;
};

/** What Lambda sets, and nothing of the environment that this stack was started with. */
const processEnvironment = (
  definition: FunctionDefinition,
  runtimeApiAddress: string,
): Record<string, string> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LANG: 'en_US.UTF-8',
  TZ: 'UTC',
  AWS_REGION: localAws.region,
  AWS_DEFAULT_REGION: localAws.region,
  AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
  // What the embedded services tell functions apart by.
  AWS_SESSION_TOKEN: definition.logicalId,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: definition.logicalId,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.logicalId}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  LAMBDA_TASK_ROOT: definition.codeDirectory,
  ...definition.environment,
  AWS_LAMBDA_RUNTIME_API: runtimeApiAddress,
  _HANDLER: definition.handler,
});
