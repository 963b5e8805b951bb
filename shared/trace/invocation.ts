/**
 * What the work at hand belongs to: the trace that it goes on with, and the invocation that counts it. Known to whatever
 * is called from there, so that no log line, message or call can forget it, and none can mistake another's.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Counts, type FunctionMetric, newCounts, type ProviderMetric } from '../metrics.ts';
import type { Trace } from './trace.ts';

interface Work {
  readonly counts: Counts;
  readonly trace: Trace | null;
}

const work = new AsyncLocalStorage<Work>();

/** One invocation. What is counted within goes to `counts`. @param trace null: its parts have traces of their own */
export const inInvocation = <T>(trace: Trace | null, run: (counts: Counts) => T): T => {
  const counts = newCounts();
  return work.run({ counts, trace }, run, counts);
};

/** A part of the invocation that goes on with a trace of its own. */
export const inTrace = <T>(trace: Trace, run: () => T): T =>
  work.run({ counts: work.getStore()?.counts ?? newCounts(), trace }, run);

/** Null outside of any trace, as in a test of a part. */
export const currentTrace = (): Trace | null => work.getStore()?.trace ?? null;

/** Counts one for the invocation's own line. Outside of an invocation nobody counts. */
export const count = (name: FunctionMetric): void => work.getStore()?.counts.add(name);

/** As `count`, by provider. */
export const countAt = (provider: string, name: ProviderMetric): void =>
  work.getStore()?.counts.add(name, provider);
