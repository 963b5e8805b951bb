/** `GET /unified/e-signature/workflows/{id}`, and the list. */
import * as z from 'zod/mini';
import { pageLimit } from '../../../shared/http/contract/requests.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { withFieldNames } from '../field-names.ts';
import { readOptions } from './options.ts';
import { showWorkflow } from './workflow.ts';

/** In seconds: a read there takes about as long as a call to the provider behind it. */
const readWait = 2;

export const getWorkflow = async (request: DialectRequest): Promise<Response> => {
  const options = readOptions(request, {});
  const { id = '' } = request.parameters;
  return {
    status: 200,
    body: showWorkflow(
      await withFieldNames({ provider_request_id: 'id' }, request.requests.read(id, readWait)),
      options,
    ),
  };
};

/** From newest to oldest, and forward only. As they were last known: a list asks no provider. */
export const listWorkflows = async (request: DialectRequest): Promise<Response> => {
  const { besides, ...options } = readOptions(request, {
    limit: pageLimit,
    next_cursor: z.optional(z.string()),
  });
  const { limit, next_cursor } = besides;
  // Empty is how its client begins.
  const cursor = next_cursor || undefined;
  const { items, nextCursor } = await withFieldNames(
    { cursor: 'next_cursor' },
    request.requests.list({ limit, cursor }),
  );
  return {
    status: 200,
    body: {
      result: items.map((item) => showWorkflow(item, options)),
      next_cursor: nextCursor,
      prev_cursor: null,
      result_count: items.length,
      // There may be more at the provider: Rescind lists what it was told of.
      is_partial_response: true,
    },
  };
};
