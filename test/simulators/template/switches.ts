/** What the simulated Example Sign can be told to do, and its errors. The first value of each switch is the default. */
import type { Answer } from '../answer.ts';
import { amount, oneOf } from '../switches.ts';

export const switches = {
  cancel_answer: oneOf(['cancelled', 'pending'], 'pending: the cancellation takes effect after its answer'),
  reminder_cool_down_ms: amount(3_600_000, 'a reminder sooner after the last one is refused'),
  callbacks: oneOf(['deliver', 'lose', 'twice'], 'what becomes of webhooks'),
  fault_retry_seconds: amount(2, 'the Retry-After of a 429 that a fault asks for'),
  rate_limit_per_minute: amount(0, 'calls an account may make in a clock minute, then 429; 0: no limit'),
} as const;

export const errorAnswer = (status: number, retryAfter: number | null = null): Answer => ({
  status,
  headers: retryAfter === null ? {} : { 'retry-after': String(retryAfter) },
  body: { error: status === 401 ? 'unauthorized' : status === 404 ? 'not_found' : 'error' },
});
