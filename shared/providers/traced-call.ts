/** A provider's call that says which trace it belongs to: 32 hexadecimal digits, and nothing else that a client sent. */
import { readSetting } from '../settings.ts';
import { foreignTraceHeaders } from '../trace/outgoing.ts';
import type { Call } from './call.ts';

export const tracedCall = (call: Call, environment: Readonly<Record<string, string | undefined>>): Call =>
  readSetting(environment, 'TRACE_TO_PROVIDERS') === 'off'
    ? call
    : (request, timeoutMs) =>
        call({ ...request, headers: { ...request.headers, ...foreignTraceHeaders() } }, timeoutMs);
