/** Faults: what goes wrong with the next calls, beside what the provider itself would answer. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type Answer, send } from './answer.ts';

export const faultSchema = z.strictObject({
  /** The operation (see the provider's list), or `any`. */
  on: z._default(z.string(), 'any'),
  do: z.enum([
    'status',
    'status_after',
    'html',
    'redirect',
    'hang',
    'hang_after',
    'cut_before',
    'cut_after',
    'slow',
    'huge',
    'reply',
  ]),
  /** How many calls it spoils; 0: all until it is removed. */
  times: z._default(z.number().check(z.minimum(0)), 1),
  /** For `status`, `status_after`, `html`, `redirect` and `reply`. */
  status: z.optional(z.number().check(z.minimum(200), z.maximum(599))),
  headers: z.optional(z.record(z.string(), z.string())),
  /** For `reply`: the body, word for word. */
  body: z.optional(z.string()),
  /** For `slow`: how long. */
  delay_ms: z._default(z.number().check(z.minimum(0)), 1_000),
});
export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

export const faultMeanings: Readonly<Record<Fault['do'], string>> = {
  status: 'nothing is done; the provider’s own error of that status (default 500)',
  status_after: 'it is done, yet the answer is an error of that status (default 500)',
  html: 'nothing is done; an HTML error page (default 502)',
  redirect: 'nothing is done; a redirect (default 307)',
  hang: 'nothing is done, and no answer ever comes',
  hang_after: 'it is done, and no answer ever comes',
  cut_before: 'nothing is done; the connection is cut',
  cut_after: 'it is done; the connection is cut before the answer',
  slow: 'it is done and answered after delay_ms',
  huge: 'it is done; the answer is 3 MB longer than it should be',
  reply: 'nothing is done; the given status, headers and body (default 200 and nothing)',
};

export interface Spoiled {
  readonly perform: () => Promise<Answer>;
  /** The provider's own error of a status. */
  readonly error: (status: number) => Answer;
}

/** Answers a call under a fault, or not at all. Returns the status that was sent; 0 for none. */
export const spoil = async (
  fault: Fault,
  { perform, error }: Spoiled,
  response: ServerResponse,
): Promise<number> => {
  switch (fault.do) {
    case 'status':
      return send(response, withHeaders(error(fault.status ?? 500), fault));
    case 'status_after':
      await perform();
      return send(response, withHeaders(error(fault.status ?? 500), fault));
    case 'html':
      return send(response, withHeaders(page(fault.status ?? 502), fault));
    case 'redirect':
      return send(
        response,
        withHeaders({ status: fault.status ?? 307, headers: { location: '/elsewhere' } }, fault),
      );
    case 'reply':
      return send(response, withHeaders({ status: fault.status ?? 200, body: fault.body ?? '' }, fault));
    case 'hang':
      return 0;
    case 'hang_after':
      await perform();
      return 0;
    case 'cut_before':
      return cut(response);
    case 'cut_after':
      await perform();
      return cut(response);
    case 'slow':
      await sleep(fault.delay_ms);
      return send(response, withHeaders(await perform(), fault));
    case 'huge': {
      const answer = await perform();
      return send(response, withHeaders({ ...answer, body: ' '.repeat(3_000_000) }, fault));
    }
  }
};

const page = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><head><title>${status}</title></head><body><h1>Something went wrong</h1></body></html>`,
});

const withHeaders = (answer: Answer, { headers }: Fault): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

const cut = (response: ServerResponse): number => {
  response.socket?.destroy();
  return 0;
};
