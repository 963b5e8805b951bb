/**
 * One JSON line per event, on standard output. A line holds ids, states, counts and durations:
 * never a credential, a request body or a signer's address, so values are scalars that the caller chose.
 */
import type { MetricEnvelope } from './metrics.ts';
import { currentTrace } from './trace/invocation.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<
  Record<string, string | number | boolean | null | undefined | MetricEnvelope>
>;
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

/**
 * A log whose every line carries `bound`, e.g. the request's id, and the trace that it belongs to. Bound per invocation;
 * nothing leaks into the next.
 */
export const logWith =
  (bound: LogFields, write: (line: string) => void = writeLine): Log =>
  (level, event, fields = {}) =>
    write(
      JSON.stringify({
        time: new Date().toISOString(),
        level,
        event,
        // Left out of the line where there is none.
        trace_id: currentTrace()?.traceId,
        ...bound,
        ...fields,
      }),
    );

/** Describes a thrown value without its message's values: AWS errors name tables and keys, others may quote input. */
export const errorFields = (error: unknown): LogFields =>
  error instanceof Error
    ? { error: error.name, at: error.stack?.split('\n')[1]?.trim() ?? null }
    : { error: typeof error };

const writeLine = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
