/** The local stack in a process of its own, so that its memory and its processor time are its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsEndpoints } from '../../../infra/local/aws-services.ts';
import { childrenOf, functionOf } from '../../function-processes.ts';

export type FromStack =
  | {
      readonly kind: 'ready';
      readonly url: string;
      readonly endpoints: AwsEndpoints;
      readonly stores: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'counts'; readonly calls: Readonly<Record<string, number>>; readonly settled: number };

export interface StackProcess {
  readonly url: string;
  readonly endpoints: AwsEndpoints;
  /** Physical name (table) or URL (queue) by logical id. */
  readonly stores: Readonly<Record<string, string>>;
  /** Calls to AWS by operation since the last time, and how many cancellations have ended since the start. */
  counts(): Promise<Extract<FromStack, { kind: 'counts' }>>;
  /** Resident memory in MB: of the stack itself, and of each process of a function by its id. */
  memory(): Memory;
  /** Processor time in ms since the start: of the stack itself, and of the processes of each function that live now. */
  processorMs(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface Memory {
  readonly stack: number;
  readonly functions: readonly number[];
}

export const startStackProcess = async (
  environment: Readonly<Record<string, string>>,
): Promise<StackProcess> => {
  const { PATH, HOME } = process.env;
  const child = fork(join(import.meta.dirname, 'run-stack.ts'), { env: { PATH, HOME, ...environment } });
  const ready = await nextOf(child, 'ready');
  const pid = child.pid ?? 0;
  let isClosing = false;
  child.once('exit', (code, signal) => {
    if (!isClosing) throw new Error(`the stack ended by itself: ${signal ?? code}`);
  });
  return {
    url: ready.url,
    endpoints: ready.endpoints,
    stores: ready.stores,
    counts: () => {
      const answered = nextOf(child, 'counts');
      child.send('counts');
      return answered;
    },
    memory: () => ({
      stack: residentMb(pid) ?? 0,
      functions: childrenOf(pid).flatMap((one) => residentMb(one) ?? []),
    }),
    processorMs: () => {
      const spent: Record<string, number> = { stack: processorMs(pid) };
      for (const one of childrenOf(pid)) {
        const name = functionOf(one);
        if (name !== null) spent[name] = (spent[name] ?? 0) + processorMs(one);
      }
      return spent;
    },
    close: async () => {
      isClosing = true;
      const ended = once(child, 'exit');
      child.send('close');
      await ended;
    },
  };
};

const nextOf = <K extends FromStack['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<FromStack, { kind: K }>> =>
  new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`the stack ended with ${code}`));
    const listen = (message: unknown) => {
      const said = message as FromStack;
      if (!isOf(said, kind)) return;
      child.off('message', listen).off('exit', gone);
      resolve(said);
    };
    child.on('message', listen).once('exit', gone);
  });

const isOf = <K extends FromStack['kind']>(
  message: FromStack,
  kind: K,
): message is Extract<FromStack, { kind: K }> => message.kind === kind;

/** Null when it has ended. */
const residentMb = (pid: number): number | null => {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
};

/** The kernel's clock ticks a hundred times a second. */
export const processorMs = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
};
