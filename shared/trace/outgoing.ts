/** The trace of the work at hand, as the headers of whatever is called or sent from there. */
import { currentTrace } from './invocation.ts';
import { traceparentOf } from './trace.ts';

type TraceHeaders = Readonly<Partial<Record<'traceparent' | 'tracestate', string>>>;

/** For ourselves and for the client. None outside of a trace. */
export const traceHeaders = (): TraceHeaders => {
  const trace = currentTrace();
  if (trace === null) return {};
  return {
    traceparent: traceparentOf(trace),
    ...(trace.state !== null && { tracestate: trace.state }),
  };
};

/** For anybody else: what the client's tracing systems want carried along is not for them to read. */
export const foreignTraceHeaders = (): TraceHeaders => {
  const trace = currentTrace();
  return trace === null ? {} : { traceparent: traceparentOf(trace) };
};
