/** `DELETE /JSON/signatureRequest/{signatureRequestId}`: 200 when it is proven that it is gone, and never before. */
import type { Response } from '../../../shared/http/exchange.ts';
import { cancelAndWait } from '../cancel-outcome.ts';
import type { DialectRequest } from '../dialect.ts';
import { withFieldNames } from '../field-names.ts';
import { answer, endedOtherwise } from './errors.ts';
import { idNames, knownId } from './request-id.ts';

export const deleteSignatureRequest = async ({ requests, parameters }: DialectRequest): Promise<Response> => {
  const { signatureRequestId: given = '' } = parameters;
  const id = await knownId(requests, given);
  const { outcome } = await withFieldNames(idNames, cancelAndWait(requests, id, {}));
  switch (outcome.kind) {
    case 'cancelled':
      return { status: 200, body: { message: 'msg.deleted', result: given } };
    case 'ended':
      return endedOtherwise(outcome.as, given);
    // Not proven, and nothing else in this dialect says so. The same call again is the same cancellation.
    case 'pending':
      return answer(500, 'err.signature.request.delete.pending', given);
    case 'given_up':
      return answer(500, 'err.signature.request.delete.failed', given);
  }
};
