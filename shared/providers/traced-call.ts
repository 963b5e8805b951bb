/** A provider's call that says which trace it belongs to: the id alone, which is random, and nothing that a client wrote. */
import { readSetting } from '../settings.ts';
import { foreignTraceHeaders } from '../trace/outgoing.ts';
import type { Call } from './call.ts';

export const tracedCall = (call: Call, environment: Readonly<Record<string, string | undefined>>): Call =>
  readSetting(environment, 'TRACE_TO_PROVIDERS') === 'off'
    ? call
    : (request, timeoutMs) =>
        call({ ...request, headers: { ...request.headers, ...foreignTraceHeaders() } }, timeoutMs);
