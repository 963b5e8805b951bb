/** Evidence of what was seen now: in the answer to a call of ours, or by reading. */
import type { Evidence } from './signature-request.ts';
import type { Context } from './transition.ts';

export const response = (status: string, { now }: Pick<Context, 'now'>): Evidence => ({
  kind: 'response',
  status,
  at: now,
});

export const poll = (status: string, { now }: Pick<Context, 'now'>): Evidence => ({
  kind: 'poll',
  status,
  at: now,
});
