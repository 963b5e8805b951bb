/**
 * As many bare loops as there are clients, each in a process of its own, as on Lambda each of so many requests at once has a
 * process of its own: what such a process costs is not Rescind's.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { CallMix } from './bare-loop.ts';
import { processorMs, type StackProcess } from './stack-process.ts';

export interface BareLoops {
  /** All at once, for so long. */
  run(mix: CallMix, ms: number): Promise<{ readonly done: number; readonly perSecond: number }>;
  /** Since they began. */
  processorMs(): number;
  close(): void;
}

/** @param requestId of a cancellation of the tenant's that is accepted */
export const startBareLoops = async (
  { endpoints, stores }: StackProcess,
  tenant: string,
  requestId: string,
  count: number,
): Promise<BareLoops> => {
  const { dynamodb, sqs } = endpoints;
  const [tableName] = Object.values(stores).filter((name) => !/^(https?|arn):/.test(name));
  const setup = JSON.stringify({ dynamodb, sqs, tableName, tenant, requestId });
  const loops = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, 'run-bare-loop.ts'), [setup]),
  );
  await Promise.all(loops.map(answerOf));
  return {
    async run(mix, ms) {
      const begun = performance.now();
      const counts = await Promise.all(
        loops.map(async (loop) => {
          const answered = answerOf(loop);
          loop.send({ mix, ms });
          return z.number().parse(await answered);
        }),
      );
      const done = counts.reduce((sum, each) => sum + each, 0);
      return { done, perSecond: done / ((performance.now() - begun) / 1_000) };
    },
    processorMs: () => loops.reduce((sum, { pid = 0 }) => sum + processorMs(pid), 0),
    close: () => {
      for (const loop of loops) loop.disconnect();
    },
  };
};

/** @throws Error when it ends instead */
const answerOf = async (loop: ChildProcess): Promise<unknown> => {
  const over = new AbortController();
  const { signal } = over;
  try {
    const gone = once(loop, 'exit', { signal }).then(([code]) => {
      throw new Error(`a bare loop ended with ${code}`);
    });
    const [answer] = await Promise.race([once(loop, 'message', { signal }), gone]);
    return answer;
  } finally {
    over.abort();
  }
};
