/** `POST /unified/e-signature/workflows/cancel`: waits for the proof, and says what is known when it did not come. */
import * as z from 'zod/mini';
import { readBody } from '../../../shared/http/body.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { cancelAndWait } from '../cancel-outcome.ts';
import type { DialectRequest } from '../dialect.ts';
import { withFieldNames } from '../field-names.ts';
import { endedOtherwise, givenUp } from './errors.ts';
import { readOptions } from './options.ts';
import { showWorkflow } from './workflow.ts';

/** As documented. What else they must be, the API says: whether a message is needed depends on the provider. */
const cancelBody = z.strictObject({
  id: z.string(),
  message: z.optional(z.string()),
  remote_data: z.optional(z.record(z.string(), z.unknown())),
});

const names = { provider_request_id: 'id', reason: 'message' };

export const cancelWorkflow = async (request: DialectRequest): Promise<Response> => {
  const options = readOptions(request, {});
  const { id, message, remote_data = {} } = readBody(request, cancelBody);
  const wish = {
    reason: message,
    // The vendor's examples send an empty one: that is nothing to pass on.
    remoteData: Object.keys(remote_data).length === 0 ? undefined : remote_data,
  };
  const { request: known, outcome } = await withFieldNames(names, cancelAndWait(request.requests, id, wish));
  switch (outcome.kind) {
    case 'cancelled':
    // Without proof: 200 is no more than that there, and what is known is in `remote_data`. The same call again waits on.
    case 'pending':
      return { status: 200, body: showWorkflow(known, options) };
    case 'ended':
      return endedOtherwise(outcome.as, known);
    case 'given_up':
      return givenUp(known);
  }
};
