/** The processes of one function: as many as there are invocations at once, one kept warm, idle ones let go. */
import { randomUUID } from 'node:crypto';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import {
  type FunctionDefinition,
  failed,
  type Invocation,
  type InvocationResult,
  maxPayloadBytes,
} from './invocation.ts';
import type { RuntimeApi } from './runtime-api.ts';

export interface FunctionPool {
  readonly definition: FunctionDefinition;
  /** Always resolves. Waits its turn while all processes are busy. */
  invoke(event: unknown): Promise<InvocationResult>;
  /** Starts a process if there is none. */
  warm(): void;
  pids(): readonly number[];
  /** Ends a process as an out-of-memory kill would. */
  kill(pid: number): void;
  /** How many invocations were begun. */
  invocations(): number;
  /** Waits up to `graceMs` for what is running, then kills. */
  close(graceMs: number): Promise<void>;
}

export interface PoolLimits {
  readonly processes: number;
  readonly startingAtOnce: number;
  readonly idleMs: number;
}
const defaultLimits: PoolLimits = { processes: 20, startingAtOnce: 4, idleMs: 60_000 };

interface Waiting {
  readonly invocation: Invocation;
  settle(result: InvocationResult): void;
}

export const createFunctionPool = (
  definition: FunctionDefinition,
  runtimeApi: RuntimeApi,
  line: (text: string) => void,
  limits: PoolLimits = defaultLimits,
): FunctionPool => {
  const waiting: Waiting[] = [];
  const environments = new Set<ExecutionEnvironment>();
  /** Most recently used last, so that the others grow old. */
  const idle = new Map<ExecutionEnvironment, NodeJS.Timeout>();
  let starting = 0;
  let invocations = 0;
  let closed = false;

  const start = (): void => {
    starting += 1;
    environments.add(startExecutionEnvironment(definition, runtimeApi, events));
  };
  const assign = (): void => {
    while (waiting.length > 0) {
      const [free, timer] = [...idle].at(-1) ?? [];
      const next = free && waiting.shift();
      if (!free || !next) break;
      clearTimeout(timer);
      idle.delete(free);
      invocations += 1;
      void free.run(next.invocation).then(next.settle);
    }
    // More at once would only compete for this machine's cores; whichever is free first takes the next invocation.
    const wanted = Math.min(waiting.length, limits.startingAtOnce);
    while (starting < wanted && environments.size < limits.processes) start();
  };
  const events = {
    line,
    ready: (environment: ExecutionEnvironment) => {
      if (!used.has(environment)) starting -= 1;
      used.add(environment);
      idle.set(environment, setTimeout(() => retire(environment), limits.idleMs).unref());
      assign();
    },
    gone: (environment: ExecutionEnvironment, initError: InvocationResult | null) => {
      environments.delete(environment);
      clearTimeout(idle.get(environment));
      idle.delete(environment);
      if (!used.has(environment)) starting -= 1;
      // A bundle that cannot load fails the caller instead of being loaded for ever.
      if (initError) waiting.shift()?.settle(initError);
      if (!closed) assign();
    },
  };
  const used = new WeakSet<ExecutionEnvironment>();
  const kill = (environment: ExecutionEnvironment): void => {
    // At once, not when its end is noticed: it must not be given work meanwhile.
    clearTimeout(idle.get(environment));
    idle.delete(environment);
    environment.kill();
  };
  const retire = (environment: ExecutionEnvironment): void => {
    if (environments.size > 1) kill(environment);
  };

  return {
    definition,
    invoke: (event) =>
      new Promise((settle) => {
        const text = JSON.stringify(event) ?? 'null';
        if (closed) return settle(failed('ServiceException', 'The local stack is stopping.'));
        if (Buffer.byteLength(text) > maxPayloadBytes) {
          return settle(
            failed('RequestEntityTooLargeException', 'Request must be smaller than 6291456 bytes'),
          );
        }
        waiting.push({ invocation: { requestId: randomUUID(), event: text }, settle });
        assign();
      }),
    warm: () => {
      if (environments.size === 0) start();
    },
    pids: () => [...environments].map(({ pid }) => pid),
    kill: (pid) => {
      for (const environment of environments) if (environment.pid === pid) kill(environment);
    },
    invocations: () => invocations,
    close: async (graceMs) => {
      closed = true;
      for (const { settle } of waiting.splice(0))
        settle(failed('ServiceException', 'The local stack is stopping.'));
      const busy = () => environments.size - idle.size - starting > 0;
      for (const end = Date.now() + graceMs; busy() && Date.now() < end; ) await pause(20);
      for (const environment of environments) environment.kill();
      while (environments.size > 0) await pause(5);
    },
  };
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
